// Rendered from components/neurons/rleaky/component.yaml by `spikex components render`: edit that file, not this.
//
// Recurrent leaky integrate-and-fire (discrete) (neurons/rleaky), version 1.0.0, licence
//   BSD-3-Clause
// Leaky neurons that hear, one step later, their own spikes: through a weight matrix, or each
//   its own.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state.

// The parameters and their defaults.
export const parameters = {
  // What is left of the membrane potential after one step; exp(-dt/tau); 0 to 1
  p_beta: 0.9,
  // Weight of a neuron's own last spike; only where all_to_all is false
  p_V: 1.0,
  // The neuron fires where the membrane potential is above it; above 0
  p_threshold: 1.0,
};

// One time step with all_to_all=true, reset=subtract, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*threshold
  const n_mem = l_charge - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=true, reset=subtract, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*threshold
export const states_all_to_all_subtract_no_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_all_to_all_subtract_no_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_all_to_all_subtract_no_reset_delay(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*threshold
  let n_mem = l_charge - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  // mem = mem - (spike - spiked)*threshold
  n_mem = n_mem - (spike - spiked) * p_threshold;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=true, reset=zero, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_all_to_all_zero_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_all_to_all_zero_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_all_to_all_zero_reset_delay(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*charge
  const n_mem = l_charge - spiked * l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=true, reset=zero, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*mem
export const states_all_to_all_zero_no_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_all_to_all_zero_no_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_all_to_all_zero_no_reset_delay(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*charge
  let n_mem = l_charge - spiked * l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  // mem = mem - (spike - spiked)*mem
  n_mem = n_mem - (spike - spiked) * n_mem;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=true, reset=none, reset_delay=true or all_to_all=true,
//   reset=none, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_all_to_all_none_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_all_to_all_none_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_all_to_all_none_reset_delay(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay, s_spk, s_mem } = state;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge
  const n_mem = l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=subtract, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_no_all_to_all_subtract_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_subtract_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_V,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_subtract_reset_delay(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*threshold
  const n_mem = l_charge - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=subtract, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*threshold
export const states_no_all_to_all_subtract_no_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_subtract_no_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_V,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_subtract_no_reset_delay(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*threshold
  let n_mem = l_charge - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  // mem = mem - (spike - spiked)*threshold
  n_mem = n_mem - (spike - spiked) * p_threshold;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=zero, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_no_all_to_all_zero_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_zero_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_V,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_zero_reset_delay(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*charge
  const n_mem = l_charge - spiked * l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=zero, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*mem
export const states_no_all_to_all_zero_no_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_zero_no_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_V,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_zero_no_reset_delay(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay, s_spk, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge - spiked*charge
  let n_mem = l_charge - spiked * l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  // mem = mem - (spike - spiked)*mem
  n_mem = n_mem - (spike - spiked) * n_mem;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=none, reset_delay=true or all_to_all=false,
//   reset=none, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_no_all_to_all_none_reset_delay = [
  // What went out last: 1 for a spike
  "s_spk",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_none_reset_delay(given = parameters, dt = 1.0) {
  const { p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_decay = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_beta,
    p_V,
    p_threshold,
    k_decay,
    s_spk: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_none_reset_delay(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay, s_spk, s_mem } = state;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the membrane before the reset
  const l_charge = k_decay * s_mem + x_I + l_back;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // mem[t] = charge
  const n_mem = l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_mem = n_mem;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"all_to_all": true, "reset": "subtract", "reset_delay": true}],
    states,
    init,
    step,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": true, "reset": "subtract", "reset_delay": false}],
    states: states_all_to_all_subtract_no_reset_delay,
    init: init_all_to_all_subtract_no_reset_delay,
    step: step_all_to_all_subtract_no_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": true, "reset": "zero", "reset_delay": true}],
    states: states_all_to_all_zero_reset_delay,
    init: init_all_to_all_zero_reset_delay,
    step: step_all_to_all_zero_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": true, "reset": "zero", "reset_delay": false}],
    states: states_all_to_all_zero_no_reset_delay,
    init: init_all_to_all_zero_no_reset_delay,
    step: step_all_to_all_zero_no_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": true, "reset": "none", "reset_delay": true}, {"all_to_all": true, "reset": "none", "reset_delay": false}],
    states: states_all_to_all_none_reset_delay,
    init: init_all_to_all_none_reset_delay,
    step: step_all_to_all_none_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "subtract", "reset_delay": true}],
    states: states_no_all_to_all_subtract_reset_delay,
    init: init_no_all_to_all_subtract_reset_delay,
    step: step_no_all_to_all_subtract_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "subtract", "reset_delay": false}],
    states: states_no_all_to_all_subtract_no_reset_delay,
    init: init_no_all_to_all_subtract_no_reset_delay,
    step: step_no_all_to_all_subtract_no_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "zero", "reset_delay": true}],
    states: states_no_all_to_all_zero_reset_delay,
    init: init_no_all_to_all_zero_reset_delay,
    step: step_no_all_to_all_zero_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "zero", "reset_delay": false}],
    states: states_no_all_to_all_zero_no_reset_delay,
    init: init_no_all_to_all_zero_no_reset_delay,
    step: step_no_all_to_all_zero_no_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "none", "reset_delay": true}, {"all_to_all": false, "reset": "none", "reset_delay": false}],
    states: states_no_all_to_all_none_reset_delay,
    init: init_no_all_to_all_none_reset_delay,
    step: step_no_all_to_all_none_reset_delay,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
];
