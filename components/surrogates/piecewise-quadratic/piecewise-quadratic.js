// Rendered from components/surrogates/piecewise-quadratic/component.yaml by `spikex components render`: edit that file, not this.
//
// Piecewise quadratic (surrogates/piecewise-quadratic), version 1.0.0, licence BSD-3-Clause
// The step becomes two parabolas; their slope is a triangle of area one.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
// - Bellec G., Scherr F., Subramoney A., Hajek E., Salaj D., Legenstein R., Maass W. (2020). A
//   solution to the learning dilemma for recurrent networks of spiking neurons,
//   doi:10.1038/s41467-020-17236-y
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Height of the triangle; it reaches 1/alpha to either side; above 0
  p_alpha: 1.0,
};

function square(x) {
  return x * x;
}

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_alpha } = { ...parameters, ...given };
  // max(alpha - alpha**2*abs(u), 0)
  const out = Math.max(p_alpha - square(p_alpha) * Math.abs(x_u), 0);
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_alpha } = { ...parameters, ...given };
  // clip(alpha*u, -1, 1)*(1 - abs(clip(alpha*u, -1, 1))/2) + 0.5
  const out = Math.min(Math.max(p_alpha * x_u, (-1)), 1) * (1 - Math.abs(Math.min(Math.max(p_alpha * x_u, (-1)), 1)) / 2) + 0.5;
  return out;
}
