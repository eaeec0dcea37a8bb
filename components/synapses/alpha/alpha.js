// Rendered from components/synapses/alpha/component.yaml by `spikex components render`: edit that file, not this.
//
// Alpha synapse (synapses/alpha), version 1.0.0, licence BSD-3-Clause
// Every spike starts a current that rises smoothly, peaks after tau_s at its weight, and
//   decays.
//
// Papers:
// - Rall W. (1967). Distinguishing theoretical synaptic potentials computed for different
//   soma-dendritic distributions of synaptic input, doi:10.1152/jn.1967.30.5.1138
// - Rotter S., Diesmann M. (1999). Exact digital simulation of time-invariant linear systems
//   with applications to neuronal modeling, doi:10.1007/s004220050570
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // [ms] Time from the spike to the current's peak, and the time constant of its decay; above 0
  p_tau_s: 2.0,
};

function times(a, b) {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
}

// exp(dt*[[A, 1], [0, 0]]) for the n x n matrix A: how a linear system goes on for dt (first n
// columns), and what a constant drive adds (the others). Scaling and squaring of the series.
function propagator(dt, rates) {
  const n = rates.length;
  const whole = Array.from({ length: 2 * n }, (_, i) =>
    Array.from({ length: 2 * n }, (_, j) =>
      i >= n ? 0 : dt * (j < n ? rates[i][j] : Number(i === j - n)),
    ),
  );
  const norm = Math.max(...whole.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)));
  let halvings = 0;
  while (norm / 2 ** halvings > 0.5 && halvings < 1000) {
    halvings += 1;
  }
  const part = whole.map((row) => row.map((x) => x / 2 ** halvings));
  const one = whole.map((row, i) => row.map((_, j) => Number(i === j)));
  let result = one;
  for (let order = 16; order > 0; order -= 1) {
    result = times(part, result).map((row, i) => row.map((x, j) => x / order + one[i][j]));
  }
  for (; halvings > 0; halvings -= 1) {
    result = times(result, result);
  }
  return result;
}

// One time step.
//   dy/dt = -y/tau_s
//   dI/dt = y - I/tau_s
//   integrated by: exact
//   then, at every step: y += exp(1)*x/tau_s
//   goes out: I
export const states = [
  // [pA/ms] What drives the current: decays from each spike on
  "s_y",
  // [pA] Synaptic current
  "s_I",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_tau_s } = { ...parameters, ...given };
  // the exact step of y, I together
  const t_prop = propagator(dt, [
    [(-1) / p_tau_s, 0],
    [1, (-1) / p_tau_s],
  ]);
  const c_prop_0_0 = t_prop[0][0];
  const c_prop_1_0 = t_prop[1][0];
  const c_prop_1_1 = t_prop[1][1];
  return {
    dt,
    p_tau_s,
    c_prop_0_0,
    c_prop_1_0,
    c_prop_1_1,
    s_y: 0,
    s_I: 0,
  };
}

// One step: returns what goes out.
// x_x: [pA] Sum of the weights of the spikes that arrive in this step: peaks of the current
export function step(state, x_x) {
  const { p_tau_s, c_prop_0_0, c_prop_1_0, c_prop_1_1, s_y, s_I } = state;
  // dy/dt = -y/tau_s
  let n_y = c_prop_0_0 * s_y;
  // dI/dt = y - I/tau_s
  const n_I = c_prop_1_0 * s_y + c_prop_1_1 * s_I;
  // y += exp(1)*x/tau_s
  n_y = n_y + 2.718281828459045 * x_x / p_tau_s;
  // I
  const out = n_I;
  state.s_y = n_y;
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
