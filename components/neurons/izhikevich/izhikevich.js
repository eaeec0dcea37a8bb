// Rendered from components/neurons/izhikevich/component.yaml by `spikex components render`: edit that file, not this.
//
// Izhikevich (neurons/izhikevich), version 1.0.0, licence BSD-3-Clause
// Two equations and four numbers that spike, burst, adapt and resonate in all the ways that
//   cortical neurons do.
//
// Papers:
// - Izhikevich E.M. (2003). Simple model of spiking neurons, doi:10.1109/TNN.2003.820440
// - Izhikevich E.M. (2004). Which model to use for cortical spiking neurons?,
//   doi:10.1109/TNN.2004.832719
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state, d1_ slope, y2_ state inside a step.

// The parameters and their defaults.
export const parameters = {
  // [1/ms] How fast the recovery u follows: 1/a is its time constant
  p_a: 0.02,
  // [1/ms] How strongly u follows the potential below the threshold; above 0.25 the cell
  //   resonates
  p_b: 0.2,
  // [mV] Potential after a spike
  p_c: -65.0,
  // [mV/ms] What a spike adds to u
  p_d: 8.0,
  // [mV] Top of the spike: reaching it resets. It is no threshold; that one moves
  p_v_peak: 30.0,
  // [mV] Potential to start from; u starts at b*v_0
  p_v_0: -65.0,
  // What an input of 1 is worth. 1: the input is I as published; in networks 10 to 30; above 0
  p_gain: 1.0,
};

