// Rendered from components/neurons/morris-lecar/component.yaml by `spikex components render`: edit that file, not this.
//
// Morris-Lecar (neurons/morris-lecar), version 1.0.0, licence BSD-3-Clause
// Calcium in at once, potassium out a little later: two equations with real channels, made for
//   a barnacle's muscle.
//
// Papers:
// - Morris C., Lecar H. (1981). Voltage oscillations in the barnacle giant muscle fiber,
//   doi:10.1016/S0006-3495(81)84782-0
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state, t_ temporary, d1_ slope, y2_ state inside a step.

// The parameters and their defaults.
export const parameters = {
  // [uF/cm**2] Membrane capacitance; above 0
  p_C_m: 20.0,
  // [mS/cm**2] Leak conductance; at least 0
  p_g_L: 2.0,
  // [mS/cm**2] Calcium conductance with all channels open; at least 0
  p_g_Ca: 4.0,
  // [mS/cm**2] Potassium conductance with all channels open; at least 0
  p_g_K: 8.0,
  // [mV] Reversal potential of the leak
  p_V_L: -50.0,
  // [mV] Reversal potential of calcium
  p_V_Ca: 100.0,
  // [mV] Reversal potential of potassium
  p_V_K: -70.0,
  // [mV] Potential at which half of the calcium channels are open
  p_V_1: 10.0,
  // [mV] Spread of the calcium channels' opening; above 0
  p_V_2: 15.0,
  // [mV] Potential at which half of the potassium channels are open
  p_V_3: -1.0,
  // [mV] Spread of the potassium channels' opening; above 0
  p_V_4: 14.5,
  // [1/ms] Slowest rate of the potassium channels: 1/15 per ms; above 0
  p_lambda_n: 0.06666666666666667,
  // [mV] A spike is counted where the potential rises through this value. Nothing is reset
  p_v_th: 0.0,
  // What an input of 1 is worth. 1: the input is the current density; in networks about 300;
  //   above 0
  p_gain: 1.0,
};

// Named sets of parameters.
export const presets = {
  // unit: For networks at dt 1 ms: an input of 1 makes it fire.
  preset_unit: {
    ...parameters,
    p_gain: 300.0,
  },
};

