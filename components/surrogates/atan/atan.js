// Rendered from components/surrogates/atan/component.yaml by `spikex components render`: edit that file, not this.
//
// Arctangent (surrogates/atan), version 1.0.0, licence BSD-3-Clause
// Takes the slope of an arctangent for that of the threshold: broad tails, learns even far from
//   it.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Sharpness; the slope at the threshold is alpha/2; above 0
  p_alpha: 2.0,
};

function square(x) {
  return x * x;
}

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_alpha } = { ...parameters, ...given };
  // alpha/2/(1 + (pi/2*alpha*u)**2)
  const out = p_alpha / 2 / (1 + square(1.5707963267948966 * p_alpha * x_u));
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_alpha } = { ...parameters, ...given };
  // atan(pi/2*alpha*u)/pi + 0.5
  const out = Math.atan(1.5707963267948966 * p_alpha * x_u) / 3.141592653589793 + 0.5;
  return out;
}
