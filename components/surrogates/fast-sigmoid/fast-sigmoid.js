// Rendered from components/surrogates/fast-sigmoid/component.yaml by `spikex components render`: edit that file, not this.
//
// Fast sigmoid (SuperSpike) (surrogates/fast-sigmoid), version 1.0.0, licence BSD-3-Clause
// Takes the slope of a fast sigmoid for that of the threshold: narrow, cheap, without
//   exponentials.
//
// Papers:
// - Zenke F., Ganguli S. (2018). SuperSpike: supervised learning in multilayer spiking neural
//   networks, doi:10.1162/neco_a_01086
// - Zenke F., Vogels T.P. (2021). The remarkable robustness of surrogate gradient learning for
//   instilling complex function in spiking neural networks, doi:10.1162/neco_a_01367
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Sharpness; the slope at the threshold is 1 whatever it is; above 0
  p_slope: 25.0,
};

function square(x) {
  return x * x;
}

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_slope } = { ...parameters, ...given };
  // 1/(slope*abs(u) + 1)**2
  const out = 1 / square(p_slope * Math.abs(x_u) + 1);
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_slope } = { ...parameters, ...given };
  // u/(1 + slope*abs(u)) + 0.5
  const out = x_u / (1 + p_slope * Math.abs(x_u)) + 0.5;
  return out;
}
