// Rendered from components/learning/perceptron/component.yaml by `spikex components render`: edit that file, not this.
//
// Perceptron rule (learning/perceptron), version 1.0.0, licence BSD-3-Clause
// Wrong? Move the weights towards the input, or away from it. Right? Leave them.
//
// Papers:
// - Rosenblatt F. (1958). The perceptron: a probabilistic model for information storage and
//   organization in the brain, doi:10.1037/h0042519
// - Novikoff A.B.J. (1962). On convergence proofs on perceptrons
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // Step size. From weights of 0 it changes nothing but the scale; above 0
  p_eta: 1.0,
  // Weight at the start where the rule runs alone; a network brings its own
  p_w_0: 0.0,
};

// One time step.
//   w[t] = w[t-1] + eta*(target[t] - post[t])*pre[t]
//   goes out: w
export const states = [
  // Weight
  "s_w",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_eta, p_w_0 } = { ...parameters, ...given };
  return {
    dt,
    p_eta,
    p_w_0,
    s_w: p_w_0,
  };
}

// One step: returns what goes out.
// x_pre: Input of the synapse
// x_post: Answer of the unit, 0 or 1
// x_target: The right answer, 0 or 1
export function step(state, x_pre, x_post = 0.0, x_target = 0.0) {
  const { p_eta, s_w } = state;
  // w[t] = w[t-1] + eta*(target[t] - post[t])*pre[t]
  const n_w = s_w + p_eta * (x_target - x_post) * x_pre;
  // w
  const out = n_w;
  state.s_w = n_w;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_pre", "x_post", "x_target"],
    noise: [],
  },
];
