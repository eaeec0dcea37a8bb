// Rendered from components/neurons/hodgkin-huxley/component.yaml by `spikex components render`: edit that file, not this.
//
// Hodgkin-Huxley (neurons/hodgkin-huxley), version 1.0.0, licence BSD-3-Clause
// The squid's giant axon: sodium and potassium channels that open and close with the potential
//   make the spike themselves.
//
// Papers:
// - Hodgkin A.L., Huxley A.F. (1952). A quantitative description of membrane current and its
//   application to conduction and excitation in nerve, doi:10.1113/jphysiol.1952.sp004764
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state, t_ temporary, d1_ slope, y2_ state inside a step.

// The parameters and their defaults.
export const parameters = {
  // [uF/cm**2] Membrane capacitance; above 0
  p_C_m: 1.0,
  // [mS/cm**2] Sodium conductance with all channels open; at least 0
  p_g_Na: 120.0,
  // [mS/cm**2] Potassium conductance with all channels open; at least 0
  p_g_K: 36.0,
  // [mS/cm**2] Leak conductance; at least 0
  p_g_L: 0.3,
  // [mV] Reversal potential of sodium
  p_E_Na: 50.0,
  // [mV] Reversal potential of potassium
  p_E_K: -77.0,
  // [mV] Reversal potential of the leak, such that the rest is -65 mV
  p_E_L: -54.402,
  // [mV] A spike is counted where the potential rises through this value. Nothing is reset
  p_v_th: 0.0,
  // What an input of 1 is worth. 1: the input is the current density; in networks about 20; above
  //   0
  p_gain: 1.0,
};

// Named sets of parameters.
export const presets = {
  // nest: The values of NEST's hh_psc_alpha per 100 pF, that is per 1 uF/cm**2 (the component's
  //   own).
  preset_nest: {
    ...parameters,
  },
  // unit: For networks: an input of 1 makes it fire; steps of up to 0.1 ms by exponential Euler,
  //   which stays stable.
  preset_unit: {
    ...parameters,
    p_gain: 20.0,
  },
};

// (exp(x) - 1)/x, and 1 at x = 0
function exprel(x) {
  return Math.abs(x) < 1e-5 ? 1 + x / 2 + (x * x) / 6 : Math.expm1(x) / x;
}

