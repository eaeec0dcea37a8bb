// Rendered from components/synapses/tsodyks-markram/component.yaml by `spikex components render`: edit that file, not this.
//
// Tsodyks-Markram synapse (synapses/tsodyks-markram), version 1.0.0, licence BSD-3-Clause
// A synapse that tires and warms up: every spike uses part of its resources, and raises the
//   part that the next one uses.
//
// Papers:
// - Tsodyks M.V., Markram H. (1997). The neural code between neocortical pyramidal neurons
//   depends on neurotransmitter release probability, doi:10.1073/pnas.94.2.719
// - Tsodyks M., Pawelzik K., Markram H. (1998). Neural networks with dynamic synapses,
//   doi:10.1162/089976698300017502
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // Share of the resources that a spike uses after a long rest; 0 to 1
  p_U: 0.5,
  // [ms] How fast used resources come back: depression; above 0
  p_tau_rec: 800.0,
  // [ms] How fast the used share sinks back: facilitation. Far shorter than the gaps between
  //   spikes: none; above 0
  p_tau_fac: 100.0,
  // Strength: what a spike that used everything would give
  p_A: 1.0,
  // [ms] Time constant of the current (give: current); above 0
  p_tau_s: 3.0,
};

// Named sets of parameters.
export const presets = {
  // depressing: Depression only, as between pyramidal cells.
  preset_depressing: {
    ...parameters,
    p_U: 0.5,
    p_tau_rec: 800.0,
    p_tau_fac: 1.0,
  },
  // facilitating: Facilitation, as from pyramidal cells onto some interneurons.
  preset_facilitating: {
    ...parameters,
    p_U: 0.15,
    p_tau_rec: 130.0,
    p_tau_fac: 530.0,
  },
};

// One time step with give=current.
//   du/dt = -u/tau_fac
//   dx/dt = (1 - x)/tau_rec
//   dI/dt = -I/tau_s
//   integrated by: exact
//   then, at every step: u += U*(1 - u)*s
//   then, at every step: I += A*u*x*s
//   then, at every step: x -= u*x*s
//   goes out: I
export const states = [
  // Share of the resources that the next spike uses, before it adds to it
  "s_u",
  // Resources that are there: 1 after a long rest
  "s_x",
  // What goes out
  "s_I",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_U, p_tau_rec, p_tau_fac, p_A, p_tau_s } = { ...parameters, ...given };
  // how much of u is left after one step
  const c_decay_u = Math.exp(-dt / p_tau_fac);
  // how much of x is left after one step
  const c_decay_x = Math.exp(-dt / p_tau_rec);
  // how much of I is left after one step
  const c_decay_I = Math.exp(-dt / p_tau_s);
  return {
    dt,
    p_U,
    p_tau_rec,
    p_tau_fac,
    p_A,
    p_tau_s,
    c_decay_u,
    c_decay_x,
    c_decay_I,
    s_u: 0,
    s_x: 1,
    s_I: 0,
  };
}

// One step: returns what goes out.
// x_s: Spikes of the neuron before it: 0 or 1
export function step(state, x_s) {
  const { p_U, p_A, c_decay_u, c_decay_x, c_decay_I, s_u, s_x, s_I } = state;
  // where u is heading
  const t_rest_u = 0;
  // du/dt = -u/tau_fac
  let n_u = t_rest_u + (s_u - t_rest_u) * c_decay_u;
  // where x is heading
  const t_rest_x = 1;
  // dx/dt = (1 - x)/tau_rec
  let n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
  // where I is heading
  const t_rest_I = 0;
  // dI/dt = -I/tau_s
  let n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I;
  // u += U*(1 - u)*s
  n_u = n_u + p_U * (1 - n_u) * x_s;
  // I += A*u*x*s
  n_I = n_I + p_A * n_u * n_x * x_s;
  // x -= u*x*s
  n_x = n_x - n_u * n_x * x_s;
  // I
  const out = n_I;
  state.s_u = n_u;
  state.s_x = n_x;
  state.s_I = n_I;
  return out;
}

// One time step with give=pulse.
//   du/dt = -u/tau_fac
//   dx/dt = (1 - x)/tau_rec
//   dI/dt = -I/tau_s
//   integrated by: exact
//   then, at every step: u += U*(1 - u)*s
//   then, at every step: I = A*u*x*s
//   then, at every step: x -= u*x*s
//   goes out: I
export const states_pulse = [
  // Share of the resources that the next spike uses, before it adds to it
  "s_u",
  // Resources that are there: 1 after a long rest
  "s_x",
  // What goes out
  "s_I",
];

// The first state: parameters, constants and states of one element.
export function init_pulse(given = parameters, dt = 1.0) {
  const { p_U, p_tau_rec, p_tau_fac, p_A, p_tau_s } = { ...parameters, ...given };
  // how much of u is left after one step
  const c_decay_u = Math.exp(-dt / p_tau_fac);
  // how much of x is left after one step
  const c_decay_x = Math.exp(-dt / p_tau_rec);
  // how much of I is left after one step
  const c_decay_I = Math.exp(-dt / p_tau_s);
  return {
    dt,
    p_U,
    p_tau_rec,
    p_tau_fac,
    p_A,
    p_tau_s,
    c_decay_u,
    c_decay_x,
    c_decay_I,
    s_u: 0,
    s_x: 1,
    s_I: 0,
  };
}

// One step: returns what goes out.
// x_s: Spikes of the neuron before it: 0 or 1
export function step_pulse(state, x_s) {
  const { p_U, p_A, c_decay_u, c_decay_x, c_decay_I, s_u, s_x, s_I } = state;
  // where u is heading
  const t_rest_u = 0;
  // du/dt = -u/tau_fac
  let n_u = t_rest_u + (s_u - t_rest_u) * c_decay_u;
  // where x is heading
  const t_rest_x = 1;
  // dx/dt = (1 - x)/tau_rec
  let n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
  // where I is heading
  const t_rest_I = 0;
  // dI/dt = -I/tau_s
  let n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I;
  // u += U*(1 - u)*s
  n_u = n_u + p_U * (1 - n_u) * x_s;
  // I = A*u*x*s
  n_I = p_A * n_u * n_x * x_s;
  // x -= u*x*s
  n_x = n_x - n_u * n_x * x_s;
  // I
  const out = n_I;
  state.s_u = n_u;
  state.s_x = n_x;
  state.s_I = n_I;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"give": "current"}],
    states,
    init,
    step,
    inputs: ["x_s"],
    noise: [],
  },
  {
    when: [{"give": "pulse"}],
    states: states_pulse,
    init: init_pulse,
    step: step_pulse,
    inputs: ["x_s"],
    noise: [],
  },
];