// Named sets of parameters.
export const presets = {
  // unit: For networks: an input of 1 makes it fire. Use dt 0.5 or 1 ms.
  preset_unit: {
    ...parameters,
    p_gain: 20.0,
  },
  // RS: Regular spiking (2003): most excitatory cortical cells; the intervals grow during a step.
  preset_rs: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.2,
    p_c: -65.0,
    p_d: 8.0,
  },
  // IB: Intrinsically bursting (2003): a burst first, then single spikes.
  preset_ib: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.2,
    p_c: -55.0,
    p_d: 4.0,
  },
  // CH: Chattering (2003): bursts of close spikes, again and again.
  preset_ch: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.2,
    p_c: -50.0,
    p_d: 2.0,
  },
  // FS: Fast spiking (2003): inhibitory cells; high rate, no adaptation.
  preset_fs: {
    ...parameters,
    p_a: 0.1,
    p_b: 0.2,
    p_c: -65.0,
    p_d: 2.0,
  },
  // LTS: Low-threshold spiking (2003): inhibitory cells that fire on little current, and adapt.
  preset_lts: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.25,
    p_c: -65.0,
    p_d: 2.0,
  },
  // RZ: Resonator (2003): rests with damped oscillations; a short pulse switches tonic firing on.
  preset_rz: {
    ...parameters,
    p_a: 0.1,
    p_b: 0.26,
    p_c: -65.0,
    p_d: 2.0,
    p_v_0: -62.0,
  },
  // TC: Thalamo-cortical (2003): from a hyperpolarized state a step of current gives a rebound
  //   burst.
  preset_tc: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.25,
    p_c: -65.0,
    p_d: 0.05,
    p_v_0: -63.0,
  },
  // tonic-spiking: (A) Tonic spiking: fires on and on while the step lasts.
  preset_tonic_spiking: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.2,
    p_c: -65.0,
    p_d: 6.0,
    p_v_0: -70.0,
  },
  // phasic-spiking: (B) Phasic spiking: one spike at the onset of the step, then silence.
  preset_phasic_spiking: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.25,
    p_c: -65.0,
    p_d: 6.0,
    p_v_0: -64.0,
  },
  // tonic-bursting: (C) Tonic bursting: bursts of spikes while the step lasts.
  preset_tonic_bursting: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.2,
    p_c: -50.0,
    p_d: 2.0,
    p_v_0: -70.0,
  },
  // phasic-bursting: (D) Phasic bursting: one burst at the onset of the step, then silence.
  preset_phasic_bursting: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.25,
    p_c: -55.0,
    p_d: 0.05,
    p_v_0: -64.0,
  },
  // mixed-mode: (E) Mixed mode: a burst at the onset, single spikes afterwards.
  preset_mixed_mode: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.2,
    p_c: -55.0,
    p_d: 4.0,
    p_v_0: -70.0,
  },
  // spike-frequency-adaptation: (F) Spike frequency adaptation: the intervals grow while the step
  //   lasts.
  preset_spike_frequency_adaptation: {
    ...parameters,
    p_a: 0.01,
    p_b: 0.2,
    p_c: -65.0,
    p_d: 8.0,
    p_v_0: -70.0,
  },
  // class-1: (G) Class 1 excitable: under a ramp it begins with a low rate, which then grows. The
  //   published figure uses another fit of the quadratic than the other patterns.
  preset_class_1: {
    ...parameters,
    p_a: 0.02,
    p_b: -0.1,
    p_c: -55.0,
    p_d: 6.0,
    p_v_0: -60.0,
  },
  // class-2: (H) Class 2 excitable: under a ramp it is silent, then fires at a high rate at once.
  preset_class_2: {
    ...parameters,
    p_a: 0.2,
    p_b: 0.26,
    p_c: -65.0,
    p_d: 0.0,
    p_v_0: -64.0,
  },
  // spike-latency: (I) Spike latency: the spike comes long after the short pulse that causes it.
  preset_spike_latency: {
    ...parameters,
    p_a: 0.02,
    p_b: 0.2,
    p_c: -65.0,
    p_d: 6.0,
    p_v_0: -70.0,
  },
  // subthreshold-oscillations: (J) Subthreshold oscillations: one spike, then the potential
  //   rings.
  preset_subthreshold_oscillations: {
    ...parameters,
    p_a: 0.05,
    p_b: 0.26,
    p_c: -60.0,
    p_d: 0.0,
    p_v_0: -62.0,
  },
  // resonator: (K) Resonator: of two pairs of pulses only the one at its own rhythm makes it
  //   fire.
  preset_resonator: {
    ...parameters,
    p_a: 0.1,
    p_b: 0.26,
    p_c: -60.0,
    p_d: -1.0,
    p_v_0: -62.0,
  },
  // integrator: (L) Integrator: of two pairs of pulses only the close pair makes it fire. The
  //   published figure uses another fit of the quadratic than the other patterns.
  preset_integrator: {
    ...parameters,
    p_a: 0.02,
    p_b: -0.1,
    p_c: -55.0,
    p_d: 6.0,
    p_v_0: -60.0,
  },
  // rebound-spike: (M) Rebound spike: inhibition ends, and it fires once.
  preset_rebound_spike: {
    ...parameters,
    p_a: 0.03,
    p_b: 0.25,
    p_c: -60.0,
    p_d: 4.0,
    p_v_0: -64.0,
  },
  // rebound-burst: (N) Rebound burst: inhibition ends, and it fires a burst.
  preset_rebound_burst: {
    ...parameters,
    p_a: 0.03,
    p_b: 0.25,
    p_c: -52.0,
    p_d: 0.0,
    p_v_0: -64.0,
  },
  // threshold-variability: (O) Threshold variability: the same pulse does nothing at first, and
  //   makes it fire after a short inhibition.
  preset_threshold_variability: {
    ...parameters,
    p_a: 0.03,
    p_b: 0.25,
    p_c: -60.0,
    p_d: 4.0,
    p_v_0: -64.0,
  },
  // bistability: (P) Bistability: one pulse switches tonic firing on, the next one off. The
  //   second pulse comes at 207 ms, not at 216 as in the published figure, which was drawn with
  //   Euler steps of 0.25 ms: to switch off it has to meet the right phase of the exact solution.
  preset_bistability: {
    ...parameters,
    p_a: 0.1,
    p_b: 0.26,
    p_c: -60.0,
    p_d: 0.0,
    p_v_0: -61.0,
  },
  // depolarizing-after-potential: (Q) Depolarizing after-potential: after the spike the potential
  //   stays above rest for a while. With the published d = -21, made for Euler steps of 0.1 ms,
  //   the exact solution fires on; -18 shows the pattern.
  preset_depolarizing_after_potential: {
    ...parameters,
    p_a: 1.0,
    p_b: 0.2,
    p_c: -60.0,
    p_d: -18.0,
    p_v_0: -70.0,
  },
  // accommodation: (R) Accommodation: a slow ramp leaves it silent, a fast one of the same height
  //   makes it fire. The published figure uses an equation of its own for u.
  preset_accommodation: {
    ...parameters,
    p_a: 0.02,
    p_b: 1.0,
    p_c: -55.0,
    p_d: 4.0,
    p_v_0: -65.0,
  },
  // inhibition-induced-spiking: (S) Inhibition-induced spiking: fires while the current is lower.
  preset_inhibition_induced_spiking: {
    ...parameters,
    p_a: -0.02,
    p_b: -1.0,
    p_c: -60.0,
    p_d: 8.0,
    p_v_0: -63.8,
  },
  // inhibition-induced-bursting: (T) Inhibition-induced bursting: fires bursts while the current
  //   is lower. With d = 0, as in the paper's list; with the -2 of the program for its figure the
  //   exact solution runs away.
  preset_inhibition_induced_bursting: {
    ...parameters,
    p_a: -0.026,
    p_b: -1.0,
    p_c: -45.0,
    p_d: 0.0,
    p_v_0: -63.8,
  },
};

