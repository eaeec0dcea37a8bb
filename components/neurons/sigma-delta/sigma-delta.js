// Rendered from components/neurons/sigma-delta/component.yaml by `spikex components render`: edit that file, not this.
//
// Sigma-delta unit (neurons/sigma-delta), version 1.0.0, licence BSD-3-Clause
// Adds up the changes it hears, and tells on how much its own activation has changed, if by
//   enough.
//
// Papers:
// - O'Connor P., Welling M. (2016). Sigma delta quantized networks,
//   doi:10.48550/arXiv.1611.02024
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // The smallest change of the activation that is told on; above 0
  p_theta: 0.1,
};

// One time step with accumulate=true, activation=relu.
//   total = acc[t-1] + I[t]
//   act = relu(total)
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
export const states = [
  // Sigma: the sum of all changes heard
  "s_acc",
  // What the receivers believe the activation to be
  "s_told",
  // Delta: the change told on at this step, or 0
  "s_sent",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_theta } = { ...parameters, ...given };
  return {
    dt,
    p_theta,
    s_acc: 0,
    s_told: 0,
    s_sent: 0,
  };
}

// One step: returns what goes out.
// x_I: Change of the weighted sum since the last step
export function step(state, x_I) {
  const { p_theta, s_acc, s_told } = state;
  // the sum so far
  const l_total = s_acc + x_I;
  // the activation
  const l_act = Math.max(l_total, 0);
  // acc[t] = total
  const n_acc = l_total;
  // told[t] = told[t-1]
  let n_told = s_told;
  // sent[t] = act - told[t]
  let n_sent = l_act - n_told;
  // abs(sent) >= theta
  const spike = Math.abs(n_sent) - p_theta >= 0 ? 1 : 0;
  // sent = spike*sent
  n_sent = spike * n_sent;
  // told = told + sent
  n_told = n_told + n_sent;
  // sent
  const out = n_sent;
  state.s_acc = n_acc;
  state.s_told = n_told;
  state.s_sent = n_sent;
  return out;
}

// One time step with accumulate=true, activation=none.
//   total = acc[t-1] + I[t]
//   act = total
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
export const states_accumulate_none = [
  // Sigma: the sum of all changes heard
  "s_acc",
  // What the receivers believe the activation to be
  "s_told",
  // Delta: the change told on at this step, or 0
  "s_sent",
];

// The first state: parameters, constants and states of one element.
export function init_accumulate_none(given = parameters, dt = 1.0) {
  const { p_theta } = { ...parameters, ...given };
  return {
    dt,
    p_theta,
    s_acc: 0,
    s_told: 0,
    s_sent: 0,
  };
}

// One step: returns what goes out.
// x_I: Change of the weighted sum since the last step
export function step_accumulate_none(state, x_I) {
  const { p_theta, s_acc, s_told } = state;
  // the sum so far
  const l_total = s_acc + x_I;
  // the sum itself
  const l_act = l_total;
  // acc[t] = total
  const n_acc = l_total;
  // told[t] = told[t-1]
  let n_told = s_told;
  // sent[t] = act - told[t]
  let n_sent = l_act - n_told;
  // abs(sent) >= theta
  const spike = Math.abs(n_sent) - p_theta >= 0 ? 1 : 0;
  // sent = spike*sent
  n_sent = spike * n_sent;
  // told = told + sent
  n_told = n_told + n_sent;
  // sent
  const out = n_sent;
  state.s_acc = n_acc;
  state.s_told = n_told;
  state.s_sent = n_sent;
  return out;
}

// One time step with accumulate=false, activation=relu.
//   total = I[t]
//   act = relu(total)
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
export const states_no_accumulate_relu = [
  // Sigma: the sum of all changes heard
  "s_acc",
  // What the receivers believe the activation to be
  "s_told",
  // Delta: the change told on at this step, or 0
  "s_sent",
];

// The first state: parameters, constants and states of one element.
export function init_no_accumulate_relu(given = parameters, dt = 1.0) {
  const { p_theta } = { ...parameters, ...given };
  return {
    dt,
    p_theta,
    s_acc: 0,
    s_told: 0,
    s_sent: 0,
  };
}

// One step: returns what goes out.
// x_I: Change of the weighted sum since the last step
export function step_no_accumulate_relu(state, x_I) {
  const { p_theta, s_told } = state;
  // the value itself
  const l_total = x_I;
  // the activation
  const l_act = Math.max(l_total, 0);
  // acc[t] = total
  const n_acc = l_total;
  // told[t] = told[t-1]
  let n_told = s_told;
  // sent[t] = act - told[t]
  let n_sent = l_act - n_told;
  // abs(sent) >= theta
  const spike = Math.abs(n_sent) - p_theta >= 0 ? 1 : 0;
  // sent = spike*sent
  n_sent = spike * n_sent;
  // told = told + sent
  n_told = n_told + n_sent;
  // sent
  const out = n_sent;
  state.s_acc = n_acc;
  state.s_told = n_told;
  state.s_sent = n_sent;
  return out;
}

// One time step with accumulate=false, activation=none.
//   total = I[t]
//   act = total
//   acc[t] = total
//   told[t] = told[t-1]
//   sent[t] = act - told[t]
//   spike where abs(sent) >= theta
//   after the test, at every step: sent = spike*sent
//   after the test, at every step: told = told + sent
//   goes out: sent
export const states_no_accumulate_none = [
  // Sigma: the sum of all changes heard
  "s_acc",
  // What the receivers believe the activation to be
  "s_told",
  // Delta: the change told on at this step, or 0
  "s_sent",
];

// The first state: parameters, constants and states of one element.
export function init_no_accumulate_none(given = parameters, dt = 1.0) {
  const { p_theta } = { ...parameters, ...given };
  return {
    dt,
    p_theta,
    s_acc: 0,
    s_told: 0,
    s_sent: 0,
  };
}

// One step: returns what goes out.
// x_I: Change of the weighted sum since the last step
export function step_no_accumulate_none(state, x_I) {
  const { p_theta, s_told } = state;
  // the value itself
  const l_total = x_I;
  // the sum itself
  const l_act = l_total;
  // acc[t] = total
  const n_acc = l_total;
  // told[t] = told[t-1]
  let n_told = s_told;
  // sent[t] = act - told[t]
  let n_sent = l_act - n_told;
  // abs(sent) >= theta
  const spike = Math.abs(n_sent) - p_theta >= 0 ? 1 : 0;
  // sent = spike*sent
  n_sent = spike * n_sent;
  // told = told + sent
  n_told = n_told + n_sent;
  // sent
  const out = n_sent;
  state.s_acc = n_acc;
  state.s_told = n_told;
  state.s_sent = n_sent;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"accumulate": true, "activation": "relu"}],
    states,
    init,
    step,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"accumulate": true, "activation": "none"}],
    states: states_accumulate_none,
    init: init_accumulate_none,
    step: step_accumulate_none,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"accumulate": false, "activation": "relu"}],
    states: states_no_accumulate_relu,
    init: init_no_accumulate_relu,
    step: step_no_accumulate_relu,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"accumulate": false, "activation": "none"}],
    states: states_no_accumulate_none,
    init: init_no_accumulate_none,
    step: step_no_accumulate_none,
    inputs: ["x_I"],
    noise: [],
  },
];
