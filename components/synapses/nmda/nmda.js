// Rendered from components/synapses/nmda/component.yaml by `spikex components render`: edit that file, not this.
//
// NMDA receptor (synapses/nmda), version 1.0.0, licence BSD-3-Clause
// Slow excitation that needs company: magnesium blocks the channel until the neuron is already
//   depolarized.
//
// Papers:
// - Jahr C.E., Stevens C.F. (1990). Voltage dependence of NMDA-activated macroscopic
//   conductances predicted by single-channel kinetics, doi:10.1523/JNEUROSCI.10-09-03178.1990
// - Destexhe A., Mainen Z.F., Sejnowski T.J. (1994). Synthesis of models for excitable
//   membranes, synaptic transmission and neuromodulation using a common kinetic formalism,
//   doi:10.1007/BF00961734
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, c_ constant of the step, s_ state, x_
//   input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [mV] Reversal potential: where the current changes its sign
  p_E_rev: 0.0,
  // [ms] Rise time constant; shorter than tau_d; above 0
  p_tau_r: 3.0,
  // [ms] Decay time constant; above 0
  p_tau_d: 80.0,
  // [mM] Concentration of magnesium outside the cell; 0 lifts the block; at least 0
  p_Mg: 1.0,
  // [mM] Concentration that blocks half of the channels at 0 mV; above 0
  p_Mg_half: 3.57,
  // [1/mV] How steeply the block depends on the potential; at least 0
  p_k_Mg: 0.062,
};

// One time step.
//   t_peak = tau_d*tau_r/(tau_d - tau_r)*log(tau_d/tau_r)
//   scale = 1/(exp(-t_peak/tau_d) - exp(-t_peak/tau_r))
//   dslow/dt = -slow/tau_d
//   dfast/dt = -fast/tau_r
//   integrated by: exact
//   then, at every step: slow += x
//   then, at every step: fast += x
//   goes out: scale*(slow - fast)/(1 + Mg/Mg_half*exp(-k_Mg*V))*(E_rev - V)
export const states = [
  // [nS] The part of the conductance that decays with tau_d
  "s_slow",
  // [nS] The part that is taken off, and decays with tau_r
  "s_fast",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_E_rev, p_tau_r, p_tau_d, p_Mg, p_Mg_half, p_k_Mg } = { ...parameters, ...given };
  // time from the spike to the peak
  const k_t_peak = p_tau_d * p_tau_r / (p_tau_d - p_tau_r) * Math.log(p_tau_d / p_tau_r);
  // makes the peak 1
  const k_scale = 1 / (Math.exp(-k_t_peak / p_tau_d) - Math.exp(-k_t_peak / p_tau_r));
  // how much of slow is left after one step
  const c_decay_slow = Math.exp(-dt / p_tau_d);
  // how much of fast is left after one step
  const c_decay_fast = Math.exp(-dt / p_tau_r);
  return {
    dt,
    p_E_rev,
    p_tau_r,
    p_tau_d,
    p_Mg,
    p_Mg_half,
    p_k_Mg,
    k_t_peak,
    k_scale,
    c_decay_slow,
    c_decay_fast,
    s_slow: 0,
    s_fast: 0,
  };
}

// One step: returns what goes out.
// x_x: [nS] Sum of the weights of the spikes that arrive in this step: peaks of the conductance
// x_V: [mV] Potential of the neuron behind it: an edge from its state, as {from: n.v, to:
//   nmda.V, delay: 1}. Without one the potential is held
export function step(state, x_x, x_V = -65.0) {
  const {
    p_E_rev,
    p_Mg,
    p_Mg_half,
    p_k_Mg,
    k_scale,
    c_decay_slow,
    c_decay_fast,
    s_slow,
    s_fast,
  } = state;
  // where slow is heading
  const t_rest_slow = 0;
  // dslow/dt = -slow/tau_d
  let n_slow = t_rest_slow + (s_slow - t_rest_slow) * c_decay_slow;
  // where fast is heading
  const t_rest_fast = 0;
  // dfast/dt = -fast/tau_r
  let n_fast = t_rest_fast + (s_fast - t_rest_fast) * c_decay_fast;
  // slow += x
  n_slow = n_slow + x_x;
  // fast += x
  n_fast = n_fast + x_x;
  // scale*(slow - fast)/(1 + Mg/Mg_half*exp(-k_Mg*V))*(E_rev - V)
  const out = k_scale * (n_slow - n_fast) / (1 + p_Mg / p_Mg_half * Math.exp(-p_k_Mg * x_V)) * (p_E_rev - x_V);
  state.s_slow = n_slow;
  state.s_fast = n_fast;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_x", "x_V"],
    noise: [],
  },
];