// One time step.
//   quadratic = 0.04
//   linear = 5.0
//   constant = 140.0
//   x = min(v, v_peak)
//   dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
//   du/dt = a*(b*x - u)
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = c
//   at a spike: u += d
export const states = [
  // [mV/ms] Recovery: potassium on, sodium off; pulls the potential down
  "s_u",
  // [mV] Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_a, p_b, p_c, p_d, p_v_peak, p_v_0, p_gain } = { ...parameters, ...given };
  // fit of the upstroke: quadratic part
  const k_quadratic = 0.04;
  // fit of the upstroke: linear part
  const k_linear = 5.0;
  // fit of the upstroke: constant part
  const k_constant = 140.0;
  return {
    dt,
    p_a,
    p_b,
    p_c,
    p_d,
    p_v_peak,
    p_v_0,
    p_gain,
    k_quadratic,
    k_linear,
    k_constant,
    s_u: p_b * p_v_0,
    s_v: p_v_0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [mV/ms] Input; a current over a capacitance of 1, hence mV/ms
export function step(state, x_I) {
  const {
    p_a,
    p_b,
    p_c,
    p_d,
    p_v_peak,
    p_gain,
    k_quadratic,
    k_linear,
    k_constant,
    s_u,
    s_v,
    dt,
  } = state;
  let l_x = Math.min(s_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d1_u = p_a * (p_b * l_x - s_u);
  const y2_v = s_v + dt / 2 * d1_v;
  const y2_u = s_u + dt / 2 * d1_u;
  l_x = Math.min(y2_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d2_u = p_a * (p_b * l_x - y2_u);
  const y3_v = s_v + dt / 2 * d2_v;
  const y3_u = s_u + dt / 2 * d2_u;
  l_x = Math.min(y3_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d3_u = p_a * (p_b * l_x - y3_u);
  const y4_v = s_v + dt * d3_v;
  const y4_u = s_u + dt * d3_u;
  l_x = Math.min(y4_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d4_u = p_a * (p_b * l_x - y4_u);
  let n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v);
  let n_u = s_u + dt / 6 * (d1_u + 2 * d2_u + 2 * d3_u + d4_u);
  // v >= v_peak
  const spike = n_v - p_v_peak >= 0 ? 1 : 0;
  // where it fired: v = c
  n_v = spike > 0 ? p_c : n_v;
  // where it fired: u += d
  n_u = n_u + spike * p_d;
  state.s_u = n_u;
  state.s_v = n_v;
  return spike;
}

// One time step with preset=class-1 or preset=integrator.
//   quadratic = 0.04
//   linear = 4.1
//   constant = 108.0
//   x = min(v, v_peak)
//   dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
//   du/dt = a*(b*x - u)
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = c
//   at a spike: u += d
export const states_class_1 = [
  // [mV/ms] Recovery: potassium on, sodium off; pulls the potential down
  "s_u",
  // [mV] Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init_class_1(given = parameters, dt = 0.1) {
  const { p_a, p_b, p_c, p_d, p_v_peak, p_v_0, p_gain } = { ...parameters, ...given };
  // fit of the upstroke: quadratic part
  const k_quadratic = 0.04;
  // fit of the upstroke: linear part
  const k_linear = 4.1;
  // fit of the upstroke: constant part
  const k_constant = 108.0;
  return {
    dt,
    p_a,
    p_b,
    p_c,
    p_d,
    p_v_peak,
    p_v_0,
    p_gain,
    k_quadratic,
    k_linear,
    k_constant,
    s_u: p_b * p_v_0,
    s_v: p_v_0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [mV/ms] Input; a current over a capacitance of 1, hence mV/ms
export function step_class_1(state, x_I) {
  const {
    p_a,
    p_b,
    p_c,
    p_d,
    p_v_peak,
    p_gain,
    k_quadratic,
    k_linear,
    k_constant,
    s_u,
    s_v,
    dt,
  } = state;
  let l_x = Math.min(s_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d1_u = p_a * (p_b * l_x - s_u);
  const y2_v = s_v + dt / 2 * d1_v;
  const y2_u = s_u + dt / 2 * d1_u;
  l_x = Math.min(y2_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d2_u = p_a * (p_b * l_x - y2_u);
  const y3_v = s_v + dt / 2 * d2_v;
  const y3_u = s_u + dt / 2 * d2_u;
  l_x = Math.min(y3_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d3_u = p_a * (p_b * l_x - y3_u);
  const y4_v = s_v + dt * d3_v;
  const y4_u = s_u + dt * d3_u;
  l_x = Math.min(y4_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I;
  // du/dt = a*(b*x - u)
  const d4_u = p_a * (p_b * l_x - y4_u);
  let n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v);
  let n_u = s_u + dt / 6 * (d1_u + 2 * d2_u + 2 * d3_u + d4_u);
  // v >= v_peak
  const spike = n_v - p_v_peak >= 0 ? 1 : 0;
  // where it fired: v = c
  n_v = spike > 0 ? p_c : n_v;
  // where it fired: u += d
  n_u = n_u + spike * p_d;
  state.s_u = n_u;
  state.s_v = n_v;
  return spike;
}

// One time step with preset=accommodation.
//   quadratic = 0.04
//   linear = 5.0
//   constant = 140.0
//   x = min(v, v_peak)
//   v_rest = -65.0
//   u_0 = -16.0
//   dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
//   du/dt = a*b*(x - v_rest)
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = c
//   at a spike: u += d
export const states_accommodation = [
  // [mV/ms] Recovery: integrates the distance from rest; it has no decay of its own
  "s_u",
  // [mV] Membrane potential
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init_accommodation(given = parameters, dt = 0.1) {
  const { p_a, p_b, p_c, p_d, p_v_peak, p_v_0, p_gain } = { ...parameters, ...given };
  // fit of the upstroke: quadratic part
  const k_quadratic = 0.04;
  // fit of the upstroke: linear part
  const k_linear = 5.0;
  // fit of the upstroke: constant part
  const k_constant = 140.0;
  // where u stands still
  const k_v_rest = (-65.0);
  // u to start from
  const k_u_0 = (-16.0);
  return {
    dt,
    p_a,
    p_b,
    p_c,
    p_d,
    p_v_peak,
    p_v_0,
    p_gain,
    k_quadratic,
    k_linear,
    k_constant,
    k_v_rest,
    k_u_0,
    s_u: k_u_0,
    s_v: p_v_0,
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: [mV/ms] Input; a current over a capacitance of 1, hence mV/ms
export function step_accommodation(state, x_I) {
  const {
    p_a,
    p_b,
    p_c,
    p_d,
    p_v_peak,
    p_gain,
    k_quadratic,
    k_linear,
    k_constant,
    k_v_rest,
    s_u,
    s_v,
    dt,
  } = state;
  let l_x = Math.min(s_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I;
  // du/dt = a*b*(x - v_rest)
  const d1_u = p_a * p_b * (l_x - k_v_rest);
  const y2_v = s_v + dt / 2 * d1_v;
  const y2_u = s_u + dt / 2 * d1_u;
  l_x = Math.min(y2_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I;
  // du/dt = a*b*(x - v_rest)
  const d2_u = p_a * p_b * (l_x - k_v_rest);
  const y3_v = s_v + dt / 2 * d2_v;
  const y3_u = s_u + dt / 2 * d2_u;
  l_x = Math.min(y3_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I;
  // du/dt = a*b*(x - v_rest)
  const d3_u = p_a * p_b * (l_x - k_v_rest);
  const y4_v = s_v + dt * d3_v;
  const y4_u = s_u + dt * d3_u;
  l_x = Math.min(y4_v, p_v_peak);
  // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
  const d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I;
  // du/dt = a*b*(x - v_rest)
  const d4_u = p_a * p_b * (l_x - k_v_rest);
  let n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v);
  let n_u = s_u + dt / 6 * (d1_u + 2 * d2_u + 2 * d3_u + d4_u);
  // v >= v_peak
  const spike = n_v - p_v_peak >= 0 ? 1 : 0;
  // where it fired: v = c
  n_v = spike > 0 ? p_c : n_v;
  // where it fired: u += d
  n_u = n_u + spike * p_d;
  state.s_u = n_u;
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
  {
    when: [{"preset": "class-1"}, {"preset": "integrator"}],
    states: states_class_1,
    init: init_class_1,
    step: step_class_1,
    inputs: ["x_I"],
    noise: [],
  },
  {
    when: [{"preset": "accommodation"}],
    states: states_accommodation,
    init: init_accommodation,
    step: step_accommodation,
    inputs: ["x_I"],
    noise: [],
  },
];
