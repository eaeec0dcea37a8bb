// Rendered from components/neurons/resonate-and-fire/component.yaml by `spikex components render`: edit that file, not this.
//
// Resonate-and-fire (neurons/resonate-and-fire), version 1.0.0, licence BSD-3-Clause
// A damped oscillator that fires where its potential swings over the threshold: it listens to
//   rhythm, not to sums.
//
// Papers:
// - Izhikevich E.M. (2001). Resonate-and-fire neurons, doi:10.1016/S0893-6080(01)00078-8
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // Damping per unit of time; 0 rings for ever; at most 0
  p_b: -1.0,
  // Angular frequency, in radians per unit of time
  p_omega: 10.0,
  // [ms] How long the unit of time lasts: with 10 ms and omega = 10 the neuron prefers 159 Hz,
  //   and forgets within 10 ms; above 0
  p_tau: 10.0,
  // Threshold for the potential y, and where y is put after a spike; above 0
  p_theta: 1.0,
};

// Named sets of parameters.
export const presets = {
  // doublet: Two weak pulses at the neuron's own period (6.28 ms) make it fire; the pair before
  //   that, half a period apart, cancels out.
  preset_doublet: {
    ...parameters,
  },
  // unit: For networks at dt 1 ms: a low threshold, which is the same as a strong input, and a
  //   period of 31 ms.
  preset_unit: {
    ...parameters,
    p_omega: 4.0,
    p_tau: 20.0,
    p_theta: 0.1,
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
//   dx/dt = (b*x - omega*y + I)/tau
//   dy/dt = (omega*x + b*y)/tau
//   integrated by: exact
//   spike where y >= theta
//   at a spike: x = 0
//   at a spike: y = theta
export const states = [
  // What drives the potential: a current
  "s_x",
  // Potential: the imaginary part of z = x + iy
  "s_y",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_b, p_omega, p_tau, p_theta } = { ...parameters, ...given };
  // the exact step of x, y together
  const t_prop = propagator(dt, [
    [p_b / p_tau, -p_omega / p_tau],
    [p_omega / p_tau, p_b / p_tau],
  ]);
  const c_prop_0_0 = t_prop[0][0];
  const c_prop_0_1 = t_prop[0][1];
  const c_drive_0_0 = t_prop[0][2];
  const c_prop_1_0 = t_prop[1][0];
  const c_prop_1_1 = t_prop[1][1];
  const c_drive_1_0 = t_prop[1][2];
  return {
    dt,
    p_b,
    p_omega,
    p_tau,
    p_theta,
    c_prop_0_0,
    c_prop_0_1,
    c_drive_0_0,
    c_prop_1_0,
    c_prop_1_1,
    c_drive_1_0,
    s_x: 0,
    s_y: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input, constant during a step
export function step(state, x_I) {
  const {
    p_tau,
    p_theta,
    c_prop_0_0,
    c_prop_0_1,
    c_drive_0_0,
    c_prop_1_0,
    c_prop_1_1,
    c_drive_1_0,
    s_x,
    s_y,
  } = state;
  // what drives x besides the others
  const t_drive_x = x_I / p_tau;
  // dx/dt = (b*x - omega*y + I)/tau
  let n_x = c_prop_0_0 * s_x + c_prop_0_1 * s_y + c_drive_0_0 * t_drive_x;
  // dy/dt = (omega*x + b*y)/tau
  let n_y = c_prop_1_0 * s_x + c_prop_1_1 * s_y + c_drive_1_0 * t_drive_x;
  // y >= theta
  const spike = n_y - p_theta >= 0 ? 1 : 0;
  // where it fired: x = 0
  n_x = spike > 0 ? 0 : n_x;
  // where it fired: y = theta
  n_y = spike > 0 ? p_theta : n_y;
  state.s_x = n_x;
  state.s_y = n_y;
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
