// Rendered from components/dendrites/two-compartment/component.yaml by `spikex components render`: edit that file, not this.
//
// Two-compartment neuron (dendrites/two-compartment), version 1.0.0, licence BSD-3-Clause
// A soma that spikes and a passive dendrite, joined by a conductance, each with an input of its
//   own.
//
// Papers:
// - Pinsky P.F., Rinzel J. (1994). Intrinsic and network rhythmogenesis in a reduced Traub
//   model for CA3 neurons, doi:10.1007/BF00962717
// - Urbanczik R., Senn W. (2014). Learning by the dendritic prediction of somatic spiking,
//   doi:10.1016/j.neuron.2013.11.030
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.

// The parameters and their defaults.
export const parameters = {
  // [uF/cm**2] Capacitance of the membrane; above 0
  p_C: 3.0,
  // [mS/cm**2] Leak conductance of both; above 0
  p_g_L: 0.1,
  // [mS/cm**2] Conductance between soma and dendrite; at least 0
  p_g_c: 2.1,
  // Share of the soma in the whole membrane; 0 to 1, without the ends
  p_p: 0.5,
  // [mV] Resting potential
  p_E_L: -60.0,
  // [mV] The neuron fires where the soma's potential reaches this
  p_v_th: -50.0,
  // [mV] The soma's potential after a spike; the dendrite keeps its own
  p_v_reset: -60.0,
  // [ms] The soma stands still for so long after a spike; at least 0
  p_t_ref: 2.0,
};

// Named sets of parameters.
export const presets = {
  // unit: Without units, for networks: rest 0, threshold 1, time constant 10, no refractory
  //   period.
  preset_unit: {
    ...parameters,
    p_C: 10.0,
    p_g_L: 1.0,
    p_g_c: 1.0,
    p_E_L: 0.0,
    p_v_th: 1.0,
    p_v_reset: 0.0,
    p_t_ref: 0.0,
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
//   dV_s/dt = (g_L*(E_L - V_s) + g_c/p*(V_d - V_s) + I_s/p)/C
//   dV_d/dt = (g_L*(E_L - V_d) + g_c/(1 - p)*(V_s - V_d) + I_d/(1 - p))/C
//   integrated by: exact
//   spike where V_s >= v_th
//   at a spike: V_s = v_reset
//   after a spike, stand still for: t_ref ms
export const states = [
  // [mV] Potential of the soma
  "s_V_s",
  // [mV] Potential of the dendrite
  "s_V_d",
  // Steps left to stand still after a spike
  "s_refractory",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.05) {
  const {
    p_C,
    p_g_L,
    p_g_c,
    p_p,
    p_E_L,
    p_v_th,
    p_v_reset,
    p_t_ref,
  } = { ...parameters, ...given };
  // the exact step of V_s, V_d together
  const t_prop = propagator(dt, [
    [(-p_g_L + -p_g_c / p_p) / p_C, p_g_c / p_p / p_C],
    [p_g_c / (1 - p_p) / p_C, (-p_g_L + -p_g_c / (1 - p_p)) / p_C],
  ]);
  const c_prop_0_0 = t_prop[0][0];
  const c_prop_0_1 = t_prop[0][1];
  const c_drive_0_0 = t_prop[0][2];
  const c_drive_0_1 = t_prop[0][3];
  const c_prop_1_0 = t_prop[1][0];
  const c_prop_1_1 = t_prop[1][1];
  const c_drive_1_0 = t_prop[1][2];
  const c_drive_1_1 = t_prop[1][3];
  // refractory period in steps
  const c_refractory = round(p_t_ref / dt);
  return {
    dt,
    p_C,
    p_g_L,
    p_g_c,
    p_p,
    p_E_L,
    p_v_th,
    p_v_reset,
    p_t_ref,
    c_prop_0_0,
    c_prop_0_1,
    c_drive_0_0,
    c_drive_0_1,
    c_prop_1_0,
    c_prop_1_1,
    c_drive_1_0,
    c_drive_1_1,
    c_refractory,
    s_V_s: p_E_L,
    s_V_d: p_E_L,
    s_refractory: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I_s: [uA/cm**2] Current into the soma
// x_I_d: [uA/cm**2] Current into the dendrite: {from: apical, to: pyramidal.I_d}
export function step(state, x_I_s, x_I_d = 0.0) {
  const {
    p_C,
    p_g_L,
    p_p,
    p_E_L,
    p_v_th,
    p_v_reset,
    c_prop_0_0,
    c_prop_0_1,
    c_drive_0_0,
    c_drive_0_1,
    c_prop_1_0,
    c_prop_1_1,
    c_drive_1_0,
    c_drive_1_1,
    c_refractory,
    s_V_s,
    s_V_d,
    s_refractory,
  } = state;
  // what drives V_s besides the others
  const t_drive_V_s = (p_g_L * p_E_L + x_I_s / p_p) / p_C;
  // what drives V_d besides the others
  const t_drive_V_d = (p_g_L * p_E_L + x_I_d / (1 - p_p)) / p_C;
  // dV_s/dt = (g_L*(E_L - V_s) + g_c/p*(V_d - V_s) + I_s/p)/C
  let n_V_s = c_prop_0_0 * s_V_s + c_prop_0_1 * s_V_d + c_drive_0_0 * t_drive_V_s + c_drive_0_1 * t_drive_V_d;
  // dV_d/dt = (g_L*(E_L - V_d) + g_c/(1 - p)*(V_s - V_d) + I_d/(1 - p))/C
  const n_V_d = c_prop_1_0 * s_V_s + c_prop_1_1 * s_V_d + c_drive_1_0 * t_drive_V_s + c_drive_1_1 * t_drive_V_d;
  // stands still while refractory
  n_V_s = s_refractory > 0 ? s_V_s : n_V_s;
  // V_s >= v_th
  const spike = s_refractory > 0 ? 0 : (n_V_s - p_v_th >= 0 ? 1 : 0);
  // where it fired: V_s = v_reset
  n_V_s = spike > 0 ? p_v_reset : n_V_s;
  // steps left to stand still
  const n_refractory = spike > 0 ? c_refractory : Math.max(s_refractory - 1, 0);
  state.s_V_s = n_V_s;
  state.s_V_d = n_V_d;
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
    inputs: ["x_I_s", "x_I_d"],
    noise: [],
  },
];