// One time step.
//   V_low = -100.0
//   V_high = 100.0
//   U = clip(V, V_low, V_high)
//   m_inf = 0.5*(1 + tanh((V - V_1)/V_2))
//   n_inf = 0.5*(1 + tanh((V - V_3)/V_4))
//   rate = lambda_n*cosh((U - V_3)/(2*V_4))
//   dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
//   dn/dt = rate*(n_inf - n)
//   integrated by: rk4
//   spike where V >= v_th begins to hold
export const states = [
  // Share of the potassium channels that are open
  "s_n",
  // [mV] Membrane potential
  "s_V",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const {
    p_C_m,
    p_g_L,
    p_g_Ca,
    p_g_K,
    p_V_L,
    p_V_Ca,
    p_V_K,
    p_V_1,
    p_V_2,
    p_V_3,
    p_V_4,
    p_lambda_n,
    p_v_th,
    p_gain,
  } = { ...parameters, ...given };
  // the rate takes lower potentials for this one
  const k_V_low = (-100.0);
  // the rate takes higher potentials for this one
  const k_V_high = 100.0;
  return {
    dt,
    p_C_m,
    p_g_L,
    p_g_Ca,
    p_g_K,
    p_V_L,
    p_V_Ca,
    p_V_K,
    p_V_1,
    p_V_2,
    p_V_3,
    p_V_4,
    p_lambda_n,
    p_v_th,
    p_gain,
    k_V_low,
    k_V_high,
    s_n: 0.5 * (1 + Math.tanh((p_V_L - p_V_3) / p_V_4)),
    s_V: p_V_L,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [uA/cm**2] Input current per area, constant during a step
export function step(state, x_I) {
  const {
    p_C_m,
    p_g_L,
    p_g_Ca,
    p_g_K,
    p_V_L,
    p_V_Ca,
    p_V_K,
    p_V_1,
    p_V_2,
    p_V_3,
    p_V_4,
    p_lambda_n,
    p_v_th,
    p_gain,
    k_V_low,
    k_V_high,
    s_n,
    s_V,
    dt,
  } = state;
  let l_U = Math.min(Math.max(s_V, k_V_low), k_V_high);
  let l_m_inf = 0.5 * (1 + Math.tanh((s_V - p_V_1) / p_V_2));
  let l_n_inf = 0.5 * (1 + Math.tanh((s_V - p_V_3) / p_V_4));
  let l_rate = p_lambda_n * Math.cosh((l_U - p_V_3) / (2 * p_V_4));
  // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
  const d1_V = (p_gain * x_I - p_g_L * (s_V - p_V_L) - p_g_Ca * l_m_inf * (s_V - p_V_Ca) - p_g_K * s_n * (s_V - p_V_K)) / p_C_m;
  // dn/dt = rate*(n_inf - n)
  const d1_n = l_rate * (l_n_inf - s_n);
  const y2_V = s_V + dt / 2 * d1_V;
  const y2_n = s_n + dt / 2 * d1_n;
  l_U = Math.min(Math.max(y2_V, k_V_low), k_V_high);
  l_m_inf = 0.5 * (1 + Math.tanh((y2_V - p_V_1) / p_V_2));
  l_n_inf = 0.5 * (1 + Math.tanh((y2_V - p_V_3) / p_V_4));
  l_rate = p_lambda_n * Math.cosh((l_U - p_V_3) / (2 * p_V_4));
  // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
  const d2_V = (p_gain * x_I - p_g_L * (y2_V - p_V_L) - p_g_Ca * l_m_inf * (y2_V - p_V_Ca) - p_g_K * y2_n * (y2_V - p_V_K)) / p_C_m;
  // dn/dt = rate*(n_inf - n)
  const d2_n = l_rate * (l_n_inf - y2_n);
  const y3_V = s_V + dt / 2 * d2_V;
  const y3_n = s_n + dt / 2 * d2_n;
  l_U = Math.min(Math.max(y3_V, k_V_low), k_V_high);
  l_m_inf = 0.5 * (1 + Math.tanh((y3_V - p_V_1) / p_V_2));
  l_n_inf = 0.5 * (1 + Math.tanh((y3_V - p_V_3) / p_V_4));
  l_rate = p_lambda_n * Math.cosh((l_U - p_V_3) / (2 * p_V_4));
  // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
  const d3_V = (p_gain * x_I - p_g_L * (y3_V - p_V_L) - p_g_Ca * l_m_inf * (y3_V - p_V_Ca) - p_g_K * y3_n * (y3_V - p_V_K)) / p_C_m;
  // dn/dt = rate*(n_inf - n)
  const d3_n = l_rate * (l_n_inf - y3_n);
  const y4_V = s_V + dt * d3_V;
  const y4_n = s_n + dt * d3_n;
  l_U = Math.min(Math.max(y4_V, k_V_low), k_V_high);
  l_m_inf = 0.5 * (1 + Math.tanh((y4_V - p_V_1) / p_V_2));
  l_n_inf = 0.5 * (1 + Math.tanh((y4_V - p_V_3) / p_V_4));
  l_rate = p_lambda_n * Math.cosh((l_U - p_V_3) / (2 * p_V_4));
  // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
  const d4_V = (p_gain * x_I - p_g_L * (y4_V - p_V_L) - p_g_Ca * l_m_inf * (y4_V - p_V_Ca) - p_g_K * y4_n * (y4_V - p_V_K)) / p_C_m;
  // dn/dt = rate*(n_inf - n)
  const d4_n = l_rate * (l_n_inf - y4_n);
  const n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V);
  const n_n = s_n + dt / 6 * (d1_n + 2 * d2_n + 2 * d3_n + d4_n);
  // 1 where the last step left it below
  const t_below = 1 - (s_V - p_v_th >= 0 ? 1 : 0);
  // V >= v_th
  const spike = (n_V - p_v_th >= 0 ? 1 : 0) * t_below;
  state.s_n = n_n;
  state.s_V = n_V;
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
