// Rendered from components/neurons/plif/component.yaml by `spikex components render`: edit that file, not this.
//
// Parametric leaky integrate-and-fire (neurons/plif), version 1.0.0, licence BSD-3-Clause
// A discrete leaky neuron whose time constant is learned, kept above one step by a sigmoid.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // Sets the time constant: tau = 1 + exp(-a) steps. 0 is 2 steps; for tau steps a = -log(tau -
  //   1)
  p_a: 0.0,
  // The neuron fires where the potential reaches it; above 0
  p_v_th: 1.0,
  // The potential rests here, and goes here after a spike
  p_v_reset: 0.0,
};

// One time step with reset=value.
//   kappa = sigmoid(a)
//   v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
//   spike where v >= v_th
//   at a spike: v = v_reset
export const states = [
  // Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_a, p_v_th, p_v_reset } = { ...parameters, ...given };
  // one over the time constant: the part of the way to the input that a step goes
  const k_kappa = 1 / (1 + Math.exp(-p_a));
  return {
    dt,
    p_a,
    p_v_th,
    p_v_reset,
    k_kappa,
    s_v: p_v_reset,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step: what the potential, counted from rest, tends to
export function step(state, x_I) {
  const { p_v_th, p_v_reset, k_kappa, s_v } = state;
  // v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
  let n_v = s_v + (x_I - (s_v - p_v_reset)) * k_kappa;
  // v >= v_th
  const spike = n_v - p_v_th >= 0 ? 1 : 0;
  // where it fired: v = v_reset
  n_v = spike > 0 ? p_v_reset : n_v;
  state.s_v = n_v;
  return spike;
}

// One time step with reset=subtract.
//   kappa = sigmoid(a)
//   v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
//   spike where v >= v_th
//   at a spike: v -= v_th
export const states_subtract = [
  // Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init_subtract(given = parameters, dt = 1.0) {
  const { p_a, p_v_th, p_v_reset } = { ...parameters, ...given };
  // one over the time constant: the part of the way to the input that a step goes
  const k_kappa = 1 / (1 + Math.exp(-p_a));
  return {
    dt,
    p_a,
    p_v_th,
    p_v_reset,
    k_kappa,
    s_v: p_v_reset,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step: what the potential, counted from rest, tends to
export function step_subtract(state, x_I) {
  const { p_v_th, p_v_reset, k_kappa, s_v } = state;
  // v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
  let n_v = s_v + (x_I - (s_v - p_v_reset)) * k_kappa;
  // v >= v_th
  const spike = n_v - p_v_th >= 0 ? 1 : 0;
  // where it fired: v -= v_th
  n_v = n_v - spike * p_v_th;
  state.s_v = n_v;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"reset": "value"}],
    states,
    init,
    step,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "subtract"}],
    states: states_subtract,
    init: init_subtract,
    step: step_subtract,
    inputs: ["x_I"],
    noise: [],
  },
];
