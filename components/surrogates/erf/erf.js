// Rendered from components/surrogates/erf/component.yaml by `spikex components render`: edit that file, not this.
//
// Error function (surrogates/erf), version 1.0.0, licence BSD-3-Clause
// A bell curve given by the steepness of the error function whose slope it is.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
// - Wu Y., Deng L., Li G., Zhu J., Shi L. (2018). Spatio-temporal backpropagation for training
//   high-performance spiking neural networks, doi:10.3389/fnins.2018.00331
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Steepness; the slope at the threshold is alpha/sqrt(pi); above 0
  p_alpha: 2.0,
};

function square(x) {
  return x * x;
}

// The error function: near 0 its series of positive terms, farther out the continued fraction of
// what it lacks to 1 (Abramowitz and Stegun 1964, 7.1.6 and 7.1.14).
function erf(x) {
  const a = Math.abs(x);
  const factor = Math.exp(-a * a) / Math.sqrt(Math.PI);
  if (a < 2.5) {
    let term = 2 * x;
    let sum = term;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return factor * sum;
  }
  let below = a;
  for (let n = 40; n > 0; n -= 1) {
    below = a + n / 2 / below;
  }
  return Math.sign(x) * (1 - factor / below);
}

// What stands for the derivative of the step.
// x_u: How far above the threshold
export function derivative(x_u, given = parameters) {
  const { p_alpha } = { ...parameters, ...given };
  // alpha/sqrt(pi)*exp(-(alpha*u)**2)
  const out = p_alpha / 1.7724538509055159 * Math.exp(-square(p_alpha * x_u));
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_alpha } = { ...parameters, ...given };
  // 0.5*(1 + erf(alpha*u))
  const out = 0.5 * (1 + erf(p_alpha * x_u));
  return out;
}
