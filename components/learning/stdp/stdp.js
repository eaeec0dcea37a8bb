// Rendered from components/learning/stdp/component.yaml by `spikex components render`: edit that file, not this.
//
// Spike-timing-dependent plasticity (pairs) (learning/stdp), version 1.0.0, licence
//   BSD-3-Clause
// A synapse grows where its spike comes shortly before the neuron's own, and shrinks where it
//   comes after.
//
// Papers:
// - Bi G., Poo M. (1998). Synaptic modifications in cultured hippocampal neurons: dependence on
//   spike timing, synaptic strength, and postsynaptic cell type,
//   doi:10.1523/JNEUROSCI.18-24-10464.1998
// - Song S., Miller K.D., Abbott L.F. (2000). Competitive Hebbian learning through
//   spike-timing-dependent synaptic plasticity, doi:10.1038/78829
// - Gutig R., Aharonov R., Rotter S., Sompolinsky H. (2003). Learning input correlations
//   through nonlinear temporally asymmetric Hebbian plasticity,
//   doi:10.1523/JNEUROSCI.23-09-03697.2003
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // Step size: largest growth by one pair, as a share of w_max. A+ is eta*w_max; at least 0
  p_eta: 0.005,
  // How much stronger it shrinks than it grows: A-/A+; at least 0
  p_alpha: 1.05,
  // How growth depends on the weight: 0 not at all (additive), 1 in proportion to the room left
  //   (multiplicative); at least 0
  p_mu_plus: 0.0,
  // How shrinking depends on the weight: 0 not at all, 1 in proportion to the weight; at least 0
  p_mu_minus: 0.0,
  // Largest weight; the smallest is 0; above 0
  p_w_max: 1.0,
  // [ms] Time constant of growth: how long a spike that arrived is remembered; above 0
  p_tau_plus: 20.0,
  // [ms] Time constant of shrinking: how long the neuron's own spike is remembered; above 0
  p_tau_minus: 20.0,
  // Weight at the start where the rule runs alone; a network brings its own; at least 0
  p_w_0: 0.5,
};

// Named sets of parameters.
export const presets = {
  // additive: Song, Miller and Abbott (2000): changes do not depend on the weight; weights end at
  //   0 or w_max (the component's own values).
  preset_additive: {
    ...parameters,
  },
  // multiplicative: Changes in proportion to the room left: weights spread around one value.
  preset_multiplicative: {
    ...parameters,
    p_mu_plus: 1.0,
    p_mu_minus: 1.0,
  },
  // nest: The defaults of NEST's stdp_synapse.
  preset_nest: {
    ...parameters,
    p_eta: 0.01,
    p_alpha: 1.0,
    p_mu_plus: 1.0,
    p_mu_minus: 1.0,
    p_w_max: 100.0,
    p_w_0: 1.0,
  },
};

// One time step with pairing=all.
//   dx/dt = -x/tau_plus
//   dy/dt = -y/tau_minus
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
//   then, at every step: w = min(w, w_max)
//   then, at every step: w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
//   then, at every step: w = max(w, 0)
//   then, at every step: x += pre
//   then, at every step: y += post
//   goes out: w
export const states = [
  // Trace of the spikes that arrived
  "s_x",
  // Trace of the neuron's own spikes
  "s_y",
  // Weight
  "s_w",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const {
    p_eta,
    p_alpha,
    p_mu_plus,
    p_mu_minus,
    p_w_max,
    p_tau_plus,
    p_tau_minus,
    p_w_0,
  } = { ...parameters, ...given };
  // how much of x is left after one step
  const c_decay_x = Math.exp(-dt / p_tau_plus);
  // how much of y is left after one step
  const c_decay_y = Math.exp(-dt / p_tau_minus);
  return {
    dt,
    p_eta,
    p_alpha,
    p_mu_plus,
    p_mu_minus,
    p_w_max,
    p_tau_plus,
    p_tau_minus,
    p_w_0,
    c_decay_x,
    c_decay_y,
    s_x: 0,
    s_y: 0,
    s_w: p_w_0,
  };
}

