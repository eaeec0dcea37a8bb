// Rendered from components/surrogates/leaky-relu/component.yaml by `spikex components render`: edit that file, not this.
//
// Leaky ReLU (surrogates/leaky-relu), version 1.0.0, licence BSD-3-Clause
// Full slope above the threshold, a small one below.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Slope below the threshold; above it is 1; at least 0
  p_slope: 0.1,
};

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_slope } = { ...parameters, ...given };
  // slope if u < 0 else 1 + 0*u
  const out = x_u < 0 ? p_slope : 1 + 0 * x_u;
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_slope } = { ...parameters, ...given };
  // slope*u if u < 0 else u
  const out = x_u < 0 ? p_slope * x_u : x_u;
  return out;
}
