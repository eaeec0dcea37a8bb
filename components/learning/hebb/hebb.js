// Rendered from components/learning/hebb/component.yaml by `spikex components render`: edit that file, not this.
//
// Hebbian learning (learning/hebb), version 1.0.0, licence BSD-3-Clause
// What is active together grows together: the change is the product of input and output.
//
// Papers:
// - Hebb D.O. (1949). The Organization of Behavior, doi:10.4324/9781410612403
// - Oja E. (1982). Simplified neuron model as a principal component analyzer,
//   doi:10.1007/BF00275687
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // Step size; below 0 the rule is anti-Hebbian and takes correlations away
  p_eta: 0.01,
  // Weight at the start where the rule runs alone; a network brings its own
  p_w_0: 0.1,
};

// One time step.
//   w[t] = w[t-1] + eta*pre[t]*post[t]
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
// x_post: Output of the neuron behind it
export function step(state, x_pre, x_post = 0.0) {
  const { p_eta, s_w } = state;
  // w[t] = w[t-1] + eta*pre[t]*post[t]
  const n_w = s_w + p_eta * x_pre * x_post;
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
