// Rendered from components/neurons/alpha/component.yaml by `spikex components render`: edit that file, not this.
//
// Alpha neuron (discrete, second order) (neurons/alpha), version 1.0.0, licence BSD-3-Clause
// A neuron that answers one input spike with an alpha-shaped bump: up with one decay, down with
//   another.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state.

// The parameters and their defaults.
export const parameters = {
  // What is left of the exciting current after one step; larger than beta; 0 to 1
  p_alpha: 0.9,
  // What is left of the inhibiting current after one step; below 1; 0 to 1
  p_beta: 0.8,
  // The neuron fires where the membrane potential is above it; above 0
  p_threshold: 1.0,
};

// One time step with reset=zero.
//   decay_exc = clip(alpha, 0, 1)
//   decay_inh = clip(beta, 0, 1)
//   gain = log(decay_exc)/(log(decay_inh) - log(decay_exc)) + 1
//   exc = decay_exc*syn_exc[t-1] + I[t]
//   inh = decay_inh*syn_inh[t-1] - I[t]
//   bump = gain*(exc + inh)
//   syn_exc[t] = exc - exc*spiked
//   syn_inh[t] = inh - inh*spiked
//   mem[t] = bump - bump*spiked
//   spike where mem > threshold
export const states = [
  // Exciting current: charged by the input
  "s_syn_exc",
  // Inhibiting current: discharged by the same input
  "s_syn_inh",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the exciting current after one step
  const k_decay_exc = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the inhibiting current after one step
  const k_decay_inh = Math.min(Math.max(p_beta, 0), 1);
  // scales the difference of the two currents
  const k_gain = Math.log(k_decay_exc) / (Math.log(k_decay_inh) - Math.log(k_decay_exc)) + 1;
  return {
    dt,
    p_alpha,
    p_beta,
    p_threshold,
    k_decay_exc,
    k_decay_inh,
    k_gain,
    s_syn_exc: 0,
    s_syn_inh: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to one current and taken off the other
export function step(state, x_I) {
  const { p_threshold, k_decay_exc, k_decay_inh, k_gain, s_syn_exc, s_syn_inh, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // exciting current before the reset
  const l_exc = k_decay_exc * s_syn_exc + x_I;
  // inhibiting current before the reset
  const l_inh = k_decay_inh * s_syn_inh - x_I;
  // membrane potential before the reset
  const l_bump = k_gain * (l_exc + l_inh);
  // syn_exc[t] = exc - exc*spiked
  const n_syn_exc = l_exc - l_exc * spiked;
  // syn_inh[t] = inh - inh*spiked
  const n_syn_inh = l_inh - l_inh * spiked;
  // mem[t] = bump - bump*spiked
  const n_mem = l_bump - l_bump * spiked;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_syn_exc = n_syn_exc;
  state.s_syn_inh = n_syn_inh;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=subtract.
//   decay_exc = clip(alpha, 0, 1)
//   decay_inh = clip(beta, 0, 1)
//   gain = log(decay_exc)/(log(decay_inh) - log(decay_exc)) + 1
//   exc = decay_exc*syn_exc[t-1] + I[t]
//   inh = decay_inh*syn_inh[t-1] - I[t]
//   bump = gain*(exc + inh)
//   syn_exc[t] = exc - threshold*spiked
//   syn_inh[t] = inh - inh*spiked
//   mem[t] = bump + syn_inh[t-1]*spiked
//   spike where mem > threshold
export const states_subtract = [
  // Exciting current: charged by the input
  "s_syn_exc",
  // Inhibiting current: discharged by the same input
  "s_syn_inh",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_subtract(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the exciting current after one step
  const k_decay_exc = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the inhibiting current after one step
  const k_decay_inh = Math.min(Math.max(p_beta, 0), 1);
  // scales the difference of the two currents
  const k_gain = Math.log(k_decay_exc) / (Math.log(k_decay_inh) - Math.log(k_decay_exc)) + 1;
  return {
    dt,
    p_alpha,
    p_beta,
    p_threshold,
    k_decay_exc,
    k_decay_inh,
    k_gain,
    s_syn_exc: 0,
    s_syn_inh: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to one current and taken off the other
export function step_subtract(state, x_I) {
  const { p_threshold, k_decay_exc, k_decay_inh, k_gain, s_syn_exc, s_syn_inh, s_mem } = state;
  // the test on the state as the last step left it
  const spiked = s_mem - p_threshold > 0 ? 1 : 0;
  // exciting current before the reset
  const l_exc = k_decay_exc * s_syn_exc + x_I;
  // inhibiting current before the reset
  const l_inh = k_decay_inh * s_syn_inh - x_I;
  // membrane potential before the reset
  const l_bump = k_gain * (l_exc + l_inh);
  // syn_exc[t] = exc - threshold*spiked
  const n_syn_exc = l_exc - p_threshold * spiked;
  // syn_inh[t] = inh - inh*spiked
  const n_syn_inh = l_inh - l_inh * spiked;
  // mem[t] = bump + syn_inh[t-1]*spiked
  const n_mem = l_bump + s_syn_inh * spiked;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_syn_exc = n_syn_exc;
  state.s_syn_inh = n_syn_inh;
  state.s_mem = n_mem;
  return spike;
}

// One time step with reset=none.
//   decay_exc = clip(alpha, 0, 1)
//   decay_inh = clip(beta, 0, 1)
//   gain = log(decay_exc)/(log(decay_inh) - log(decay_exc)) + 1
//   exc = decay_exc*syn_exc[t-1] + I[t]
//   inh = decay_inh*syn_inh[t-1] - I[t]
//   bump = gain*(exc + inh)
//   syn_exc[t] = exc
//   syn_inh[t] = inh
//   mem[t] = bump
//   spike where mem > threshold
export const states_none = [
  // Exciting current: charged by the input
  "s_syn_exc",
  // Inhibiting current: discharged by the same input
  "s_syn_inh",
  // Membrane potential
  "s_mem",
];

// The first state: parameters, constants and states of one element.
export function init_none(given = parameters, dt = 1.0) {
  const { p_alpha, p_beta, p_threshold } = { ...parameters, ...given };
  // what is left of the exciting current after one step
  const k_decay_exc = Math.min(Math.max(p_alpha, 0), 1);
  // what is left of the inhibiting current after one step
  const k_decay_inh = Math.min(Math.max(p_beta, 0), 1);
  // scales the difference of the two currents
  const k_gain = Math.log(k_decay_exc) / (Math.log(k_decay_inh) - Math.log(k_decay_exc)) + 1;
  return {
    dt,
    p_alpha,
    p_beta,
    p_threshold,
    k_decay_exc,
    k_decay_inh,
    k_gain,
    s_syn_exc: 0,
    s_syn_inh: 0,
    s_mem: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to one current and taken off the other
export function step_none(state, x_I) {
  const { p_threshold, k_decay_exc, k_decay_inh, k_gain, s_syn_exc, s_syn_inh } = state;
  // exciting current before the reset
  const l_exc = k_decay_exc * s_syn_exc + x_I;
  // inhibiting current before the reset
  const l_inh = k_decay_inh * s_syn_inh - x_I;
  // membrane potential before the reset
  const l_bump = k_gain * (l_exc + l_inh);
  // syn_exc[t] = exc
  const n_syn_exc = l_exc;
  // syn_inh[t] = inh
  const n_syn_inh = l_inh;
  // mem[t] = bump
  const n_mem = l_bump;
  // mem > threshold
  const spike = n_mem - p_threshold > 0 ? 1 : 0;
  state.s_syn_exc = n_syn_exc;
  state.s_syn_inh = n_syn_inh;
  state.s_mem = n_mem;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"reset": "zero"}],
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
  {
    when: [{"reset": "none"}],
    states: states_none,
    init: init_none,
    step: step_none,
    inputs: ["x_I"],
    noise: [],
  },
];
