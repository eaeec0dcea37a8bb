// Rendered from components/surrogates/straight-through/component.yaml by `spikex components render`: edit that file, not this.
//
// Straight-through (surrogates/straight-through), version 1.0.0, licence BSD-3-Clause
// Lets the gradient through as if there were no threshold at all.
//
// Papers:
// - Bengio Y., Leonard N., Courville A. (2013). Estimating or propagating gradients through
//   stochastic neurons for conditional computation, doi:10.48550/arXiv.1308.3432
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// An ES module without imports; numbers are float64, times in ms.
// Names: x_ input.

// The parameters and their defaults.
export const parameters = {
};

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  // 1 + 0*u
  const out = 1 + 0 * x_u;
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  // u + 0.5
  const out = x_u + 0.5;
  return out;
}
