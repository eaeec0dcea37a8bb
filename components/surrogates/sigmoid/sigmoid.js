// Rendered from components/surrogates/sigmoid/component.yaml by `spikex components render`: edit that file, not this.
//
// Sigmoid (surrogates/sigmoid), version 1.0.0, licence BSD-3-Clause
// Takes the slope of a logistic curve for that of the threshold: smooth, light tails.
//
// Papers:
// - Zenke F., Vogels T.P. (2021). The remarkable robustness of surrogate gradient learning for
//   instilling complex function in spiking neural networks, doi:10.1162/neco_a_01367
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Sharpness; the slope at the threshold is a quarter of it; above 0
  p_slope: 25.0,
};

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_slope } = { ...parameters, ...given };
  // slope*sigmoid(slope*u)*(1 - sigmoid(slope*u))
  const out = p_slope * (1 / (1 + Math.exp(-(p_slope * x_u)))) * (1 - 1 / (1 + Math.exp(-(p_slope * x_u))));
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_slope } = { ...parameters, ...given };
  // sigmoid(slope*u)
  const out = 1 / (1 + Math.exp(-(p_slope * x_u)));
  return out;
}
