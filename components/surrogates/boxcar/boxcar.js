// Rendered from components/surrogates/boxcar/component.yaml by `spikex components render`: edit that file, not this.
//
// Boxcar (surrogates/boxcar), version 1.0.0, licence BSD-3-Clause
// A rectangle around the threshold: the same slope within its width, none outside.
//
// Papers:
// - Wu Y., Deng L., Li G., Zhu J., Shi L. (2018). Spatio-temporal backpropagation for training
//   high-performance spiking neural networks, doi:10.3389/fnins.2018.00331
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Width of the rectangle, half of it on either side; its height is 1/width; above 0
  p_width: 1.0,
};

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_width } = { ...parameters, ...given };
  // 1/width if abs(u) < width/2 else 0
  const out = Math.abs(x_u) < p_width / 2 ? 1 / p_width : 0;
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_width } = { ...parameters, ...given };
  // clip(u/width + 0.5, 0, 1)
  const out = Math.min(Math.max(x_u / p_width + 0.5, 0), 1);
  return out;
}
