// Rendered from components/neurons/adlif/component.yaml by `spikex components render`: edit that file, not this.
//
// Adaptive leaky integrate-and-fire (current, symplectic Euler) (neurons/adlif), version 1.0.0,
//   licence BSD-3-Clause
// A leaky neuron held back by a slow current, which follows the potential and jumps at every
//   spike.
//
// Papers:
// - Bittar A., Garner P.N. (2022). A surrogate gradient spiking baseline for speech command
//   recognition, doi:10.3389/fnins.2022.865897
// - Baronig M., Ferrand R., Sabathiel S., Legenstein R. (2025). Advancing spatio-temporal
//   processing through adaptation in spiking neural networks, doi:10.1038/s41467-025-60878-z
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // [ms] Membrane time constant; 5 to 25 ms are usual; above 0
  p_tau_u: 15.0,
  // [ms] Time constant of the adaptation current; 60 to 300 ms are usual; above 0
  p_tau_w: 100.0,
  // How much of the potential the adaptation current follows: makes the neuron resonate; at least
  //   0
  p_a: 0.5,
  // How much one spike adds to the adaptation current: makes it tire; at least 0
  p_b: 1.0,
  // Scales a and b together, so that both learn at the pace of the weights; above 0
  p_q: 60.0,
  // The neuron fires where the potential is above it; above 0
  p_v_th: 1.0,
};

// One time step.
//   alpha = exp(-dt/tau_u)
//   rho = exp(-dt/tau_w)
//   w[t] = w[t-1]
//   u[t] = alpha*u[t-1] + (1 - alpha)*(I[t] - w[t-1])
//   spike where u > v_th
//   at a spike: u = 0
//   after the test, at every step: w = rho*w + (1 - rho)*(a*u + b*spike)*q
export const states = [
  // Adaptation current: what is taken off the input
  "s_w",
  // Membrane potential
  "s_u",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_tau_u, p_tau_w, p_a, p_b, p_q, p_v_th } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_alpha = Math.exp(-dt / p_tau_u);
  // what is left of the adaptation current after one step
  const k_rho = Math.exp(-dt / p_tau_w);
  return {
    dt,
    p_tau_u,
    p_tau_w,
    p_a,
    p_b,
    p_q,
    p_v_th,
    k_alpha,
    k_rho,
    s_w: 0,
    s_u: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step: what the potential tends to where nothing adapts
export function step(state, x_I) {
  const { p_a, p_b, p_q, p_v_th, k_alpha, k_rho, s_w, s_u } = state;
  // w[t] = w[t-1]
  let n_w = s_w;
  // u[t] = alpha*u[t-1] + (1 - alpha)*(I[t] - w[t-1])
  let n_u = k_alpha * s_u + (1 - k_alpha) * (x_I - s_w);
  // u > v_th
  const spike = n_u - p_v_th > 0 ? 1 : 0;
  // where it fired: u = 0
  n_u = spike > 0 ? 0 : n_u;
  // w = rho*w + (1 - rho)*(a*u + b*spike)*q
  n_w = k_rho * n_w + (1 - k_rho) * (p_a * n_u + p_b * spike) * p_q;
  state.s_w = n_w;
  state.s_u = n_u;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_I"],
    noise: [],
  },
];
