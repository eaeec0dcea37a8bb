// Rendered from components/learning/homeostasis/component.yaml by `spikex components render`: edit that file, not this.
//
// Homeostasis (learning/homeostasis), version 1.0.0, licence BSD-3-Clause
// Keeps a neuron at its rate: by its threshold, by scaling all its weights, or by inhibition
//   that learns.
//
// Papers:
// - Turrigiano G.G., Leslie K.R., Desai N.S., Rutherford L.C., Nelson S.B. (1998).
//   Activity-dependent scaling of quantal amplitude in neocortical neurons, doi:10.1038/36103
// - Vogels T.P., Sprekeler H., Zenke F., Clopath C., Gerstner W. (2011). Inhibitory plasticity
//   balances excitation and inhibition in sensory pathways and memory networks,
//   doi:10.1126/science.1211095
// - Diehl P.U., Cook M. (2015). Unsupervised learning of digit recognition using
//   spike-timing-dependent plasticity, doi:10.3389/fncom.2015.00099
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, c_ constant of the step, s_ state, x_
//   input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // Step size of threshold and inhibition: change per spike; at least 0
  p_eta: 0.01,
  // [1/ms] The rate to keep; 0.005/ms are 5 spikes per second; above 0
  p_rho_0: 0.005,
  // [ms] Of inhibition: how near two spikes have to be; above 0
  p_tau: 20.0,
  // [ms] Of scaling: over how long the rate is averaged; above 0
  p_tau_rate: 1000.0,
  // [ms] Of scaling: how fast the weights follow; slower than the rate is averaged; above 0
  p_tau_w: 10000.0,
  // Of inhibition: its strongest weight is -w_max; above 0
  p_w_max: 1.0,
  // Weight at the start where the rule runs alone; a network brings its own
  p_w_0: 0.0,
};

// One time step with form=threshold.
//   alpha = 2*rho_0*tau
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w -= eta*(post - rho_0*dt)*pre
//   goes out: w
export const states = [
  // Weight. The excitability (form: threshold) is the weight of an input that is always 1, a
  //   bias: the negative of a shift of the threshold
  "s_w",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_eta, p_rho_0, p_tau, p_w_0 } = { ...parameters, ...given };
  // of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate
  //   rho_0
  const k_alpha = 2 * p_rho_0 * p_tau;
  return {
    dt,
    p_eta,
    p_rho_0,
    p_tau,
    p_w_0,
    k_alpha,
    s_w: p_w_0,
  };
}

// One step: returns what goes out.
// x_pre: Spikes that arrive, 0 or 1; always 1 for a bias
// x_post: Spikes of the neuron behind the synapse, 0 or 1
export function step(state, x_pre, x_post = 0.0) {
  const { p_eta, p_rho_0, s_w, dt } = state;
  // dw/dt = 0
  let n_w = s_w + dt * 0;
  // w -= eta*(post - rho_0*dt)*pre
  n_w = n_w - p_eta * (x_post - p_rho_0 * dt) * x_pre;
  // w
  const out = n_w;
  state.s_w = n_w;
  return out;
}

// One time step with form=scaling.
//   alpha = 2*rho_0*tau
//   dnu/dt = -nu/tau_rate
//   dw/dt = w*(1 - nu/rho_0)/tau_w
//   integrated by: exponential euler
//   then, at every step: nu += post/tau_rate
//   goes out: w
export const states_scaling = [
  // Weight. The excitability (form: threshold) is the weight of an input that is always 1, a
  //   bias: the negative of a shift of the threshold
  "s_w",
  // [1/ms] Running mean of the neuron's rate
  "s_nu",
];

// The first state: parameters, constants and states of one element.
export function init_scaling(given = parameters, dt = 1.0) {
  const { p_rho_0, p_tau, p_tau_rate, p_tau_w, p_w_0 } = { ...parameters, ...given };
  // of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate
  //   rho_0
  const k_alpha = 2 * p_rho_0 * p_tau;
  return {
    dt,
    p_rho_0,
    p_tau,
    p_tau_rate,
    p_tau_w,
    p_w_0,
    k_alpha,
    s_w: p_w_0,
    s_nu: p_rho_0,
  };
}

