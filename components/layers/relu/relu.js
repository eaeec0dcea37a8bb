// Rendered from components/layers/relu/component.yaml by `spikex components render`: edit that file, not this.
//
// Rectified linear unit (layers/relu), version 1.0.0, licence BSD-3-Clause
// Passes what is positive and nothing else: max(0, x).
//
// Papers:
// - Fukushima K. (1969). Visual feature extraction by a multilayered network of analog
//   threshold elements, doi:10.1109/TSSC.1969.300225
//
// An ES module without imports; numbers are float64, times in ms.
// Names: x_ input.

// The parameters and their defaults.
export const parameters = {
};

// One time step.
//   goes out: relu(a)
export const states = [
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  return {
    dt,
  };
}

// One step: returns what goes out.
// x_a: Activation
export function step(state, x_a) {
  // relu(a)
  const out = Math.max(x_a, 0);
  return out;
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
