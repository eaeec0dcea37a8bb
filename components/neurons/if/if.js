// Rendered from components/neurons/if/component.yaml by `spikex components render`: edit that file, not this.
//
// Perfect integrate-and-fire (neurons/if), version 1.0.0, licence BSD-3-Clause
// A capacitor without a leak: it adds up its input, fires at the threshold and starts again.
//
// Papers:
// - Lapicque L.; translation by Brunel N., van Rossum M.C.W. (2007). Quantitative
//   investigations of electrical nerve excitation treated as polarization,
//   doi:10.1007/s00422-007-0189-6
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
// - Pedersen J.E., Abreu S., Jobst M., Lenz G., Fra V., Bauer F.C., Muir D.R., Zhou P.,
//   Vogginger B., Heckel K., Urgese G., Shankar S., Stewart T.C., Sheik S., Eshraghian J.K.
//   (2024). Neuromorphic intermediate representation: A unified instruction set for
//   interoperable brain-inspired computing, doi:10.1038/s41467-024-52259-9
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, n_ new state.

// The parameters and their defaults.
export const parameters = {
  // [pF] Capacitance: how much charge lifts the potential by 1 mV; above 0
  p_C_m: 1.0,
  // [mV] Threshold: the neuron fires where the potential reaches it
  p_v_th: 1.0,
  // [mV] Potential at the beginning and, with reset: value, after a spike
  p_v_reset: 0.0,
};

// Named sets of parameters.
export const presets = {
  // cell: A capacitance and potentials as a real cell has them.
  preset_cell: {
    ...parameters,
    p_C_m: 250.0,
    p_v_th: -55.0,
    p_v_reset: -70.0,
  },
};

// One time step with reset=value.
//   dv/dt = I/C_m
//   integrated by: exact
//   spike where v >= v_th
//   at a spike: v = v_reset
export const states = [
  // [mV] Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_C_m, p_v_th, p_v_reset } = { ...parameters, ...given };
  return {
    dt,
    p_C_m,
    p_v_th,
    p_v_reset,
    s_v: p_v_reset,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [pA] Input current, constant during a step
export function step(state, x_I) {
  const { p_C_m, p_v_th, p_v_reset, s_v, dt } = state;
  // dv/dt = I/C_m
  let n_v = s_v + dt * (x_I / p_C_m);
  // v >= v_th
  const spike = n_v - p_v_th >= 0 ? 1 : 0;
  // where it fired: v = v_reset
  n_v = spike > 0 ? p_v_reset : n_v;
  state.s_v = n_v;
  return spike;
}

// One time step with reset=subtract.
//   dv/dt = I/C_m
//   integrated by: exact
//   spike where v >= v_th
//   at a spike: v -= v_th - v_reset
export const states_subtract = [
  // [mV] Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init_subtract(given = parameters, dt = 1.0) {
  const { p_C_m, p_v_th, p_v_reset } = { ...parameters, ...given };
  return {
    dt,
    p_C_m,
    p_v_th,
    p_v_reset,
    s_v: p_v_reset,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [pA] Input current, constant during a step
export function step_subtract(state, x_I) {
  const { p_C_m, p_v_th, p_v_reset, s_v, dt } = state;
  // dv/dt = I/C_m
  let n_v = s_v + dt * (x_I / p_C_m);
  // v >= v_th
  const spike = n_v - p_v_th >= 0 ? 1 : 0;
  // where it fired: v -= v_th - v_reset
  n_v = n_v - spike * (p_v_th - p_v_reset);
  state.s_v = n_v;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{"reset": "value"}],
    states,
    init,
    step,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"reset": "subtract"}],
    states: states_subtract,
    init: init_subtract,
    step: step_subtract,
    inputs: ["x_I"],
    noise: [],
  },
];