// One step: returns what goes out.
// x_pre: Spikes that arrive, 0 or 1
// x_post: Spikes of the neuron behind the synapse, 0 or 1
export function step(state, x_pre, x_post = 0.0) {
  const {
    p_eta,
    p_alpha,
    p_mu_plus,
    p_mu_minus,
    p_w_max,
    c_decay_x,
    c_decay_y,
    s_x,
    s_y,
    s_w,
    dt,
  } = state;
  // where x is heading
  const t_rest_x = 0;
  // dx/dt = -x/tau_plus
  let n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
  // where y is heading
  const t_rest_y = 0;
  // dy/dt = -y/tau_minus
  let n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y;
  // dw/dt = 0
  let n_w = s_w + dt * 0;
  // w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
  n_w = n_w + p_eta * p_w_max * Math.pow(1 - n_w / p_w_max, p_mu_plus) * n_x * x_post;
  // w = min(w, w_max)
  n_w = Math.min(n_w, p_w_max);
  // w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
  n_w = n_w - p_alpha * p_eta * p_w_max * Math.pow(n_w / p_w_max, p_mu_minus) * n_y * x_pre;
  // w = max(w, 0)
  n_w = Math.max(n_w, 0);
  // x += pre
  n_x = n_x + x_pre;
  // y += post
  n_y = n_y + x_post;
  // w
  const out = n_w;
  state.s_x = n_x;
  state.s_y = n_y;
  state.s_w = n_w;
  return out;
}

// One time step with pairing=nearest.
//   dx/dt = -x/tau_plus
//   dy/dt = -y/tau_minus
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
//   then, at every step: w = min(w, w_max)
//   then, at every step: w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
//   then, at every step: w = max(w, 0)
//   then, at every step: x += pre*(1 - x)
//   then, at every step: y += post*(1 - y)
//   goes out: w
export const states_nearest = [
  // Trace of the spikes that arrived
  "s_x",
  // Trace of the neuron's own spikes
  "s_y",
  // Weight
  "s_w",
];

// The first state: parameters, constants and states of one element.
export function init_nearest(given = parameters, dt = 1.0) {
  const {
    p_eta,
    p_alpha,
    p_mu_plus,
    p_mu_minus,
    p_w_max,
    p_tau_plus,
    p_tau_minus,
    p_w_0,
  } = { ...parameters, ...given };
  // how much of x is left after one step
  const c_decay_x = Math.exp(-dt / p_tau_plus);
  // how much of y is left after one step
  const c_decay_y = Math.exp(-dt / p_tau_minus);
  return {
    dt,
    p_eta,
    p_alpha,
    p_mu_plus,
    p_mu_minus,
    p_w_max,
    p_tau_plus,
    p_tau_minus,
    p_w_0,
    c_decay_x,
    c_decay_y,
    s_x: 0,
    s_y: 0,
    s_w: p_w_0,
  };
}

// One step: returns what goes out.
// x_pre: Spikes that arrive, 0 or 1
// x_post: Spikes of the neuron behind the synapse, 0 or 1
export function step_nearest(state, x_pre, x_post = 0.0) {
  const {
    p_eta,
    p_alpha,
    p_mu_plus,
    p_mu_minus,
    p_w_max,
    c_decay_x,
    c_decay_y,
    s_x,
    s_y,
    s_w,
    dt,
  } = state;
  // where x is heading
  const t_rest_x = 0;
  // dx/dt = -x/tau_plus
  let n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
  // where y is heading
  const t_rest_y = 0;
  // dy/dt = -y/tau_minus
  let n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y;
  // dw/dt = 0
  let n_w = s_w + dt * 0;
  // w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
  n_w = n_w + p_eta * p_w_max * Math.pow(1 - n_w / p_w_max, p_mu_plus) * n_x * x_post;
  // w = min(w, w_max)
  n_w = Math.min(n_w, p_w_max);
  // w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
  n_w = n_w - p_alpha * p_eta * p_w_max * Math.pow(n_w / p_w_max, p_mu_minus) * n_y * x_pre;
  // w = max(w, 0)
  n_w = Math.max(n_w, 0);
  // x += pre*(1 - x)
  n_x = n_x + x_pre * (1 - n_x);
  // y += post*(1 - y)
  n_y = n_y + x_post * (1 - n_y);
  // w
  const out = n_w;
  state.s_x = n_x;
  state.s_y = n_y;
  state.s_w = n_w;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"pairing": "all"}],
    states,
    init,
    step,
    inputs: ["x_pre", "x_post"],
    noise: [],
  },
  {
    when: [{"pairing": "nearest"}],
    states: states_nearest,
    init: init_nearest,
    step: step_nearest,
    inputs: ["x_pre", "x_post"],
    noise: [],
  },
];
