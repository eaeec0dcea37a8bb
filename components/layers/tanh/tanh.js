// Rendered from components/layers/tanh/component.yaml by `spikex components render`: edit that file, not this.
//
// Hyperbolic tangent unit (layers/tanh), version 1.0.0, licence BSD-3-Clause
// Squeezes any number between -1 and 1, zero staying zero.
//
// Papers:
// - Rumelhart D.E., Hinton G.E., Williams R.J. (1986). Learning representations by
//   back-propagating errors, doi:10.1038/323533a0
//
// An ES module without imports; numbers are float64, times in ms.
// Names: x_ input.

// The parameters and their defaults.
export const parameters = {
};

// One time step.
//   goes out: tanh(a)
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
  // tanh(a)
  const out = Math.tanh(x_a);
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
