// Rendered from components/neurons/glif/component.yaml by `spikex components render`: edit that file, not this.
//
// Generalized leaky integrate-and-fire (GLIF) (neurons/glif), version 1.0.0, licence
//   BSD-3-Clause
// A leaky membrane with after-spike currents and a threshold that spikes and potential move:
//   the Allen Institute's five levels in one.
//
// Papers:
// - Teeter C., Iyer R., Menon V. et al. (2018). Generalized leaky integrate-and-fire models
//   classify multiple neuron types, doi:10.1038/s41467-017-02717-4
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, c_ constant of the step, s_ state, x_
//   input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [pF] Membrane capacitance; above 0
  p_C_m: 58.72,
  // [nS] Leak conductance; C_m/g is the membrane time constant; above 0
  p_g: 9.43,
  // [mV] Resting potential
  p_E_L: -78.85,
  // [mV] Threshold at rest
  p_V_th: -51.68,
  // [ms] Refractory period: everything stands still for so long after a spike; at least 0
  p_t_ref: 3.75,
  // Reset: the share of the potential above rest that a spike leaves; 0 to 1
  p_f_v: 0.2,
  // [mV] Reset: what is added to that share
  p_V_add: 18.51,
  // [mV] What a spike adds to the threshold
  p_th_add: 0.37,
  // [1/ms] How fast that fades; above 0
  p_b_s: 0.009,
  // [1/ms] How strongly the potential moves the threshold
  p_a_v: 0.005,
  // [1/ms] How fast that fades; above 0
  p_b_v: 0.09,
  // [pA] What a spike adds to the slow after-spike current
  p_amp_1: -9.18,
  // [1/ms] How fast the slow after-spike current fades; above 0
  p_k_1: 0.003,
  // The share of the slow after-spike current that a spike leaves; 0 to 1
  p_r_1: 1.0,
  // [pA] What a spike adds to the fast after-spike current
  p_amp_2: -198.94,
  // [1/ms] How fast the fast after-spike current fades; above 0
  p_k_2: 0.1,
  // The share of the fast after-spike current that a spike leaves; 0 to 1
  p_r_2: 1.0,
};

// Named sets of parameters.
export const presets = {
  // glif1: GLIF1, plain leaky integrate-and-fire: resets to the rest, nothing adapts.
  preset_glif1: {
    ...parameters,
    p_f_v: 0.0,
    p_V_add: 0.0,
    p_th_add: 0.0,
    p_a_v: 0.0,
    p_amp_1: 0.0,
    p_amp_2: 0.0,
  },
  // glif2: GLIF2: a reset that remembers the potential, and a threshold that spikes raise.
  preset_glif2: {
    ...parameters,
    p_a_v: 0.0,
    p_amp_1: 0.0,
    p_amp_2: 0.0,
  },
  // glif3: GLIF3: after-spike currents.
  preset_glif3: {
    ...parameters,
    p_f_v: 0.0,
    p_V_add: 0.0,
    p_th_add: 0.0,
    p_a_v: 0.0,
  },
  // glif4: GLIF4: after-spike currents, reset rule and a threshold that spikes raise.
  preset_glif4: {
    ...parameters,
    p_a_v: 0.0,
  },
  // glif5: GLIF5: all of it, the threshold following the potential too (the component's own).
  preset_glif5: {
    ...parameters,
  },
  // unit: Without units, for networks: rest 0, threshold 1, resistance 1, time constant 10 ms,
  //   mild adaptation, no refractory period.
  preset_unit: {
    ...parameters,
    p_C_m: 10.0,
    p_g: 1.0,
    p_E_L: 0.0,
    p_V_th: 1.0,
    p_t_ref: 0.0,
    p_f_v: 0.0,
    p_V_add: 0.0,
    p_th_add: 0.1,
    p_b_s: 0.01,
    p_a_v: 0.0,
    p_amp_1: -0.05,
    p_amp_2: -0.1,
  },
};

