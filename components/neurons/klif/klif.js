// Rendered from components/neurons/klif/component.yaml by `spikex components render`: edit that file, not this.
//
// k-scaled leaky integrate-and-fire (neurons/klif), version 1.0.0, licence BSD-3-Clause
// A discrete leaky neuron that learns how steeply its potential is scaled and cuts off what is
//   negative.
//
// Papers:
// - Jiang C., Zhang Y. (2023). KLIF: An optimized spiking neuron unit for tuning surrogate
//   gradient slope and membrane potential, doi:10.48550/arXiv.2302.09238
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // Scales the potential before the test: above 1 more spikes and a steeper gradient, below 1
  //   fewer; above 0
  p_k: 1.0,
  // Time constant in steps; above 1
  p_tau: 2.0,
  // The neuron fires where the scaled potential reaches it; above 0
  p_v_th: 1.0,
  // The potential rests here, and goes here after a spike
  p_v_reset: 0.0,
};

// One time step with reset=value.
//   charge = v[t-1] + (I[t] - (v[t-1] - v_reset))/tau
//   v[t] = relu(k*charge)
//   spike where v >= v_th
//   at a spike: v = v_reset
export const states = [
  // Membrane potential, scaled
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_k, p_tau, p_v_th, p_v_reset } = { ...parameters, ...given };
  return {
    dt,
    p_k,
    p_tau,
    p_v_th,
    p_v_reset,
    s_v: p_v_reset,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step: what the potential, counted from rest, tends to
export function step(state, x_I) {
  const { p_k, p_tau, p_v_th, p_v_reset, s_v } = state;
  // what a plain leaky neuron would have
  const l_charge = s_v + (x_I - (s_v - p_v_reset)) / p_tau;
  // v[t] = relu(k*charge)
  let n_v = Math.max(p_k * l_charge, 0);
  // v >= v_th
  const spike = n_v - p_v_th >= 0 ? 1 : 0;
  // where it fired: v = v_reset
  n_v = spike > 0 ? p_v_reset : n_v;
  state.s_v = n_v;
  return spike;
}

// One time step with reset=subtract.
//   charge = v[t-1] + (I[t] - (v[t-1] - v_reset))/tau
//   v[t] = relu(k*charge)
//   spike where v >= v_th
//   at a spike: v -= v_th
export const states_subtract = [
  // Membrane potential, scaled
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init_subtract(given = parameters, dt = 1.0) {
  const { p_k, p_tau, p_v_th, p_v_reset } = { ...parameters, ...given };
  return {
    dt,
    p_k,
    p_tau,
    p_v_th,
    p_v_reset,
    s_v: p_v_reset,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step: what the potential, counted from rest, tends to
export function step_subtract(state, x_I) {
  const { p_k, p_tau, p_v_th, p_v_reset, s_v } = state;
  // what a plain leaky neuron would have
  const l_charge = s_v + (x_I - (s_v - p_v_reset)) / p_tau;
  // v[t] = relu(k*charge)
  let n_v = Math.max(p_k * l_charge, 0);
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