// One time step.
//   V_rest = -65.0
//   V_m = -40.0
//   V_h = -35.0
//   V_n = -55.0
//   k = 10.0
//   k_bm = 18.0
//   k_ah = 20.0
//   k_bn = 80.0
//   r_am = 1.0
//   r_bm = 4.0
//   r_ah = 0.07
//   r_bh = 1.0
//   r_an = 0.1
//   r_bn = 0.125
//   V_low = -120.0
//   V_high = 120.0
//   U = clip(V, V_low, V_high)
//   alpha_m = r_am/exprel(-(U - V_m)/k)
//   beta_m = r_bm*exp(-(U - V_rest)/k_bm)
//   alpha_h = r_ah*exp(-(U - V_rest)/k_ah)
//   beta_h = r_bh/(1 + exp(-(U - V_h)/k))
//   alpha_n = r_an/exprel(-(U - V_n)/k)
//   beta_n = r_bn*exp(-(U - V_rest)/k_bn)
//   dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
//   dm/dt = alpha_m*(1 - m) - beta_m*m
//   dh/dt = alpha_h*(1 - h) - beta_h*h
//   dn/dt = alpha_n*(1 - n) - beta_n*n
//   integrated by: rk4
//   spike where V >= v_th begins to hold
export const states = [
  // Activation of sodium: share of its fast gates that are open
  "s_m",
  // Inactivation of sodium: share of its slow gates that are open
  "s_h",
  // Activation of potassium: share of its gates that are open
  "s_n",
  // [mV] Membrane potential
  "s_V",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.01) {
  const {
    p_C_m,
    p_g_Na,
    p_g_K,
    p_g_L,
    p_E_Na,
    p_E_K,
    p_E_L,
    p_v_th,
    p_gain,
  } = { ...parameters, ...given };
  // resting potential, to which three of the rates refer
  const k_V_rest = (-65.0);
  // where the activation of sodium has its bend
  const k_V_m = (-40.0);
  // where the closing rate of the inactivation is half its highest
  const k_V_h = (-35.0);
  // where the activation of potassium has its bend
  const k_V_n = (-55.0);
  // steepness of three of the rates
  const k_k = 10.0;
  // steepness of beta_m
  const k_k_bm = 18.0;
  // steepness of alpha_h
  const k_k_ah = 20.0;
  // steepness of beta_n
  const k_k_bn = 80.0;
  // alpha_m at its bend
  const k_r_am = 1.0;
  // beta_m at rest
  const k_r_bm = 4.0;
  // alpha_h at rest
  const k_r_ah = 0.07;
  // highest beta_h
  const k_r_bh = 1.0;
  // alpha_n at its bend
  const k_r_an = 0.1;
  // beta_n at rest
  const k_r_bn = 0.125;
  // the rates take lower potentials for this one
  const k_V_low = (-120.0);
  // the rates take higher potentials for this one
  const k_V_high = 120.0;
  return {
    dt,
    p_C_m,
    p_g_Na,
    p_g_K,
    p_g_L,
    p_E_Na,
    p_E_K,
    p_E_L,
    p_v_th,
    p_gain,
    k_V_rest,
    k_V_m,
    k_V_h,
    k_V_n,
    k_k,
    k_k_bm,
    k_k_ah,
    k_k_bn,
    k_r_am,
    k_r_bm,
    k_r_ah,
    k_r_bh,
    k_r_an,
    k_r_bn,
    k_V_low,
    k_V_high,
    s_m: 0.0529324852572496,
    s_h: 0.59612075350846,
    s_n: 0.317676914060697,
    s_V: k_V_rest,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [uA/cm**2] Input current per area, constant during a step
export function step(state, x_I) {
  const {
    p_C_m,
    p_g_Na,
    p_g_K,
    p_g_L,
    p_E_Na,
    p_E_K,
    p_E_L,
    p_v_th,
    p_gain,
    k_V_rest,
    k_V_m,
    k_V_h,
    k_V_n,
    k_k,
    k_k_bm,
    k_k_ah,
    k_k_bn,
    k_r_am,
    k_r_bm,
    k_r_ah,
    k_r_bh,
    k_r_an,
    k_r_bn,
    k_V_low,
    k_V_high,
    s_m,
    s_h,
    s_n,
    s_V,
    dt,
  } = state;
  let l_U = Math.min(Math.max(s_V, k_V_low), k_V_high);
  let l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
  let l_beta_m = k_r_bm * Math.exp(-(l_U - k_V_rest) / k_k_bm);
  let l_alpha_h = k_r_ah * Math.exp(-(l_U - k_V_rest) / k_k_ah);
  let l_beta_h = k_r_bh / (1 + Math.exp(-(l_U - k_V_h) / k_k));
  let l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
  let l_beta_n = k_r_bn * Math.exp(-(l_U - k_V_rest) / k_k_bn);
  // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
  const d1_V = (p_gain * x_I - p_g_Na * s_m * s_m * s_m * s_h * (s_V - p_E_Na) - p_g_K * s_n * s_n * s_n * s_n * (s_V - p_E_K) - p_g_L * (s_V - p_E_L)) / p_C_m;
  // dm/dt = alpha_m*(1 - m) - beta_m*m
  const d1_m = l_alpha_m * (1 - s_m) - l_beta_m * s_m;
  // dh/dt = alpha_h*(1 - h) - beta_h*h
  const d1_h = l_alpha_h * (1 - s_h) - l_beta_h * s_h;
  // dn/dt = alpha_n*(1 - n) - beta_n*n
  const d1_n = l_alpha_n * (1 - s_n) - l_beta_n * s_n;
  const y2_V = s_V + dt / 2 * d1_V;
  const y2_m = s_m + dt / 2 * d1_m;
  const y2_h = s_h + dt / 2 * d1_h;
  const y2_n = s_n + dt / 2 * d1_n;
  l_U = Math.min(Math.max(y2_V, k_V_low), k_V_high);
  l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
  l_beta_m = k_r_bm * Math.exp(-(l_U - k_V_rest) / k_k_bm);
  l_alpha_h = k_r_ah * Math.exp(-(l_U - k_V_rest) / k_k_ah);
  l_beta_h = k_r_bh / (1 + Math.exp(-(l_U - k_V_h) / k_k));
  l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
  l_beta_n = k_r_bn * Math.exp(-(l_U - k_V_rest) / k_k_bn);
  // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
  const d2_V = (p_gain * x_I - p_g_Na * y2_m * y2_m * y2_m * y2_h * (y2_V - p_E_Na) - p_g_K * y2_n * y2_n * y2_n * y2_n * (y2_V - p_E_K) - p_g_L * (y2_V - p_E_L)) / p_C_m;
  // dm/dt = alpha_m*(1 - m) - beta_m*m
  const d2_m = l_alpha_m * (1 - y2_m) - l_beta_m * y2_m;
  // dh/dt = alpha_h*(1 - h) - beta_h*h
  const d2_h = l_alpha_h * (1 - y2_h) - l_beta_h * y2_h;
  // dn/dt = alpha_n*(1 - n) - beta_n*n
  const d2_n = l_alpha_n * (1 - y2_n) - l_beta_n * y2_n;
  const y3_V = s_V + dt / 2 * d2_V;
  const y3_m = s_m + dt / 2 * d2_m;
  const y3_h = s_h + dt / 2 * d2_h;
  const y3_n = s_n + dt / 2 * d2_n;
  l_U = Math.min(Math.max(y3_V, k_V_low), k_V_high);
  l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
  l_beta_m = k_r_bm * Math.exp(-(l_U - k_V_rest) / k_k_bm);
  l_alpha_h = k_r_ah * Math.exp(-(l_U - k_V_rest) / k_k_ah);
  l_beta_h = k_r_bh / (1 + Math.exp(-(l_U - k_V_h) / k_k));
  l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
  l_beta_n = k_r_bn * Math.exp(-(l_U - k_V_rest) / k_k_bn);
  // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
  const d3_V = (p_gain * x_I - p_g_Na * y3_m * y3_m * y3_m * y3_h * (y3_V - p_E_Na) - p_g_K * y3_n * y3_n * y3_n * y3_n * (y3_V - p_E_K) - p_g_L * (y3_V - p_E_L)) / p_C_m;
  // dm/dt = alpha_m*(1 - m) - beta_m*m
  const d3_m = l_alpha_m * (1 - y3_m) - l_beta_m * y3_m;
  // dh/dt = alpha_h*(1 - h) - beta_h*h
  const d3_h = l_alpha_h * (1 - y3_h) - l_beta_h * y3_h;
  // dn/dt = alpha_n*(1 - n) - beta_n*n
  const d3_n = l_alpha_n * (1 - y3_n) - l_beta_n * y3_n;
  const y4_V = s_V + dt * d3_V;
  const y4_m = s_m + dt * d3_m;
  const y4_h = s_h + dt * d3_h;
  const y4_n = s_n + dt * d3_n;
  l_U = Math.min(Math.max(y4_V, k_V_low), k_V_high);
  l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
  l_beta_m = k_r_bm * Math.exp(-(l_U - k_V_rest) / k_k_bm);
  l_alpha_h = k_r_ah * Math.exp(-(l_U - k_V_rest) / k_k_ah);
  l_beta_h = k_r_bh / (1 + Math.exp(-(l_U - k_V_h) / k_k));
  l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
  l_beta_n = k_r_bn * Math.exp(-(l_U - k_V_rest) / k_k_bn);
  // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
  const d4_V = (p_gain * x_I - p_g_Na * y4_m * y4_m * y4_m * y4_h * (y4_V - p_E_Na) - p_g_K * y4_n * y4_n * y4_n * y4_n * (y4_V - p_E_K) - p_g_L * (y4_V - p_E_L)) / p_C_m;
  // dm/dt = alpha_m*(1 - m) - beta_m*m
  const d4_m = l_alpha_m * (1 - y4_m) - l_beta_m * y4_m;
  // dh/dt = alpha_h*(1 - h) - beta_h*h
  const d4_h = l_alpha_h * (1 - y4_h) - l_beta_h * y4_h;
  // dn/dt = alpha_n*(1 - n) - beta_n*n
  const d4_n = l_alpha_n * (1 - y4_n) - l_beta_n * y4_n;
  const n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V);
  const n_m = s_m + dt / 6 * (d1_m + 2 * d2_m + 2 * d3_m + d4_m);
  const n_h = s_h + dt / 6 * (d1_h + 2 * d2_h + 2 * d3_h + d4_h);
  const n_n = s_n + dt / 6 * (d1_n + 2 * d2_n + 2 * d3_n + d4_n);
  // 1 where the last step left it below
  const t_below = 1 - (s_V - p_v_th >= 0 ? 1 : 0);
  // V >= v_th
  const spike = (n_V - p_v_th >= 0 ? 1 : 0) * t_below;
  state.s_m = n_m;
  state.s_h = n_h;
  state.s_n = n_n;
  state.s_V = n_V;
  return spike;
}

// One time step with preset=unit.
//   V_rest = -65.0
//   V_m = -40.0
//   V_h = -35.0
//   V_n = -55.0
//   k = 10.0
//   k_bm = 18.0
//   k_ah = 20.0
//   k_bn = 80.0
//   r_am = 1.0
//   r_bm = 4.0
//   r_ah = 0.07
//   r_bh = 1.0
//   r_an = 0.1
//   r_bn = 0.125
//   V_low = -120.0
//   V_high = 120.0
//   U = clip(V, V_low, V_high)
//   alpha_m = r_am/exprel(-(U - V_m)/k)
//   beta_m = r_bm*exp(-(U - V_rest)/k_bm)
//   alpha_h = r_ah*exp(-(U - V_rest)/k_ah)
//   beta_h = r_bh/(1 + exp(-(U - V_h)/k))
//   alpha_n = r_an/exprel(-(U - V_n)/k)
//   beta_n = r_bn*exp(-(U - V_rest)/k_bn)
//   dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
//   dm/dt = alpha_m*(1 - m) - beta_m*m
//   dh/dt = alpha_h*(1 - h) - beta_h*h
//   dn/dt = alpha_n*(1 - n) - beta_n*n
//   integrated by: exponential euler
//   spike where V >= v_th begins to hold
export const states_unit = [
  // Activation of sodium: share of its fast gates that are open
  "s_m",
  // Inactivation of sodium: share of its slow gates that are open
  "s_h",
  // Activation of potassium: share of its gates that are open
  "s_n",
  // [mV] Membrane potential
  "s_V",
];

// The first state: parameters, constants and states of one element.
export function init_unit(given = parameters, dt = 0.01) {
  const {
    p_C_m,
    p_g_Na,
    p_g_K,
    p_g_L,
    p_E_Na,
    p_E_K,
    p_E_L,
    p_v_th,
    p_gain,
  } = { ...parameters, ...given };
  // resting potential, to which three of the rates refer
  const k_V_rest = (-65.0);
  // where the activation of sodium has its bend
  const k_V_m = (-40.0);
  // where the closing rate of the inactivation is half its highest
  const k_V_h = (-35.0);
  // where the activation of potassium has its bend
  const k_V_n = (-55.0);
  // steepness of three of the rates
  const k_k = 10.0;
  // steepness of beta_m
  const k_k_bm = 18.0;
  // steepness of alpha_h
  const k_k_ah = 20.0;
  // steepness of beta_n
  const k_k_bn = 80.0;
  // alpha_m at its bend
  const k_r_am = 1.0;
  // beta_m at rest
  const k_r_bm = 4.0;
  // alpha_h at rest
  const k_r_ah = 0.07;
  // highest beta_h
  const k_r_bh = 1.0;
  // alpha_n at its bend
  const k_r_an = 0.1;
  // beta_n at rest
  const k_r_bn = 0.125;
  // the rates take lower potentials for this one
  const k_V_low = (-120.0);
  // the rates take higher potentials for this one
  const k_V_high = 120.0;
  return {
    dt,
    p_C_m,
    p_g_Na,
    p_g_K,
    p_g_L,
    p_E_Na,
    p_E_K,
    p_E_L,
    p_v_th,
    p_gain,
    k_V_rest,
    k_V_m,
    k_V_h,
    k_V_n,
    k_k,
    k_k_bm,
    k_k_ah,
    k_k_bn,
    k_r_am,
    k_r_bm,
    k_r_ah,
    k_r_bh,
    k_r_an,
    k_r_bn,
    k_V_low,
    k_V_high,
    s_m: 0.0529324852572496,
    s_h: 0.59612075350846,
    s_n: 0.317676914060697,
    s_V: k_V_rest,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [uA/cm**2] Input current per area, constant during a step
export function step_unit(state, x_I) {
  const {
    p_C_m,
    p_g_Na,
    p_g_K,
    p_g_L,
    p_E_Na,
    p_E_K,
    p_E_L,
    p_v_th,
    p_gain,
    k_V_rest,
    k_V_m,
    k_V_h,
    k_V_n,
    k_k,
    k_k_bm,
    k_k_ah,
    k_k_bn,
    k_r_am,
    k_r_bm,
    k_r_ah,
    k_r_bh,
    k_r_an,
    k_r_bn,
    k_V_low,
    k_V_high,
    s_m,
    s_h,
    s_n,
    s_V,
    dt,
  } = state;
  const l_U = Math.min(Math.max(s_V, k_V_low), k_V_high);
  const l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
  const l_beta_m = k_r_bm * Math.exp(-(l_U - k_V_rest) / k_k_bm);
  const l_alpha_h = k_r_ah * Math.exp(-(l_U - k_V_rest) / k_k_ah);
  const l_beta_h = k_r_bh / (1 + Math.exp(-(l_U - k_V_h) / k_k));
  const l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
  const l_beta_n = k_r_bn * Math.exp(-(l_U - k_V_rest) / k_k_bn);
  const t_decay_V = Math.exp((-(p_g_Na * s_m * s_m * s_m * s_h) - p_g_K * s_n * s_n * s_n * s_n - p_g_L) / p_C_m * dt);
  // where V is heading
  const t_rest_V = -(p_gain * x_I - p_g_Na * s_m * s_m * s_m * s_h * -p_E_Na - p_g_K * s_n * s_n * s_n * s_n * -p_E_K - p_g_L * -p_E_L) / (-(p_g_Na * s_m * s_m * s_m * s_h) - p_g_K * s_n * s_n * s_n * s_n - p_g_L);
  // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
  const n_V = t_rest_V + (s_V - t_rest_V) * t_decay_V;
  const t_decay_m = Math.exp((-l_alpha_m - l_beta_m) * dt);
  // where m is heading
  const t_rest_m = -l_alpha_m / (-l_alpha_m - l_beta_m);
  // dm/dt = alpha_m*(1 - m) - beta_m*m
  const n_m = t_rest_m + (s_m - t_rest_m) * t_decay_m;
  const t_decay_h = Math.exp((-l_alpha_h - l_beta_h) * dt);
  // where h is heading
  const t_rest_h = -l_alpha_h / (-l_alpha_h - l_beta_h);
  // dh/dt = alpha_h*(1 - h) - beta_h*h
  const n_h = t_rest_h + (s_h - t_rest_h) * t_decay_h;
  const t_decay_n = Math.exp((-l_alpha_n - l_beta_n) * dt);
  // where n is heading
  const t_rest_n = -l_alpha_n / (-l_alpha_n - l_beta_n);
  // dn/dt = alpha_n*(1 - n) - beta_n*n
  const n_n = t_rest_n + (s_n - t_rest_n) * t_decay_n;
  // 1 where the last step left it below
  const t_below = 1 - (s_V - p_v_th >= 0 ? 1 : 0);
  // V >= v_th
  const spike = (n_V - p_v_th >= 0 ? 1 : 0) * t_below;
  state.s_m = n_m;
  state.s_h = n_h;
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
  {
    when: [{"preset": "unit"}],
    states: states_unit,
    init: init_unit,
    step: step_unit,
    inputs: ["x_I"],
    noise: [],
  },
];
