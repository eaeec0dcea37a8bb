// Rendered from components/neurons/qif/component.yaml by `spikex components render`: edit that file, not this.
//
// Quadratic integrate-and-fire (neurons/qif), version 1.0.0, licence BSD-3-Clause
// A membrane whose own current grows with the square of the potential: the simplest neuron with
//   a real upstroke.
//
// Papers:
// - Ermentrout G.B., Kopell N. (1986). Parabolic bursting in an excitable system coupled with a
//   slow oscillation, doi:10.1137/0146017
// - Latham P.E., Richmond B.J., Nelson P.G., Nirenberg S. (2000). Intrinsic dynamics in
//   neuronal networks. I. Theory, doi:10.1152/jn.2000.83.2.808
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state, d1_ slope, y2_
//   state inside a step.

// The parameters and their defaults.
export const parameters = {
  // [ms] Membrane time constant; above 0
  p_tau: 2.0,
  // Strength of the quadratic current; above 0
  p_a_0: 1.0,
  // Resting potential
  p_v_rest: 0.0,
  // Critical potential: above it the neuron drives itself up to the peak
  p_v_c: 0.8,
  // Top of the spike
  p_v_peak: 1.0,
  // Potential after a spike
  p_v_reset: -0.1,
};

// Named sets of parameters.
export const presets = {
  // canonical: Normal form dv/dt = v*v + I (time in units of tau) from -100 to 100: a constant
  //   input fires at sqrt(I)/(pi*tau).
  preset_canonical: {
    ...parameters,
    p_tau: 10.0,
    p_a_0: 1.0,
    p_v_rest: 0.0,
    p_v_c: 0.0,
    p_v_peak: 100.0,
    p_v_reset: -100.0,
  },
  // unit: For networks: the defaults with a longer memory; 0.16 of constant input makes it fire.
  preset_unit: {
    ...parameters,
    p_tau: 5.0,
  },
};

// One time step.
//   u = min(v, v_peak)
//   dv/dt = (a_0*(u - v_rest)*(u - v_c) + I)/tau
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = v_reset
export const states = [
  // Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_tau, p_a_0, p_v_rest, p_v_c, p_v_peak, p_v_reset } = { ...parameters, ...given };
  return {
    dt,
    p_tau,
    p_a_0,
    p_v_rest,
    p_v_c,
    p_v_peak,
    p_v_reset,
    s_v: p_v_rest,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input, constant during a step; the resistance is 1
export function step(state, x_I) {
  const { p_tau, p_a_0, p_v_rest, p_v_c, p_v_peak, p_v_reset, s_v, dt } = state;
  let l_u = Math.min(s_v, p_v_peak);
  // dv/dt = (a_0*(u - v_rest)*(u - v_c) + I)/tau
  const d1_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
  const y2_v = s_v + dt / 2 * d1_v;
  l_u = Math.min(y2_v, p_v_peak);
  const d2_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
  const y3_v = s_v + dt / 2 * d2_v;
  l_u = Math.min(y3_v, p_v_peak);
  const d3_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
  const y4_v = s_v + dt * d3_v;
  l_u = Math.min(y4_v, p_v_peak);
  const d4_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
  let n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v);
  // v >= v_peak
  const spike = n_v - p_v_peak >= 0 ? 1 : 0;
  // where it fired: v = v_reset
  n_v = spike > 0 ? p_v_reset : n_v;
  state.s_v = n_v;
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
