// Rendered from components/learning/r-stdp/component.yaml by `spikex components render`: edit that file, not this.
//
// Reward-modulated STDP (learning/r-stdp), version 1.0.0, licence BSD-3-Clause
// STDP only marks the synapse; the mark becomes a change where a reward comes before it has
//   faded.
//
// Papers:
// - Izhikevich E.M. (2007). Solving the distal reward problem through linkage of STDP and
//   dopamine signaling, doi:10.1093/cercor/bhl152
// - Florian R.V. (2007). Reinforcement learning through modulation of spike-timing-dependent
//   synaptic plasticity, doi:10.1162/neco.2007.19.6.1468
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [1/ms] Step size: change per ms at a mark of 1 and a dopamine of 1. Where a reward comes at
  //   the end of a sample only, as in training, 1 is a good value; at least 0
  p_eta: 0.1,
  // Mark left by a spike that comes right before the neuron's own; at least 0
  p_A_plus: 0.01,
  // Mark (downwards) left by a spike that comes right after the neuron's own; at least 0
  p_A_minus: 0.0105,
  // [ms] How long a spike that arrived is remembered; above 0
  p_tau_plus: 20.0,
  // [ms] How long the neuron's own spike is remembered; above 0
  p_tau_minus: 20.0,
  // [ms] How long the mark lasts: how late the reward may come; above 0
  p_tau_c: 1000.0,
  // [ms] How long dopamine stays after a reward; above 0
  p_tau_d: 200.0,
  // Dopamine at which nothing is learned: the reward that is expected anyway
  p_D_0: 0.0,
  // Smallest weight
  p_w_min: -1.0,
  // Largest weight
  p_w_max: 1.0,
  // Weight at the start where the rule runs alone; a network brings its own
  p_w_0: 0.0,
};

// One time step.
//   dx/dt = -x/tau_plus
//   dy/dt = -y/tau_minus
//   dc/dt = -c/tau_c
//   dD/dt = -D/tau_d
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: c += A_plus*x*post - A_minus*y*pre
//   then, at every step: x += pre
//   then, at every step: y += post
//   then, at every step: D += reward
//   then, at every step: w += eta*dt*c*(D - D_0)
//   then, at every step: w = clip(w, w_min, w_max)
//   goes out: w
export const states = [
  // Trace of the spikes that arrived
  "s_x",
  // Trace of the neuron's own spikes
  "s_y",
  // Eligibility: what STDP would have done, fading
  "s_c",
  // Dopamine: a trace of the rewards
  "s_D",
  // Weight
  "s_w",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const {
    p_eta,
    p_A_plus,
    p_A_minus,
    p_tau_plus,
    p_tau_minus,
    p_tau_c,
    p_tau_d,
    p_D_0,
    p_w_min,
    p_w_max,
    p_w_0,
  } = { ...parameters, ...given };
  // how much of x is left after one step
  const c_decay_x = Math.exp(-dt / p_tau_plus);
  // how much of y is left after one step
  const c_decay_y = Math.exp(-dt / p_tau_minus);
  // how much of c is left after one step
  const c_decay_c = Math.exp(-dt / p_tau_c);
  // how much of D is left after one step
  const c_decay_D = Math.exp(-dt / p_tau_d);
  return {
    dt,
    p_eta,
    p_A_plus,
    p_A_minus,
    p_tau_plus,
    p_tau_minus,
    p_tau_c,
    p_tau_d,
    p_D_0,
    p_w_min,
    p_w_max,
    p_w_0,
    c_decay_x,
    c_decay_y,
    c_decay_c,
    c_decay_D,
    s_x: 0,
    s_y: 0,
    s_c: 0,
    s_D: 0,
    s_w: p_w_0,
  };
}

// One step: returns what goes out.
// x_pre: Spikes that arrive, 0 or 1
// x_post: Spikes of the neuron behind the synapse, 0 or 1
// x_reward: Reward of this step, the same for all synapses; below 0 a punishment
export function step(state, x_pre, x_post = 0.0, x_reward = 0.0) {
  const {
    p_eta,
    p_A_plus,
    p_A_minus,
    p_D_0,
    p_w_min,
    p_w_max,
    c_decay_x,
    c_decay_y,
    c_decay_c,
    c_decay_D,
    s_x,
    s_y,
    s_c,
    s_D,
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
  // where c is heading
  const t_rest_c = 0;
  // dc/dt = -c/tau_c
  let n_c = t_rest_c + (s_c - t_rest_c) * c_decay_c;
  // where D is heading
  const t_rest_D = 0;
  // dD/dt = -D/tau_d
  let n_D = t_rest_D + (s_D - t_rest_D) * c_decay_D;
  // dw/dt = 0
  let n_w = s_w + dt * 0;
  // c += A_plus*x*post - A_minus*y*pre
  n_c = n_c + (p_A_plus * n_x * x_post - p_A_minus * n_y * x_pre);
  // x += pre
  n_x = n_x + x_pre;
  // y += post
  n_y = n_y + x_post;
  // D += reward
  n_D = n_D + x_reward;
  // w += eta*dt*c*(D - D_0)
  n_w = n_w + p_eta * dt * n_c * (n_D - p_D_0);
  // w = clip(w, w_min, w_max)
  n_w = Math.min(Math.max(n_w, p_w_min), p_w_max);
  // w
  const out = n_w;
  state.s_x = n_x;
  state.s_y = n_y;
  state.s_c = n_c;
  state.s_D = n_D;
  state.s_w = n_w;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_pre", "x_post", "x_reward"],
    noise: [],
  },
];
