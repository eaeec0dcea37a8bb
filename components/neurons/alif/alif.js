// Rendered from components/neurons/alif/component.yaml by `spikex components render`: edit that file, not this.
//
// Adaptive leaky integrate-and-fire (LSNN) (neurons/alif), version 1.0.0, licence BSD-3-Clause
// A leaky neuron whose threshold rises with every spike it fires and sinks back slowly: a
//   memory of seconds.
//
// Papers:
// - Bellec G., Salaj D., Subramoney A., Legenstein R., Maass W. (2018). Long short-term memory
//   and learning-to-learn in networks of spiking neurons
// - Bellec G., Scherr F., Subramoney A., Hajek E., Salaj D., Legenstein R., Maass W. (2020). A
//   solution to the learning dilemma for recurrent networks of spiking neurons,
//   doi:10.1038/s41467-020-17236-y
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // [ms] Membrane time constant; above 0
  p_tau_m: 20.0,
  // [ms] Time constant of the adaptation: how long the neuron remembers its own spikes; above 0
  p_tau_a: 200.0,
  // How much one spike raises the threshold; 1.7 (1 - rho)/(1 - alpha) in the e-prop experiments.
  //   0 makes a plain leaky neuron; at least 0
  p_beta: 0.17,
  // Threshold at rest, and what a spike takes off the potential; above 0
  p_v_th: 1.0,
};

// Named sets of parameters.
export const presets = {
  // evidence: The memory of the e-prop paper's evidence accumulation (dt 1 ms): two seconds,
  //   threshold 0.6.
  preset_evidence: {
    ...parameters,
    p_tau_m: 20.0,
    p_tau_a: 2000.0,
    p_beta: 0.01742,
    p_v_th: 0.6,
  },
};

// One time step.
//   alpha = exp(-dt/tau_m)
//   rho = exp(-dt/tau_a)
//   a[t] = rho*a[t-1] + spiked
//   v[t] = alpha*v[t-1] + I[t] - detach(spiked)*v_th
//   spike where v > v_th + beta*a
export const states = [
  // Adaptation: a trace of the neuron's own spikes
  "s_a",
  // Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_tau_m, p_tau_a, p_beta, p_v_th } = { ...parameters, ...given };
  // what is left of the potential after one step
  const k_alpha = Math.exp(-dt / p_tau_m);
  // what is left of the adaptation after one step
  const k_rho = Math.exp(-dt / p_tau_a);
  return {
    dt,
    p_tau_m,
    p_tau_a,
    p_beta,
    p_v_th,
    k_alpha,
    k_rho,
    s_a: 0,
    s_v: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input of this step, added to the membrane as it is
export function step(state, x_I) {
  const { p_beta, p_v_th, k_alpha, k_rho, s_a, s_v } = state;
  // the test on the state as the last step left it
  const spiked = s_v - (p_v_th + p_beta * s_a) > 0 ? 1 : 0;
  // a[t] = rho*a[t-1] + spiked
  const n_a = k_rho * s_a + spiked;
  // v[t] = alpha*v[t-1] + I[t] - detach(spiked)*v_th
  const n_v = k_alpha * s_v + x_I - spiked * p_v_th;
  // v > v_th + beta*a
  const spike = n_v - (p_v_th + p_beta * n_a) > 0 ? 1 : 0;
  state.s_a = n_a;
  state.s_v = n_v;
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