// To the nearest whole number, halves to the even one.
function round(x) {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : Math.ceil(x);
}

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
//   fade_1 = r_1*exp(-k_1*t_ref)
//   fade_2 = r_2*exp(-k_2*t_ref)
//   fade_s = exp(-b_s*t_ref)
//   dV/dt = (-g*(V - E_L) + I + I_1 + I_2)/C_m
//   dI_1/dt = -k_1*I_1
//   dI_2/dt = -k_2*I_2
//   dtheta_s/dt = -b_s*theta_s
//   dtheta_v/dt = a_v*(V - E_L) - b_v*theta_v
//   integrated by: exact
//   spike where V > V_th + theta_s + theta_v
//   at a spike: V = E_L + f_v*(V - E_L) + V_add
//   at a spike: theta_s = fade_s*theta_s + th_add
//   at a spike: I_1 = fade_1*I_1 + amp_1
//   at a spike: I_2 = fade_2*I_2 + amp_2
//   after a spike, stand still for: t_ref ms
export const states = [
  // [pA] Slow after-spike current
  "s_I_1",
  // [pA] Fast after-spike current
  "s_I_2",
  // [mV] What spikes have added to the threshold
  "s_theta_s",
  // [mV] What the potential has added to the threshold
  "s_theta_v",
  // [mV] Membrane potential
  "s_V",
  // Steps left to stand still after a spike
  "s_refractory",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const {
    p_C_m,
    p_g,
    p_E_L,
    p_V_th,
    p_t_ref,
    p_f_v,
    p_V_add,
    p_th_add,
    p_b_s,
    p_a_v,
    p_b_v,
    p_amp_1,
    p_k_1,
    p_r_1,
    p_amp_2,
    p_k_2,
    p_r_2,
  } = { ...parameters, ...given };
  // what is left of the slow after-spike current after the refractory period
  const k_fade_1 = p_r_1 * Math.exp(-p_k_1 * p_t_ref);
  // what is left of the fast after-spike current after the refractory period
  const k_fade_2 = p_r_2 * Math.exp(-p_k_2 * p_t_ref);
  // what is left of the raised threshold after the refractory period
  const k_fade_s = Math.exp(-p_b_s * p_t_ref);
  // the exact step of V, I_1, I_2, theta_v together
  const t_prop = propagator(dt, [
    [-p_g / p_C_m, 1 / p_C_m, 1 / p_C_m, 0],
    [0, -p_k_1, 0, 0],
    [0, 0, -p_k_2, 0],
    [p_a_v, 0, 0, -p_b_v],
  ]);
  const c_prop_0_0 = t_prop[0][0];
  const c_prop_0_1 = t_prop[0][1];
  const c_prop_0_2 = t_prop[0][2];
  const c_drive_0_0 = t_prop[0][4];
  const c_prop_1_1 = t_prop[1][1];
  const c_prop_2_2 = t_prop[2][2];
  const c_prop_4_0 = t_prop[3][0];
  const c_prop_4_1 = t_prop[3][1];
  const c_prop_4_2 = t_prop[3][2];
  const c_prop_4_4 = t_prop[3][3];
  const c_drive_4_0 = t_prop[3][4];
  const c_drive_4_4 = t_prop[3][7];
  // how much of theta_s is left after one step
  const c_decay_theta_s = Math.exp(-(p_b_s * dt));
  // refractory period in steps
  const c_refractory = round(p_t_ref / dt);
  return {
    dt,
    p_C_m,
    p_g,
    p_E_L,
    p_V_th,
    p_t_ref,
    p_f_v,
    p_V_add,
    p_th_add,
    p_b_s,
    p_a_v,
    p_b_v,
    p_amp_1,
    p_k_1,
    p_r_1,
    p_amp_2,
    p_k_2,
    p_r_2,
    k_fade_1,
    k_fade_2,
    k_fade_s,
    c_prop_0_0,
    c_prop_0_1,
    c_prop_0_2,
    c_drive_0_0,
    c_prop_1_1,
    c_prop_2_2,
    c_prop_4_0,
    c_prop_4_1,
    c_prop_4_2,
    c_prop_4_4,
    c_drive_4_0,
    c_drive_4_4,
    c_decay_theta_s,
    c_refractory,
    s_I_1: 0,
    s_I_2: 0,
    s_theta_s: 0,
    s_theta_v: 0,
    s_V: p_E_L,
    s_refractory: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [pA] Input current, constant during a step
export function step(state, x_I) {
  const {
    p_C_m,
    p_g,
    p_E_L,
    p_V_th,
    p_f_v,
    p_V_add,
    p_th_add,
    p_a_v,
    p_amp_1,
    p_amp_2,
    k_fade_1,
    k_fade_2,
    k_fade_s,
    c_prop_0_0,
    c_prop_0_1,
    c_prop_0_2,
    c_drive_0_0,
    c_prop_1_1,
    c_prop_2_2,
    c_prop_4_0,
    c_prop_4_1,
    c_prop_4_2,
    c_prop_4_4,
    c_drive_4_0,
    c_drive_4_4,
    c_decay_theta_s,
    c_refractory,
    s_I_1,
    s_I_2,
    s_theta_s,
    s_theta_v,
    s_V,
    s_refractory,
  } = state;
  // what drives V besides the others
  const t_drive_V = (-(p_g * -p_E_L) + x_I) / p_C_m;
  // what drives theta_v besides the others
  const t_drive_theta_v = p_a_v * -p_E_L;
  // dV/dt = (-g*(V - E_L) + I + I_1 + I_2)/C_m
  let n_V = c_prop_0_0 * s_V + c_prop_0_1 * s_I_1 + c_prop_0_2 * s_I_2 + c_drive_0_0 * t_drive_V;
  // dI_1/dt = -k_1*I_1
  let n_I_1 = c_prop_1_1 * s_I_1;
  // dI_2/dt = -k_2*I_2
  let n_I_2 = c_prop_2_2 * s_I_2;
  // dtheta_v/dt = a_v*(V - E_L) - b_v*theta_v
  let n_theta_v = c_prop_4_0 * s_V + c_prop_4_1 * s_I_1 + c_prop_4_2 * s_I_2 + c_prop_4_4 * s_theta_v + c_drive_4_0 * t_drive_V + c_drive_4_4 * t_drive_theta_v;
  // where theta_s is heading
  const t_rest_theta_s = 0;
  // dtheta_s/dt = -b_s*theta_s
  let n_theta_s = t_rest_theta_s + (s_theta_s - t_rest_theta_s) * c_decay_theta_s;
  // stands still while refractory
  n_I_1 = s_refractory > 0 ? s_I_1 : n_I_1;
  n_I_2 = s_refractory > 0 ? s_I_2 : n_I_2;
  n_theta_s = s_refractory > 0 ? s_theta_s : n_theta_s;
  n_theta_v = s_refractory > 0 ? s_theta_v : n_theta_v;
  n_V = s_refractory > 0 ? s_V : n_V;
  // V > V_th + theta_s + theta_v
  const spike = s_refractory > 0 ? 0 : (n_V - (p_V_th + n_theta_s + n_theta_v) > 0 ? 1 : 0);
  // where it fired: V = E_L + f_v*(V - E_L) + V_add
  n_V = spike > 0 ? p_E_L + p_f_v * (n_V - p_E_L) + p_V_add : n_V;
  // where it fired: theta_s = fade_s*theta_s + th_add
  n_theta_s = spike > 0 ? k_fade_s * n_theta_s + p_th_add : n_theta_s;
  // where it fired: I_1 = fade_1*I_1 + amp_1
  n_I_1 = spike > 0 ? k_fade_1 * n_I_1 + p_amp_1 : n_I_1;
  // where it fired: I_2 = fade_2*I_2 + amp_2
  n_I_2 = spike > 0 ? k_fade_2 * n_I_2 + p_amp_2 : n_I_2;
  // steps left to stand still
  const n_refractory = spike > 0 ? c_refractory : Math.max(s_refractory - 1, 0);
  state.s_I_1 = n_I_1;
  state.s_I_2 = n_I_2;
  state.s_theta_s = n_theta_s;
  state.s_theta_v = n_theta_v;
  state.s_V = n_V;
  state.s_refractory = n_refractory;
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
