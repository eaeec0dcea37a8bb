// Rendered from components/neurons/perceptron/component.yaml by `spikex components render`: edit that file, not this.
//
// Perceptron unit (neurons/perceptron), version 1.0.0, licence BSD-3-Clause
// Says yes (1) where the weighted sum of its inputs is above zero, and no (0) elsewhere.
//
// Papers:
// - Rosenblatt F. (1958). The perceptron: a probabilistic model for information storage and
//   organization in the brain, doi:10.1037/h0042519
// - Novikoff A.B.J. (1962). On convergence proofs on perceptrons
//
// An ES module without imports; numbers are float64, times in ms.
// Names: x_ input.

// The parameters and their defaults.
export const parameters = {
};

// One time step.
//   spike where a > 0
export const states = [
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  return {
    dt,
  };
}

// One step: returns 1 where it fires, else 0.
// x_a: Weighted sum of the inputs plus a constant: what a dense connection with a bias gives
export function step(state, x_a) {
  // a > 0
  const spike = x_a > 0 ? 1 : 0;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_a"],
    noise: [],
  },
];
