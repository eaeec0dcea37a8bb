// Rendered from components/learning/oja/component.yaml by `spikex components render`: edit that file, not this.
//
// Oja's rule (learning/oja), version 1.0.0, licence BSD-3-Clause
// Hebbian learning that forgets just enough: the weights become the first principal component,
//   of length 1.
//
// Papers:
// - Oja E. (1982). Simplified neuron model as a principal component analyzer,
//   doi:10.1007/BF00275687
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // Step size; times the variance of the output it should stay well below 1; at least 0
  p_eta: 0.01,
  // Weight at the start where the rule runs alone; a network brings its own
  p_w_0: 0.1,
};

// One time step.
//   w[t] = w[t-1] + eta*post[t]*(pre[t] - post[t]*w[t-1])
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
// x_pre: Input of the synapse, of mean 0
// x_post: Output of the linear neuron: y = w x
export function step(state, x_pre, x_post = 0.0) {
  const { p_eta, s_w } = state;
  // w[t] = w[t-1] + eta*post[t]*(pre[t] - post[t]*w[t-1])
  const n_w = s_w + p_eta * x_post * (x_pre - x_post * s_w);
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
    inputs: ["x_pre", "x_post"],
    noise: [],
  },
];
