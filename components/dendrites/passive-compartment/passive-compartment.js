// Rendered from components/dendrites/passive-compartment/component.yaml by `spikex components render`: edit that file, not this.
//
// Passive compartment (dendrites/passive-compartment), version 1.0.0, licence BSD-3-Clause
// A piece of membrane without spikes: a leaky capacitor, joined to a neighbour by a
//   conductance.
//
// Papers:
// - Rall W. (1959). Branching dendritic trees and motoneuron membrane resistivity,
//   doi:10.1016/0014-4886(59)90046-9
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [pF] Capacitance of the piece of membrane; above 0
  p_C_m: 100.0,
  // [nS] Leak conductance; the time constant is C_m/g_L; above 0
  p_g_L: 5.0,
  // [mV] Resting potential
  p_E_L: -70.0,
  // [nS] Conductance to the neighbour; 0: there is none; at least 0
  p_g_c: 0.0,
};

// Named sets of parameters.
export const presets = {
  // unit: Without units, for networks: rest 0, resistance 1, time constant 20.
  preset_unit: {
    ...parameters,
    p_C_m: 20.0,
    p_g_L: 1.0,
    p_E_L: 0.0,
  },
};

// One time step.
//   dV/dt = (g_L*(E_L - V) + g_c*(V_n - V) + I)/C_m
//   integrated by: exact
//   goes out: V
export const states = [
  // [mV] Potential of the compartment
  "s_V",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_C_m, p_g_L, p_E_L, p_g_c } = { ...parameters, ...given };
  // how much of V is left after one step
  const c_decay_V = Math.exp((-p_g_L - p_g_c) / p_C_m * dt);
  return {
    dt,
    p_C_m,
    p_g_L,
    p_E_L,
    p_g_c,
    c_decay_V,
    s_V: p_E_L,
  };
}

// One step: returns what goes out.
// x_I: [pA] Current that is put in
// x_V_n: [mV] Potential of the neighbour: an edge from its state, as {from: soma.v, to:
//   dend.V_n, delay: 1}
export function step(state, x_I, x_V_n = -70.0) {
  const { p_g_L, p_E_L, p_g_c, c_decay_V, s_V } = state;
  // where V is heading
  const t_rest_V = -(p_g_L * p_E_L + p_g_c * x_V_n + x_I) / (-p_g_L - p_g_c);
  // dV/dt = (g_L*(E_L - V) + g_c*(V_n - V) + I)/C_m
  const n_V = t_rest_V + (s_V - t_rest_V) * c_decay_V;
  // V
  const out = n_V;
  state.s_V = n_V;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_I", "x_V_n"],
    noise: [],
  },
];
