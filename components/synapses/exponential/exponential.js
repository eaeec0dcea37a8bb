// Rendered from components/synapses/exponential/component.yaml by `spikex components render`: edit that file, not this.
//
// Exponential synapse (synapses/exponential), version 1.0.0, licence BSD-3-Clause
// Every spike starts a current that decays exponentially.
//
// Papers:
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
// - Rotter S., Diesmann M. (1999). Exact digital simulation of time-invariant linear systems
//   with applications to neuronal modeling, doi:10.1007/s004220050570
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [ms] Time constant of the current; above 0
  p_tau_s: 2.0,
};

// Named sets of parameters.
export const presets = {
  // nest: The synapse inside NEST's iaf_psc_exp (the component's own values).
  preset_nest: {
    ...parameters,
    p_tau_s: 2.0,
  },
};

// One time step.
//   dI/dt = -I/tau_s
//   integrated by: exact
//   then, at every step: I += x
//   goes out: I
export const states = [
  // [pA] Synaptic current
  "s_I",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_tau_s } = { ...parameters, ...given };
  // how much of I is left after one step
  const c_decay_I = Math.exp(-dt / p_tau_s);
  return {
    dt,
    p_tau_s,
    c_decay_I,
    s_I: 0,
  };
}

// One step: returns what goes out.
// x_x: [pA] Sum of the weights of the spikes that arrive in this step
export function step(state, x_x) {
  const { c_decay_I, s_I } = state;
  // where I is heading
  const t_rest_I = 0;
  // dI/dt = -I/tau_s
  let n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I;
  // I += x
  n_I = n_I + x_x;
  // I
  const out = n_I;
  state.s_I = n_I;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_x"],
    noise: [],
  },
];
