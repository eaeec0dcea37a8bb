// Rendered from components/learning/triplet-stdp/component.yaml by `spikex components render`: edit that file, not this.
//
// Spike-timing-dependent plasticity (triplets) (learning/triplet-stdp), version 1.0.0, licence
//   BSD-3-Clause
// STDP that also looks at the spike before: pairs weigh more where the neuron fires fast.
//
// Papers:
// - Pfister J.-P., Gerstner W. (2006). Triplets of spikes in a model of spike timing-dependent
//   plasticity, doi:10.1523/JNEUROSCI.1425-06.2006
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // Growth by a pair pre-post; at least 0
  p_A2_plus: 5e-10,
  // Growth by a triplet post-pre-post; at least 0
  p_A3_plus: 0.0062,
  // Shrinking by a pair post-pre; at least 0
  p_A2_minus: 0.007,
  // Shrinking by a triplet pre-post-pre; at least 0
  p_A3_minus: 0.00023,
  // [ms] Time constant of the fast trace of spikes that arrived; above 0
  p_tau_plus: 16.8,
  // [ms] Time constant of the fast trace of the neuron's own spikes; above 0
  p_tau_minus: 33.7,
  // [ms] Time constant of the slow trace of spikes that arrived; above 0
  p_tau_x: 101.0,
  // [ms] Time constant of the slow trace of the neuron's own spikes; above 0
  p_tau_y: 125.0,
  // Largest weight; the smallest is 0; above 0
  p_w_max: 1.0,
  // Weight at the start where the rule runs alone; a network brings its own; at least 0
  p_w_0: 0.5,
};

// Named sets of parameters.
export const presets = {
  // visual-cortex: Fitted to visual cortex, all spikes paired with all (the component's own
  //   values).
  preset_visual_cortex: {
    ...parameters,
  },
  // pairs-only: Without triplets it is pair STDP with A2+ and A2-.
  preset_pairs_only: {
    ...parameters,
    p_A2_plus: 0.005,
    p_A3_plus: 0.0,
    p_A2_minus: 0.00525,
    p_A3_minus: 0.0,
  },
};

// One time step.
//   dr1/dt = -r1/tau_plus
//   dr2/dt = -r2/tau_x
//   do1/dt = -o1/tau_minus
//   do2/dt = -o2/tau_y
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w += r1*(A2_plus + A3_plus*o2)*post
//   then, at every step: w = min(w, w_max)
//   then, at every step: w -= o1*(A2_minus + A3_minus*r2)*pre
//   then, at every step: w = max(w, 0)
//   then, at every step: r1 += pre
//   then, at every step: r2 += pre
//   then, at every step: o1 += post
//   then, at every step: o2 += post
//   goes out: w
export const states = [
  // Fast trace of the spikes that arrived
  "s_r1",
  // Slow trace of the spikes that arrived
  "s_r2",
  // Fast trace of the neuron's own spikes
  "s_o1",
  // Slow trace of the neuron's own spikes
  "s_o2",
  // Weight
  "s_w",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const {
    p_A2_plus,
    p_A3_plus,
    p_A2_minus,
    p_A3_minus,
    p_tau_plus,
    p_tau_minus,
    p_tau_x,
    p_tau_y,
    p_w_max,
    p_w_0,
  } = { ...parameters, ...given };
  // how much of r1 is left after one step
  const c_decay_r1 = Math.exp(-dt / p_tau_plus);
  // how much of r2 is left after one step
  const c_decay_r2 = Math.exp(-dt / p_tau_x);
  // how much of o1 is left after one step
  const c_decay_o1 = Math.exp(-dt / p_tau_minus);
  // how much of o2 is left after one step
  const c_decay_o2 = Math.exp(-dt / p_tau_y);
  return {
    dt,
    p_A2_plus,
    p_A3_plus,
    p_A2_minus,
    p_A3_minus,
    p_tau_plus,
    p_tau_minus,
    p_tau_x,
    p_tau_y,
    p_w_max,
    p_w_0,
    c_decay_r1,
    c_decay_r2,
    c_decay_o1,
    c_decay_o2,
    s_r1: 0,
    s_r2: 0,
    s_o1: 0,
    s_o2: 0,
    s_w: p_w_0,
  };
}

// One step: returns what goes out.
// x_pre: Spikes that arrive, 0 or 1
// x_post: Spikes of the neuron behind the synapse, 0 or 1
export function step(state, x_pre, x_post = 0.0) {
  const {
    p_A2_plus,
    p_A3_plus,
    p_A2_minus,
    p_A3_minus,
    p_w_max,
    c_decay_r1,
    c_decay_r2,
    c_decay_o1,
    c_decay_o2,
    s_r1,
    s_r2,
    s_o1,
    s_o2,
    s_w,
    dt,
  } = state;
  // where r1 is heading
  const t_rest_r1 = 0;
  // dr1/dt = -r1/tau_plus
  let n_r1 = t_rest_r1 + (s_r1 - t_rest_r1) * c_decay_r1;
  // where r2 is heading
  const t_rest_r2 = 0;
  // dr2/dt = -r2/tau_x
  let n_r2 = t_rest_r2 + (s_r2 - t_rest_r2) * c_decay_r2;
  // where o1 is heading
  const t_rest_o1 = 0;
  // do1/dt = -o1/tau_minus
  let n_o1 = t_rest_o1 + (s_o1 - t_rest_o1) * c_decay_o1;
  // where o2 is heading
  const t_rest_o2 = 0;
  // do2/dt = -o2/tau_y
  let n_o2 = t_rest_o2 + (s_o2 - t_rest_o2) * c_decay_o2;
  // dw/dt = 0
  let n_w = s_w + dt * 0;
  // w += r1*(A2_plus + A3_plus*o2)*post
  n_w = n_w + n_r1 * (p_A2_plus + p_A3_plus * n_o2) * x_post;
  // w = min(w, w_max)
  n_w = Math.min(n_w, p_w_max);
  // w -= o1*(A2_minus + A3_minus*r2)*pre
  n_w = n_w - n_o1 * (p_A2_minus + p_A3_minus * n_r2) * x_pre;
  // w = max(w, 0)
  n_w = Math.max(n_w, 0);
  // r1 += pre
  n_r1 = n_r1 + x_pre;
  // r2 += pre
  n_r2 = n_r2 + x_pre;
  // o1 += post
  n_o1 = n_o1 + x_post;
  // o2 += post
  n_o2 = n_o2 + x_post;
  // w
  const out = n_w;
  state.s_r1 = n_r1;
  state.s_r2 = n_r2;
  state.s_o1 = n_o1;
  state.s_o2 = n_o2;
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
    inputs: ["x_pre", "x_post"],
    noise: [],
  },
];
