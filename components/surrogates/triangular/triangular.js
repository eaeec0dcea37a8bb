// Rendered from components/surrogates/triangular/component.yaml by `spikex components render`: edit that file, not this.
//
// Triangle (surrogates/triangular), version 1.0.0, licence BSD-3-Clause
// Falls off in a straight line to both sides of the threshold: nothing beyond its width.
//
// Papers:
// - Bellec G., Scherr F., Subramoney A., Hajek E., Salaj D., Legenstein R., Maass W. (2020). A
//   solution to the learning dilemma for recurrent networks of spiking neurons,
//   doi:10.1038/s41467-020-17236-y
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Slope at the threshold (the damping of Bellec et al.); above 0
  p_height: 0.3,
  // Distance from the threshold at which nothing is left; above 0
  p_width: 1.0,
};

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_height, p_width } = { ...parameters, ...given };
  // height*max(1 - abs(u)/width, 0)
  const out = p_height * Math.max(1 - Math.abs(x_u) / p_width, 0);
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_height, p_width } = { ...parameters, ...given };
  // height*(clip(u, -width, width) - clip(u, -width, width)*abs(clip(u, -width,
  //   width))/(2*width)) + 0.5
  const out = p_height * (Math.min(Math.max(x_u, -p_width), p_width) - Math.min(Math.max(x_u, -p_width), p_width) * Math.abs(Math.min(Math.max(x_u, -p_width), p_width)) / (2 * p_width)) + 0.5;
  return out;
}
