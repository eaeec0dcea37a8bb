// Rendered from components/neurons/synaptic/component.yaml by `spikex components render`: edit that file, not this.
//
// Current-based leaky integrate-and-fire (discrete) (neurons/synaptic), version 1.0.0, licence
//   BSD-3-Clause
// A leaky neuron whose input first charges a synaptic current that decays by itself.
//
// Papers:
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // What is left of the synaptic current after one step; exp(-dt/tau_syn); 0 to 1
  p_alpha: 0.9,
  // What is left of the membrane potential after one step; exp(-dt/tau_mem); 0 to 1
  p_beta: 0.8,
  // The neuron fires where the membrane potential is above it; above 0
  p_threshold: 1.0,
};

// One time step with reset=subtract, reset_delay=true.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
//   spike where mem > threshold
export const states = [
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
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
export function step(state, x_I) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // syn[t] = decay_syn*syn[t-1] + I[t]
  const n_syn = k_decay_syn * s_syn + x_I;
  // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
  const n_mem = k_decay_mem * s_mem + n_syn - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=subtract, reset_delay=false.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: mem = mem - (spike - spiked)*threshold
export const states_subtract_no_reset_delay = [
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_subtract_no_reset_delay(given = parameters, dt = 1.0) {
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
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
export function step_subtract_no_reset_delay(state, x_I) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // syn[t] = decay_syn*syn[t-1] + I[t]
  const n_syn = k_decay_syn * s_syn + x_I;
  // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
  let n_mem = k_decay_mem * s_mem + n_syn - spiked * p_threshold;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // mem = mem - (spike - spiked)*threshold
  n_mem = n_mem - (spike - spiked) * p_threshold;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=zero, reset_delay=true.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
//   spike where mem > threshold
export const states_zero_reset_delay = [
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_zero_reset_delay(given = parameters, dt = 1.0) {
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
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
export function step_zero_reset_delay(state, x_I) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // syn[t] = decay_syn*syn[t-1] + I[t]
  const n_syn = k_decay_syn * s_syn + x_I;
  // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
  const n_mem = k_decay_mem * s_mem + n_syn - spiked * (k_decay_mem * s_mem + n_syn);
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=zero, reset_delay=false.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
//   spike where mem > threshold
//   after the test, at every step: mem = mem - (spike - spiked)*mem
export const states_zero_no_reset_delay = [
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_zero_no_reset_delay(given = parameters, dt = 1.0) {
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
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
export function step_zero_no_reset_delay(state, x_I) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // syn[t] = decay_syn*syn[t-1] + I[t]
  const n_syn = k_decay_syn * s_syn + x_I;
  // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
  let n_mem = k_decay_mem * s_mem + n_syn - spiked * (k_decay_mem * s_mem + n_syn);
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  // mem = mem - (spike - spiked)*mem
  n_mem = n_mem - (spike - spiked) * n_mem;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=none, reset_delay=true or reset=none, reset_delay=false.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t]
//   spike where mem > threshold
export const states_none_reset_delay = [
  // Synaptic current
  "s_syn",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_none_reset_delay(given = parameters, dt = 1.0) {
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
    s_syn: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the synaptic current as it is
export function step_none_reset_delay(state, x_I) {
  const { p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem } = state;
  // syn[t] = decay_syn*syn[t-1] + I[t]
  const n_syn = k_decay_syn * s_syn + x_I;
  // mem[t] = decay_mem*mem[t-1] + syn[t]
  const n_mem = k_decay_mem * s_mem + n_syn;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_syn = n_syn;
  state.s_mem = n_mem;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"reset": "subtract", "reset_delay": true}],
    states,
    init,
    step,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "subtract", "reset_delay": false}],
    states: states_subtract_no_reset_delay,
    init: init_subtract_no_reset_delay,
    step: step_subtract_no_reset_delay,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "zero", "reset_delay": true}],
    states: states_zero_reset_delay,
    init: init_zero_reset_delay,
    step: step_zero_reset_delay,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "zero", "reset_delay": false}],
    states: states_zero_no_reset_delay,
    init: init_zero_no_reset_delay,
    step: step_zero_no_reset_delay,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "none", "reset_delay": true}, {"reset": "none", "reset_delay": false}],
    states: states_none_reset_delay,
    init: init_none_reset_delay,
    step: step_none_reset_delay,
    inputs: ["x_I"],
    noise: [],
  },
];
