// Rendered from components/surrogates/gaussian/component.yaml by `spikex components render`: edit that file, not this.
//
// Gaussian (surrogates/gaussian), version 1.0.0, licence BSD-3-Clause
// A bell curve over the threshold: the density of normal noise on it.
//
// Papers:
// - Wu Y., Deng L., Li G., Zhu J., Shi L. (2018). Spatio-temporal backpropagation for training
//   high-performance spiking neural networks, doi:10.3389/fnins.2018.00331
// - Yin B., Corradi F., Bohte S.M. (2021). Accurate and efficient time-domain classification
//   with adaptive spiking recurrent neural networks, doi:10.1038/s42256-021-00397-w
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // Standard deviation; the slope at the threshold is 0.4/sigma; above 0
  p_sigma: 0.5,
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
  const { p_sigma } = { ...parameters, ...given };
  // exp(-(u/sigma)**2/2)/(sqrt(2*pi)*sigma)
  const out = Math.exp(-square(x_u / p_sigma) / 2) / (2.5066282746310002 * p_sigma);
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
export function antiderivative(x_u, given = parameters) {
  const { p_sigma } = { ...parameters, ...given };
  // 0.5*(1 + erf(u/(sqrt(2)*sigma)))
  const out = 0.5 * (1 + erf(x_u / (1.4142135623730951 * p_sigma)));
  return out;
}
