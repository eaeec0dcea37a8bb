// Rendered from components/dendrites/dendritic-spike/component.yaml by `spikex components render`: edit that file, not this.
//
// Dendritic spike (dendrites/dendritic-spike), version 1.0.0, licence BSD-3-Clause
// A branch that answers enough input at once with a plateau: a current into the soma that lasts
//   tens of milliseconds.
//
// Papers:
// - Poirazi P., Brannon T., Mel B.W. (2003). Pyramidal neuron as two-layer neural network,
//   doi:10.1016/S0896-6273(03)00149-1
// - Larkum M.E., Zhu J.J., Sakmann B. (1999). A new cellular mechanism for coupling inputs
//   arriving at different cortical layers, doi:10.1038/18686
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [pF] Capacitance of the branch; above 0
  p_C_m: 50.0,
  // [nS] Leak conductance of the branch; its time constant is C_m/g_L; above 0
  p_g_L: 5.0,
  // [mV] Resting potential
  p_E_L: -70.0,
  // [mV] The plateau starts where the branch's potential is above this
  p_theta_d: -35.0,
  // [pA] Current of the plateau into the soma
  p_I_p: 200.0,
  // [ms] How long the plateau lasts; above 0
  p_tau_p: 50.0,
  // [nS] Conductance through which the branch reaches the soma without a plateau too; at least 0
  p_g_c: 2.0,
};

// Named sets of parameters.
export const presets = {
  // unit: Without units, for networks: rest 0, threshold 1, time constant 10, a plateau of 1 for
  //   20 ms; nothing below threshold.
  preset_unit: {
    ...parameters,
    p_C_m: 10.0,
    p_g_L: 1.0,
    p_E_L: 0.0,
    p_theta_d: 1.0,
    p_I_p: 1.0,
    p_tau_p: 20.0,
    p_g_c: 0.0,
  },
};

// To the nearest whole number, halves to the even one.
function round(x) {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : Math.ceil(x);
}

// One time step.
//   dV/dt = (g_L*(E_L - V) + I)/C_m
//   dleft/dt = -1
//   dplateau/dt = 0
//   integrated by: exact
//   spike where V > theta_d
//   after a spike, stand still for: tau_p ms
//   after the test, at every step: plateau = spike + (plateau if left > dt/2 else 0)
//   after the test, at every step: left = tau_p if spike > 0 else max(left, 0)
//   goes out: g_c*(V - E_L) + I_p*plateau
export const states = [
  // [mV] Potential of the branch
  "s_V",
  // [ms] How long the plateau will still last
  "s_left",
  // 1 while there is a plateau, otherwise 0
  "s_plateau",
  // Steps left to stand still after a spike
  "s_refractory",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_C_m, p_g_L, p_E_L, p_theta_d, p_I_p, p_tau_p, p_g_c } = { ...parameters, ...given };
  // how much of V is left after one step
  const c_decay_V = Math.exp(-p_g_L / p_C_m * dt);
  // refractory period in steps
  const c_refractory = round(p_tau_p / dt);
  return {
    dt,
    p_C_m,
    p_g_L,
    p_E_L,
    p_theta_d,
    p_I_p,
    p_tau_p,
    p_g_c,
    c_decay_V,
    c_refractory,
    s_V: p_E_L,
    s_left: 0,
    s_plateau: 0,
    s_refractory: 0,
  };
}

// One step: returns what goes out.
// x_I: [pA] Current into the branch: from its synapses
export function step(state, x_I) {
  const {
    p_g_L,
    p_E_L,
    p_theta_d,
    p_I_p,
    p_tau_p,
    p_g_c,
    c_decay_V,
    c_refractory,
    s_V,
    s_left,
    s_plateau,
    s_refractory,
    dt,
  } = state;
  // where V is heading
  const t_rest_V = (p_g_L * p_E_L + x_I) / p_g_L;
  // dV/dt = (g_L*(E_L - V) + I)/C_m
  const n_V = t_rest_V + (s_V - t_rest_V) * c_decay_V;
  // dleft/dt = -1
  let n_left = s_left + dt * (-1);
  // dplateau/dt = 0
  let n_plateau = s_plateau + dt * 0;
  // V > theta_d
  const spike = s_refractory > 0 ? 0 : (n_V - p_theta_d > 0 ? 1 : 0);
  // steps left to stand still
  const n_refractory = spike > 0 ? c_refractory : Math.max(s_refractory - 1, 0);
  // plateau = spike + (plateau if left > dt/2 else 0)
  n_plateau = spike + (n_left > dt / 2 ? n_plateau : 0);
  // left = tau_p if spike > 0 else max(left, 0)
  n_left = spike > 0 ? p_tau_p : Math.max(n_left, 0);
  // g_c*(V - E_L) + I_p*plateau
  const out = p_g_c * (n_V - p_E_L) + p_I_p * n_plateau;
  state.s_V = n_V;
  state.s_left = n_left;
  state.s_plateau = n_plateau;
  state.s_refractory = n_refractory;
  return out;
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
