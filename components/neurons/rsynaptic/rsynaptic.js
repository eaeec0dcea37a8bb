// Rendered from components/neurons/rsynaptic/component.yaml by `spikex components render`: edit that file, not this.
//
// Recurrent current-based leaky integrate-and-fire (discrete) (neurons/rsynaptic), version
//   1.0.0, licence BSD-3-Clause
// Current-based leaky neurons whose own spikes come back, one step later, into their synaptic
//   current.
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
  // What is left of the synaptic current after one step; exp(-dt/tau_syn); 0 to 1
  p_alpha: 0.9,
  // What is left of the membrane potential after one step; exp(-dt/tau_mem); 0 to 1
  p_beta: 0.8,
  // Weight of a neuron's own last spike; only where all_to_all is false
  p_V: 1.0,
  // The neuron fires where the membrane potential is above it; above 0
  p_threshold: 1.0,
};

// One time step with all_to_all=true, reset=subtract.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = R[t]
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states = [
  // What went out last: 1 for a spike
  "s_spk",
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the current after one step
  const k_decay_syn = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the potential after one step
  const k_decay_mem = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_alpha,
    p_beta,
    p_threshold,
    k_decay_syn,
    k_decay_mem,
    s_spk: 0,
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the synaptic current of this step
  const l_current = k_decay_syn * s_syn + x_I + l_back;
  // the membrane before the reset
  const l_charge = k_decay_mem * s_mem + l_current;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // syn[t] = current
  const n_syn = l_current;
  // mem[t] = charge - spiked*threshold
  const n_mem = l_charge - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=true, reset=zero.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = R[t]
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - charge*spiked
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_all_to_all_zero = [
  // What went out last: 1 for a spike
  "s_spk",
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_all_to_all_zero(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the current after one step
  const k_decay_syn = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the potential after one step
  const k_decay_mem = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_alpha,
    p_beta,
    p_threshold,
    k_decay_syn,
    k_decay_mem,
    s_spk: 0,
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_all_to_all_zero(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the synaptic current of this step
  const l_current = k_decay_syn * s_syn + x_I + l_back;
  // the membrane before the reset
  const l_charge = k_decay_mem * s_mem + l_current;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // syn[t] = current
  const n_syn = l_current;
  // mem[t] = charge - charge*spiked
  const n_mem = l_charge - l_charge * spiked;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=true, reset=none.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = R[t]
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_all_to_all_none = [
  // What went out last: 1 for a spike
  "s_spk",
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_all_to_all_none(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the current after one step
  const k_decay_syn = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the potential after one step
  const k_decay_mem = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_alpha,
    p_beta,
    p_threshold,
    k_decay_syn,
    k_decay_mem,
    s_spk: 0,
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_all_to_all_none(state, x_I, x_R = 0.0) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem } = state;
  // what the last step's spikes bring back
  const l_back = x_R;
  // the synaptic current of this step
  const l_current = k_decay_syn * s_syn + x_I + l_back;
  // the membrane before the reset
  const l_charge = k_decay_mem * s_mem + l_current;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // syn[t] = current
  const n_syn = l_current;
  // mem[t] = charge
  const n_mem = l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=subtract.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_no_all_to_all_subtract = [
  // What went out last: 1 for a spike
  "s_spk",
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_subtract(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the current after one step
  const k_decay_syn = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the potential after one step
  const k_decay_mem = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_alpha,
    p_beta,
    p_V,
    p_threshold,
    k_decay_syn,
    k_decay_mem,
    s_spk: 0,
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_subtract(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the synaptic current of this step
  const l_current = k_decay_syn * s_syn + x_I + l_back;
  // the membrane before the reset
  const l_charge = k_decay_mem * s_mem + l_current;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // syn[t] = current
  const n_syn = l_current;
  // mem[t] = charge - spiked*threshold
  const n_mem = l_charge - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=zero.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - charge*spiked
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_no_all_to_all_zero = [
  // What went out last: 1 for a spike
  "s_spk",
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_zero(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the current after one step
  const k_decay_syn = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the potential after one step
  const k_decay_mem = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_alpha,
    p_beta,
    p_V,
    p_threshold,
    k_decay_syn,
    k_decay_mem,
    s_spk: 0,
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_zero(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the synaptic current of this step
  const l_current = k_decay_syn * s_syn + x_I + l_back;
  // the membrane before the reset
  const l_charge = k_decay_mem * s_mem + l_current;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // syn[t] = current
  const n_syn = l_current;
  // mem[t] = charge - charge*spiked
  const n_mem = l_charge - l_charge * spiked;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with all_to_all=false, reset=none.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
export const states_no_all_to_all_none = [
  // What went out last: 1 for a spike
  "s_spk",
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_no_all_to_all_none(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_V, p_threshold } = { ...parameters, ...given };
  // what is left of the current after one step
  const k_decay_syn = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the potential after one step
  const k_decay_mem = Math.min(Math.max(p_beta, 0), 1);
  return {
    dt,
    p_alpha,
    p_beta,
    p_V,
    p_threshold,
    k_decay_syn,
    k_decay_mem,
    s_spk: 0,
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
// x_R: The last step's spikes through the recurrent weights; fed by the recurrence
export function step_no_all_to_all_none(state, x_I, x_R = 0.0) {
  const { p_V, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem } = state;
  // what the last step's spikes bring back
  const l_back = s_spk * p_V;
  // the synaptic current of this step
  const l_current = k_decay_syn * s_syn + x_I + l_back;
  // the membrane before the reset
  const l_charge = k_decay_mem * s_mem + l_current;
  // spk[t] = spk[t-1]
  let n_spk = s_spk;
  // syn[t] = current
  const n_syn = l_current;
  // mem[t] = charge
  const n_mem = l_charge;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // spk = spike
  n_spk = spike;
  state.s_spk = n_spk;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"all_to_all": true, "reset": "subtract"}],
    states,
    init,
    step,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": true, "reset": "zero"}],
    states: states_all_to_all_zero,
    init: init_all_to_all_zero,
    step: step_all_to_all_zero,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": true, "reset": "none"}],
    states: states_all_to_all_none,
    init: init_all_to_all_none,
    step: step_all_to_all_none,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "subtract"}],
    states: states_no_all_to_all_subtract,
    init: init_no_all_to_all_subtract,
    step: step_no_all_to_all_subtract,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "zero"}],
    states: states_no_all_to_all_zero,
    init: init_no_all_to_all_zero,
    step: step_no_all_to_all_zero,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
  {
    when: [{"all_to_all": false, "reset": "none"}],
    states: states_no_all_to_all_none,
    init: init_no_all_to_all_none,
    step: step_no_all_to_all_none,
    inputs: ["x_I", "x_R"],
    noise: [],
  },
];
