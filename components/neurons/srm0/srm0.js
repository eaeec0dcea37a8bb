// Rendered from components/neurons/srm0/component.yaml by `spikex components render`: edit that file, not this.
//
// Spike response model (SRM0) (neurons/srm0), version 1.0.0, licence BSD-3-Clause
// No equation for a membrane but kernels: what an incoming spike adds, and what the neuron's
//   own last spike takes away.
//
// Papers:
// - Gerstner W. (1995). Time structure of the activity in neural network models,
//   doi:10.1103/PhysRevE.51.738
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // [ms] An incoming spike has its full effect after this time; above 0
  p_tau_s: 5.0,
  // [ms] How fast the neuron's own spike is forgotten; above 0
  p_tau_r: 10.0,
  // Threshold, and how far a spike throws the potential down; above 0
  p_theta: 1.0,
};

// Named sets of parameters.
export const presets = {
  // summation: Three weak spikes: far apart they do nothing, close together they reach the
  //   threshold.
  preset_summation: {
    ...parameters,
  },
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
//   h = u - r
//   dz/dt = -z/tau_s
//   dr/dt = -r/tau_r
//   du/dt = (z - h)/tau_s - r/tau_r
//   integrated by: exact
//   then, at every step: z += exp(1)*I
//   spike where u >= theta
//   at a spike: u -= theta + r
//   at a spike: r = -theta
export const states = [
  // Rising part of the responses
  "s_z",
  // Refractory kernel: what the neuron's own last spike has left
  "s_r",
  // Potential: responses plus refractory kernel
  "s_u",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_tau_s, p_tau_r, p_theta } = { ...parameters, ...given };
  // the exact step of z, r, u together
  const t_prop = propagator(dt, [
    [(-1) / p_tau_s, 0, 0],
    [0, (-1) / p_tau_r, 0],
    [1 / p_tau_s, 1 / p_tau_s + (-1) / p_tau_r, (-1) / p_tau_s],
  ]);
  const c_prop_0_0 = t_prop[0][0];
  const c_prop_1_1 = t_prop[1][1];
  const c_prop_2_0 = t_prop[2][0];
  const c_prop_2_1 = t_prop[2][1];
  const c_prop_2_2 = t_prop[2][2];
  return {
    dt,
    p_tau_s,
    p_tau_r,
    p_theta,
    c_prop_0_0,
    c_prop_1_1,
    c_prop_2_0,
    c_prop_2_1,
    c_prop_2_2,
    s_z: 0,
    s_r: 0,
    s_u: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Incoming spikes times their weights: pulses, not a current
export function step(state, x_I) {
  const {
    p_theta,
    c_prop_0_0,
    c_prop_1_1,
    c_prop_2_0,
    c_prop_2_1,
    c_prop_2_2,
    s_z,
    s_r,
    s_u,
  } = state;
  // dz/dt = -z/tau_s
  let n_z = c_prop_0_0 * s_z;
  // dr/dt = -r/tau_r
  let n_r = c_prop_1_1 * s_r;
  // du/dt = (z - h)/tau_s - r/tau_r
  let n_u = c_prop_2_0 * s_z + c_prop_2_1 * s_r + c_prop_2_2 * s_u;
  // z += exp(1)*I
  n_z = n_z + 2.718281828459045 * x_I;
  // u >= theta
  const spike = n_u - p_theta >= 0 ? 1 : 0;
  // where it fired: u -= theta + r
  n_u = n_u - spike * (p_theta + n_r);
  // where it fired: r = -theta
  n_r = spike > 0 ? -p_theta : n_r;
  state.s_z = n_z;
  state.s_r = n_r;
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
