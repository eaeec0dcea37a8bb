// Rendered from components/learning/bcm/component.yaml by `spikex components render`: edit that file, not this.
//
// BCM rule (learning/bcm), version 1.0.0, licence BSD-3-Clause
// Grows where the output is above a threshold, shrinks below, and the threshold follows the
//   output: the neuron chooses one pattern.
//
// Papers:
// - Bienenstock E.L., Cooper L.N., Munro P.W. (1982). Theory for the development of neuron
//   selectivity: orientation specificity and binocular interaction in visual cortex,
//   doi:10.1523/JNEUROSCI.02-01-00032.1982
// - Intrator N., Cooper L.N. (1992). Objective function formulation of the BCM theory of visual
//   cortical plasticity: statistical connections, stability conditions,
//   doi:10.1016/S0893-6080(05)80003-6
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [1/ms] Step size: change per ms at an input of 1, an output of 1 and a distance of 1; at
  //   least 0
  p_eta: 0.005,
  // [ms] How fast the threshold follows: faster than the weights, slower than the patterns
  //   change; above 0
  p_tau_theta: 100.0,
  // Threshold at the start; at least 0
  p_theta_0: 1.0,
  // Weight at the start where the rule runs alone; a network brings its own
  p_w_0: 0.1,
};

function square(x) {
  return x * x;
}

// One time step.
//   dtheta/dt = (post**2 - theta)/tau_theta
//   dw/dt = eta*pre*post*(post - theta)
//   integrated by: exponential euler
//   goes out: w
export const states = [
  // Sliding threshold: running mean of the output squared
  "s_theta",
  // Weight
  "s_w",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_eta, p_tau_theta, p_theta_0, p_w_0 } = { ...parameters, ...given };
  return {
    dt,
    p_eta,
    p_tau_theta,
    p_theta_0,
    p_w_0,
    s_theta: p_theta_0,
    s_w: p_w_0,
  };
}

// One step: returns what goes out.
// x_pre: Input of the synapse
// x_post: Output of the neuron behind it
export function step(state, x_pre, x_post = 0.0) {
  const { p_eta, p_tau_theta, s_theta, s_w, dt } = state;
  const t_decay_theta = Math.exp(-dt / p_tau_theta);
  // where theta is heading
  const t_rest_theta = square(x_post);
  // dtheta/dt = (post**2 - theta)/tau_theta
  const n_theta = t_rest_theta + (s_theta - t_rest_theta) * t_decay_theta;
  // dw/dt = eta*pre*post*(post - theta)
  const n_w = s_w + dt * (p_eta * x_pre * x_post * (x_post - s_theta));
  // w
  const out = n_w;
  state.s_theta = n_theta;
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
