// Rendered from components/neurons/lif/component.yaml by `spikex components render`: edit that file, not this.
//
// Leaky integrate-and-fire (neurons/lif), version 1.0.0, licence BSD-3-Clause
// A leaky capacitor driven by a current: it charges towards its rest, fires at the threshold,
//   resets and rests.
//
// Papers:
// - Lapicque L.; translation by Brunel N., van Rossum M.C.W. (2007). Quantitative
//   investigations of electrical nerve excitation treated as polarization,
//   doi:10.1007/s00422-007-0189-6
// - Brunel N., van Rossum M.C.W. (2007). Lapicque's 1907 paper: from frogs to
//   integrate-and-fire, doi:10.1007/s00422-007-0190-0
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
// - Rotter S., Diesmann M. (1999). Exact digital simulation of time-invariant linear systems
//   with applications to neuronal modeling, doi:10.1007/s004220050570
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [ms] Membrane time constant; above 0
  p_tau_m: 10.0,
  // [pF] Membrane capacitance; the resistance is tau_m/C_m; above 0
  p_C_m: 250.0,
  // [mV] Resting potential
  p_E_L: -70.0,
  // [mV] Threshold: the neuron fires where the potential reaches it
  p_v_th: -55.0,
  // [mV] Potential after a spike
  p_v_reset: -70.0,
  // [ms] Refractory period: the potential stands still for so long after a spike; at least 0
  p_t_ref: 2.0,
};

// Named sets of parameters.
export const presets = {
  // nest: The defaults of NEST's iaf_psc_exp (the component's own).
  preset_nest: {
    ...parameters,
  },
  // unit: Without units, for networks: rest 0, threshold 1, resistance 1, no refractory period.
  preset_unit: {
    ...parameters,
    p_tau_m: 10.0,
    p_C_m: 10.0,
    p_E_L: 0.0,
    p_v_th: 1.0,
    p_v_reset: 0.0,
    p_t_ref: 0.0,
  },
};

// To the nearest whole number, halves to the even one.
function round(x) {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : Math.ceil(x);
}

// One time step.
//   dv/dt = (E_L - v + tau_m*I/C_m)/tau_m
//   integrated by: exact
//   spike where v >= v_th
//   at a spike: v = v_reset
//   after a spike, stand still for: t_ref ms
export const states = [
  // [mV] Membrane potential
  "s_v",
  // Steps left to stand still after a spike
  "s_refractory",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_tau_m, p_C_m, p_E_L, p_v_th, p_v_reset, p_t_ref } = { ...parameters, ...given };
  // how much of v is left after one step
  const c_decay_v = Math.exp(-dt / p_tau_m);
  // refractory period in steps
  const c_refractory = round(p_t_ref / dt);
  return {
    dt,
    p_tau_m,
    p_C_m,
    p_E_L,
    p_v_th,
    p_v_reset,
    p_t_ref,
    c_decay_v,
    c_refractory,
    s_v: p_E_L,
    s_refractory: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [pA] Input current, constant during a step
export function step(state, x_I) {
  const {
    p_tau_m,
    p_C_m,
    p_E_L,
    p_v_th,
    p_v_reset,
    c_decay_v,
    c_refractory,
    s_v,
    s_refractory,
  } = state;
  // where v is heading
  const t_rest_v = p_E_L + p_tau_m * x_I / p_C_m;
  // dv/dt = (E_L - v + tau_m*I/C_m)/tau_m
  let n_v = t_rest_v + (s_v - t_rest_v) * c_decay_v;
  // stands still while refractory
  n_v = s_refractory > 0 ? s_v : n_v;
  // v >= v_th
  const spike = s_refractory > 0 ? 0 : (n_v - p_v_th >= 0 ? 1 : 0);
  // where it fired: v = v_reset
  n_v = spike > 0 ? p_v_reset : n_v;
  // steps left to stand still
  const n_refractory = spike > 0 ? c_refractory : Math.max(s_refractory - 1, 0);
  state.s_v = n_v;
  state.s_refractory = n_refractory;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_I"],
    noise: [],
  },
];
