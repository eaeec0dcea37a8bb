// Rendered from components/neurons/adex/component.yaml by `spikex components render`: edit that file, not this.
//
// Adaptive exponential integrate-and-fire (AdEx) (neurons/adex), version 1.0.0, licence
//   BSD-3-Clause
// An exponential upstroke and one slow adaptation current: fits the spikes of cortical cells to
//   a few milliseconds.
//
// Papers:
// - Brette R., Gerstner W. (2005). Adaptive exponential integrate-and-fire model as an
//   effective description of neuronal activity, doi:10.1152/jn.00686.2005
// - Naud R., Marcille N., Clopath C., Gerstner W. (2008). Firing patterns in the adaptive
//   exponential integrate-and-fire model, doi:10.1007/s00422-008-0264-7
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state, d1_ slope, y2_
//   state inside a step.

// The parameters and their defaults.
export const parameters = {
  // [pF] Membrane capacitance; above 0
  p_C: 281.0,
  // [nS] Leak conductance; C/g_L is the membrane time constant; above 0
  p_g_L: 30.0,
  // [mV] Leak reversal potential: the rest without input
  p_E_L: -70.6,
  // [mV] Where the upstroke begins
  p_V_T: -50.4,
  // [mV] Sharpness of the upstroke; above 0
  p_Delta_T: 2.0,
  // [nS] Adaptation below the threshold: how strongly w follows the potential
  p_a: 4.0,
  // [ms] Time constant of the adaptation; above 0
  p_tau_w: 144.0,
  // [pA] What a spike adds to the adaptation current
  p_b: 80.5,
  // [mV] Potential after a spike; above V_T it makes bursts
  p_V_r: -60.0,
  // [mV] Top of the spike: reaching it resets
  p_V_peak: 0.0,
};

// Named sets of parameters.
export const presets = {
  // nest: The defaults of NEST's aeif_cond_exp (the component's own).
  preset_nest: {
    ...parameters,
  },
  // brette-gerstner: As fitted to a detailed model in 2005: resets to the rest.
  preset_brette_gerstner: {
    ...parameters,
    p_V_r: -70.6,
  },
  // unit: Without units, for networks: rest 0, threshold 1, resistance 1, time constant 10 ms,
  //   adaptation over 100 ms.
  preset_unit: {
    ...parameters,
    p_C: 10.0,
    p_g_L: 1.0,
    p_E_L: 0.0,
    p_V_T: 1.0,
    p_Delta_T: 0.2,
    p_a: 0.0,
    p_tau_w: 100.0,
    p_b: 0.1,
    p_V_r: 0.0,
    p_V_peak: 1.5,
  },
  // tonic-spiking: Tonic spiking: even intervals from the first one on.
  preset_tonic_spiking: {
    ...parameters,
    p_C: 200.0,
    p_g_L: 10.0,
    p_E_L: -70.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: 2.0,
    p_tau_w: 30.0,
    p_b: 0.0,
    p_V_r: -58.0,
  },
  // adaptation: Adaptation: the intervals grow during the step.
  preset_adaptation: {
    ...parameters,
    p_C: 200.0,
    p_g_L: 12.0,
    p_E_L: -70.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: 2.0,
    p_tau_w: 300.0,
    p_b: 60.0,
    p_V_r: -58.0,
  },
  // initial-burst: Initial burst: some close spikes at the onset, then even intervals.
  preset_initial_burst: {
    ...parameters,
    p_C: 130.0,
    p_g_L: 18.0,
    p_E_L: -58.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: 4.0,
    p_tau_w: 150.0,
    p_b: 120.0,
    p_V_r: -50.0,
  },
  // regular-bursting: Regular bursting: groups of spikes with pauses between them; the reset lies
  //   above V_T.
  preset_regular_bursting: {
    ...parameters,
    p_C: 200.0,
    p_g_L: 10.0,
    p_E_L: -58.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: 2.0,
    p_tau_w: 120.0,
    p_b: 100.0,
    p_V_r: -46.0,
  },
  // delayed-accelerating: Delayed accelerating: silent at first, then ever shorter intervals; the
  //   adaptation helps (a below 0).
  preset_delayed_accelerating: {
    ...parameters,
    p_C: 200.0,
    p_g_L: 12.0,
    p_E_L: -70.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: -10.0,
    p_tau_w: 300.0,
    p_b: 0.0,
    p_V_r: -58.0,
  },
  // delayed-regular-bursting: Delayed regular bursting: silent at first, then bursts.
  preset_delayed_regular_bursting: {
    ...parameters,
    p_C: 100.0,
    p_g_L: 10.0,
    p_E_L: -65.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: -10.0,
    p_tau_w: 90.0,
    p_b: 30.0,
    p_V_r: -47.0,
  },
  // transient-spiking: Transient spiking: fires at the onset, then silence though the current
  //   stays.
  preset_transient_spiking: {
    ...parameters,
    p_C: 100.0,
    p_g_L: 10.0,
    p_E_L: -65.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: 10.0,
    p_tau_w: 90.0,
    p_b: 100.0,
    p_V_r: -47.0,
  },
  // irregular-spiking: Irregular spiking: a constant current, no noise, and yet no two intervals
  //   alike: deterministic chaos.
  preset_irregular_spiking: {
    ...parameters,
    p_C: 100.0,
    p_g_L: 12.0,
    p_E_L: -60.0,
    p_V_T: -50.0,
    p_Delta_T: 2.0,
    p_a: -11.0,
    p_tau_w: 130.0,
    p_b: 30.0,
    p_V_r: -48.0,
  },
};