// One step: returns what goes out.
// x_pre: Spikes that arrive, 0 or 1; always 1 for a bias
// x_post: Spikes of the neuron behind the synapse, 0 or 1
export function step_scaling(state, x_pre, x_post = 0.0) {
  const { p_rho_0, p_tau_rate, p_tau_w, s_w, s_nu, dt } = state;
  const t_decay_nu = Math.exp(-dt / p_tau_rate);
  // where nu is heading
  const t_rest_nu = 0;
  // dnu/dt = -nu/tau_rate
  let n_nu = t_rest_nu + (s_nu - t_rest_nu) * t_decay_nu;
  const t_decay_w = Math.exp((1 - s_nu / p_rho_0) / p_tau_w * dt);
  // where w is heading
  const t_rest_w = 0;
  // dw/dt = w*(1 - nu/rho_0)/tau_w
  const n_w = t_rest_w + (s_w - t_rest_w) * t_decay_w;
  // nu += post/tau_rate
  n_nu = n_nu + x_post / p_tau_rate;
  // w
  const out = n_w;
  state.s_w = n_w;
  state.s_nu = n_nu;
  return out;
}

// One time step with form=inhibitory.
//   alpha = 2*rho_0*tau
//   dx/dt = -x/tau
//   dy/dt = -y/tau
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w -= eta*((y - alpha)*pre + x*post)
//   then, at every step: w = clip(w, -w_max, 0)
//   then, at every step: x += pre
//   then, at every step: y += post
//   goes out: w
export const states_inhibitory = [
  // Weight. The excitability (form: threshold) is the weight of an input that is always 1, a
  //   bias: the negative of a shift of the threshold
  "s_w",
  // Trace of the spikes that arrived
  "s_x",
  // Trace of the neuron's own spikes
  "s_y",
];

// The first state: parameters, constants and states of one element.
export function init_inhibitory(given = parameters, dt = 1.0) {
  const { p_eta, p_rho_0, p_tau, p_w_max, p_w_0 } = { ...parameters, ...given };
  // of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate
  //   rho_0
  const k_alpha = 2 * p_rho_0 * p_tau;
  // how much of x is left after one step
  const c_decay_x = Math.exp(-dt / p_tau);
  // how much of y is left after one step
  const c_decay_y = Math.exp(-dt / p_tau);
  return {
    dt,
    p_eta,
    p_rho_0,
    p_tau,
    p_w_max,
    p_w_0,
    k_alpha,
    c_decay_x,
    c_decay_y,
    s_w: p_w_0,
    s_x: 0,
    s_y: 0,
  };
}

// One step: returns what goes out.
// x_pre: Spikes that arrive, 0 or 1; always 1 for a bias
// x_post: Spikes of the neuron behind the synapse, 0 or 1
export function step_inhibitory(state, x_pre, x_post = 0.0) {
  const { p_eta, p_w_max, k_alpha, c_decay_x, c_decay_y, s_w, s_x, s_y, dt } = state;
  // where x is heading
  const t_rest_x = 0;
  // dx/dt = -x/tau
  let n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
  // where y is heading
  const t_rest_y = 0;
  // dy/dt = -y/tau
  let n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y;
  // dw/dt = 0
  let n_w = s_w + dt * 0;
  // w -= eta*((y - alpha)*pre + x*post)
  n_w = n_w - p_eta * ((n_y - k_alpha) * x_pre + n_x * x_post);
  // w = clip(w, -w_max, 0)
  n_w = Math.min(Math.max(n_w, -p_w_max), 0);
  // x += pre
  n_x = n_x + x_pre;
  // y += post
  n_y = n_y + x_post;
  // w
  const out = n_w;
  state.s_w = n_w;
  state.s_x = n_x;
  state.s_y = n_y;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"form": "threshold"}],
    states,
    init,
    step,
    inputs: ["x_pre", "x_post"],
    noise: [],
  },
  {
    when: [{"form": "scaling"}],
    states: states_scaling,
    init: init_scaling,
    step: step_scaling,
    inputs: ["x_pre", "x_post"],
    noise: [],
  },
  {
    when: [{"form": "inhibitory"}],
    states: states_inhibitory,
    init: init_inhibitory,
    step: step_inhibitory,
    inputs: ["x_pre", "x_post"],
    noise: [],
  },
];
