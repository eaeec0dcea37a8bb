// Rendered from components/surrogates/stochastic/component.yaml by `spikex components render`: edit that file, not this.
//
// Stochastic spike operator (surrogates/stochastic), version 1.0.0, licence BSD-3-Clause
// Full slope above the threshold; below it a small random one, drawn anew each time.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
// - Bengio Y., Leonard N., Courville A. (2013). Estimating or propagating gradients through
//   stochastic neurons for conditional computation, doi:10.48550/arXiv.1308.3432
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input, z_ random number.

// The parameters and their defaults.
export const parameters = {
  // Centre of the random slope below the threshold, before it is scaled; -10 to 10
  p_mean: 0.0,
  // Scale of the random slope: it is spread*(xi - 0.5 + mean), xi uniform in 0..1; at least 0
  p_spread: 0.2,
};

// What stands for the derivative of the step.
// x_u: How far above the threshold
// z_xi: Drawn for each neuron at each backward step; uniform in 0..1, drawn anew
export function derivative(x_u, z_xi, given = parameters) {
  const { p_mean, p_spread } = { ...parameters, ...given };
  // 1 + 0*u if u > 0 else spread*(xi - 0.5 + mean)
  const out = x_u > 0 ? 1 + 0 * x_u : p_spread * (z_xi - 0.5 + p_mean);
  return out;
}

// The smooth step with this derivative.
// x_u: How far above the threshold
// z_xi: Drawn for each neuron at each backward step; uniform in 0..1, drawn anew
export function antiderivative(x_u, z_xi, given = parameters) {
  const { p_mean, p_spread } = { ...parameters, ...given };
  // u if u > 0 else spread*mean*u
  const out = x_u > 0 ? x_u : p_spread * p_mean * x_u;
  return out;
}