// One time step.
//   U = min(V, V_peak)
//   x = min((U - V_T)/Delta_T, 20)
//   dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
//   dw/dt = (a*(U - E_L) - w)/tau_w
//   integrated by: rk4
//   spike where V >= V_peak
//   at a spike: V = V_r
//   at a spike: w += b
export const states = [
  // [pA] Adaptation current: pulls the potential down
  "s_w",
  // [mV] Membrane potential
  "s_V",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.05) {
  const {
    p_C,
    p_g_L,
    p_E_L,
    p_V_T,
    p_Delta_T,
    p_a,
    p_tau_w,
    p_b,
    p_V_r,
    p_V_peak,
  } = { ...parameters, ...given };
  return {
    dt,
    p_C,
    p_g_L,
    p_E_L,
    p_V_T,
    p_Delta_T,
    p_a,
    p_tau_w,
    p_b,
    p_V_r,
    p_V_peak,
    s_w: 0,
    s_V: p_E_L,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [pA] Input current, constant during a step
export function step(state, x_I) {
  const {
    p_C,
    p_g_L,
    p_E_L,
    p_V_T,
    p_Delta_T,
    p_a,
    p_tau_w,
    p_b,
    p_V_r,
    p_V_peak,
    s_w,
    s_V,
    dt,
  } = state;
  let l_U = Math.min(s_V, p_V_peak);
  let l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
  const d1_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) - s_w + x_I) / p_C;
  // dw/dt = (a*(U - E_L) - w)/tau_w
  const d1_w = (p_a * (l_U - p_E_L) - s_w) / p_tau_w;
  const y2_V = s_V + dt / 2 * d1_V;
  const y2_w = s_w + dt / 2 * d1_w;
  l_U = Math.min(y2_V, p_V_peak);
  l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
  const d2_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) - y2_w + x_I) / p_C;
  // dw/dt = (a*(U - E_L) - w)/tau_w
  const d2_w = (p_a * (l_U - p_E_L) - y2_w) / p_tau_w;
  const y3_V = s_V + dt / 2 * d2_V;
  const y3_w = s_w + dt / 2 * d2_w;
  l_U = Math.min(y3_V, p_V_peak);
  l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
  const d3_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) - y3_w + x_I) / p_C;
  // dw/dt = (a*(U - E_L) - w)/tau_w
  const d3_w = (p_a * (l_U - p_E_L) - y3_w) / p_tau_w;
  const y4_V = s_V + dt * d3_V;
  const y4_w = s_w + dt * d3_w;
  l_U = Math.min(y4_V, p_V_peak);
  l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
  const d4_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) - y4_w + x_I) / p_C;
  // dw/dt = (a*(U - E_L) - w)/tau_w
  const d4_w = (p_a * (l_U - p_E_L) - y4_w) / p_tau_w;
  let n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V);
  let n_w = s_w + dt / 6 * (d1_w + 2 * d2_w + 2 * d3_w + d4_w);
  // V >= V_peak
  const spike = n_V - p_V_peak >= 0 ? 1 : 0;
  // where it fired: V = V_r
  n_V = spike > 0 ? p_V_r : n_V;
  // where it fired: w += b
  n_w = n_w + spike * p_b;
  state.s_w = n_w;
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
