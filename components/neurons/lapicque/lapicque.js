// Rendered from components/neurons/lapicque/component.yaml by `spikex components render`: edit that file, not this.
//
// Lapicque's RC circuit (discrete) (neurons/lapicque), version 1.0.0, licence BSD-3-Clause
// A resistor and a capacitor, stepped with Euler's method: the discrete leaky neuron with its
//   circuit left visible.
//
// Papers:
// - Lapicque L.; translation by Brunel N., van Rossum M.C.W. (2007). Quantitative
//   investigations of electrical nerve excitation treated as polarization,
//   doi:10.1007/s00422-007-0189-6
// - Brunel N., van Rossum M.C.W. (2007). Lapicque's 1907 paper: from frogs to
//   integrate-and-fire, doi:10.1007/s00422-007-0190-0
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state.

// The parameters and their defaults.
export const parameters = {
  // [Mohm] Resistance: what a constant current of 1 nA lifts the membrane to, in mV; above 0
  p_R: 5.0,
  // [nF] Capacitance; the time constant is R*C (in ms); above 0
  p_C: 2.0,
  // [mV] The neuron fires where the membrane potential is above it; above 0
  p_threshold: 1.0,
};

// Named sets of parameters.
export const presets = {
  // tutorial: R = 5.1 Mohm, C = 5 nF: the values of snnTorch's tutorials; a time constant of 25.5
  //   ms.
  preset_tutorial: {
    ...parameters,
    p_R: 5.1,
    p_C: 5.0,
  },
};

// One time step with reset=subtract.
//   rate = 1/(R*C)
//   kept = 1 - dt/(R*C)
//   charge = I[t]*R*rate*dt + kept*mem[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
export const states = [
  // [mV] Membrane potential, above rest
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_R, p_C, p_threshold } = { ...parameters, ...given };
  // how fast the membrane leaks: one over the time constant
  const k_rate = 1 / (p_R * p_C);
  // what is left of the potential after one step
  const k_kept = 1 - dt / (p_R * p_C);
  return {
    dt,
    p_R,
    p_C,
    p_threshold,
    k_rate,
    k_kept,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [nA] Input current, constant during a step
export function step(state, x_I) {
  const { p_R, p_threshold, k_rate, k_kept, s_mem, dt } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // the membrane before the reset
  const l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem;
  // mem[t] = charge - spiked*threshold
  const n_mem = l_charge - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=zero.
//   rate = 1/(R*C)
//   kept = 1 - dt/(R*C)
//   charge = I[t]*R*rate*dt + kept*mem[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
export const states_zero = [
  // [mV] Membrane potential, above rest
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_zero(given = parameters, dt = 1.0) {
  const { p_R, p_C, p_threshold } = { ...parameters, ...given };
  // how fast the membrane leaks: one over the time constant
  const k_rate = 1 / (p_R * p_C);
  // what is left of the potential after one step
  const k_kept = 1 - dt / (p_R * p_C);
  return {
    dt,
    p_R,
    p_C,
    p_threshold,
    k_rate,
    k_kept,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [nA] Input current, constant during a step
export function step_zero(state, x_I) {
  const { p_R, p_threshold, k_rate, k_kept, s_mem, dt } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // the membrane before the reset
  const l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem;
  // mem[t] = charge - spiked*charge
  const n_mem = l_charge - spiked * l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=none.
//   rate = 1/(R*C)
//   kept = 1 - dt/(R*C)
//   charge = I[t]*R*rate*dt + kept*mem[t-1]
//   mem[t] = charge
//   spike where mem > threshold
export const states_none = [
  // [mV] Membrane potential, above rest
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_none(given = parameters, dt = 1.0) {
  const { p_R, p_C, p_threshold } = { ...parameters, ...given };
  // how fast the membrane leaks: one over the time constant
  const k_rate = 1 / (p_R * p_C);
  // what is left of the potential after one step
  const k_kept = 1 - dt / (p_R * p_C);
  return {
    dt,
    p_R,
    p_C,
    p_threshold,
    k_rate,
    k_kept,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [nA] Input current, constant during a step
export function step_none(state, x_I) {
  const { p_R, p_threshold, k_rate, k_kept, s_mem, dt } = state;
  // the membrane before the reset
  const l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem;
  // mem[t] = charge
  const n_mem = l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_mem = n_mem;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"reset": "subtract"}],
    states,
    init,
    step,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "zero"}],
    states: states_zero,
    init: init_zero,
    step: step_zero,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "none"}],
    states: states_none,
    init: init_none,
    step: step_none,
    inputs: ["x_I"],
    noise: [],
  },
];
