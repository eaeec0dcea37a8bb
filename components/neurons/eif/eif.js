// Rendered from components/neurons/eif/component.yaml by `spikex components render`: edit that file, not this.
//
// Exponential integrate-and-fire (neurons/eif), version 1.0.0, licence BSD-3-Clause
// A leaky membrane with an exponential upstroke: how the sodium current begins a spike, in one
//   term.
//
// Papers:
// - Fourcaud-Trocme N., Hansel D., van Vreeswijk C., Brunel N. (2003). How spike generation
//   mechanisms determine the neuronal response to fluctuating inputs,
//   doi:10.1523/JNEUROSCI.23-37-11628.2003
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, l_ part that changes, n_
//   new state, d1_ slope, y2_ state inside a step.

// The parameters and their defaults.
export const parameters = {
  // [uF/cm**2] Membrane capacitance; above 0
  p_C: 1.0,
  // [mS/cm**2] Leak conductance; C/g_L is the membrane time constant; above 0
  p_g_L: 0.1,
  // [mV] Leak reversal potential: the rest without input
  p_E_L: -65.0,
  // [mV] Where the slope of the current-voltage curve is 0: the threshold for a constant current
  p_V_T: -59.9,
  // [mV] Sharpness of the upstroke; towards 0 the neuron becomes leaky integrate-and-fire with
  //   threshold V_T; above 0
  p_Delta_T: 3.48,
  // [mV] Top of the spike: from here infinity is reached within a few microseconds
  p_V_peak: -30.0,
  // [mV] Potential after a spike
  p_V_r: -68.0,
  // [ms] Refractory period: the potential stands still for so long after a spike; at least 0
  p_t_ref: 1.7,
};

// Named sets of parameters.
export const presets = {
  // unit: Without units, for networks: rest 0, threshold 1, resistance 1, time constant 10 ms, no
  //   refractory period.
  preset_unit: {
    ...parameters,
    p_C: 10.0,
    p_g_L: 1.0,
    p_E_L: 0.0,
    p_V_T: 1.0,
    p_Delta_T: 0.2,
    p_V_peak: 1.5,
    p_V_r: 0.0,
    p_t_ref: 0.0,
  },
};

// To the nearest whole number, halves to the even one.
function round(x) {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : Math.ceil(x);
}

// One time step.
//   U = min(V, V_peak)
//   x = min((U - V_T)/Delta_T, 20)
//   dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) + I)/C
//   integrated by: rk4
//   spike where V >= V_peak
//   at a spike: V = V_r
//   after a spike, stand still for: t_ref ms
export const states = [
  // [mV] Membrane potential
  "s_V",
  // Steps left to stand still after a spike
  "s_refractory",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.05) {
  const {
    p_C,
    p_g_L,
    p_E_L,
    p_V_T,
    p_Delta_T,
    p_V_peak,
    p_V_r,
    p_t_ref,
  } = { ...parameters, ...given };
  // refractory period in steps
  const c_refractory = round(p_t_ref / dt);
  return {
    dt,
    p_C,
    p_g_L,
    p_E_L,
    p_V_T,
    p_Delta_T,
    p_V_peak,
    p_V_r,
    p_t_ref,
    c_refractory,
    s_V: p_E_L,
    s_refractory: 0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [uA/cm**2] Input current per area, constant during a step
export function step(state, x_I) {
  const {
    p_C,
    p_g_L,
    p_E_L,
    p_V_T,
    p_Delta_T,
    p_V_peak,
    p_V_r,
    c_refractory,
    s_V,
    s_refractory,
    dt,
  } = state;
  let l_U = Math.min(s_V, p_V_peak);
  let l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) + I)/C
  const d1_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) + x_I) / p_C;
  const y2_V = s_V + dt / 2 * d1_V;
  l_U = Math.min(y2_V, p_V_peak);
  l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  const d2_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) + x_I) / p_C;
  const y3_V = s_V + dt / 2 * d2_V;
  l_U = Math.min(y3_V, p_V_peak);
  l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  const d3_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) + x_I) / p_C;
  const y4_V = s_V + dt * d3_V;
  l_U = Math.min(y4_V, p_V_peak);
  l_x = Math.min((l_U - p_V_T) / p_Delta_T, 20);
  const d4_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * Math.exp(l_x) + x_I) / p_C;
  let n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V);
  // stands still while refractory
  n_V = s_refractory > 0 ? s_V : n_V;
  // V >= V_peak
  const spike = s_refractory > 0 ? 0 : (n_V - p_V_peak >= 0 ? 1 : 0);
  // where it fired: V = V_r
  n_V = spike > 0 ? p_V_r : n_V;
  // steps left to stand still
  const n_refractory = spike > 0 ? c_refractory : Math.max(s_refractory - 1, 0);
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
