// Rendered from components/neurons/fitzhugh-nagumo/component.yaml by `spikex components render`: edit that file, not this.
//
// FitzHugh-Nagumo (neurons/fitzhugh-nagumo), version 1.0.0, licence BSD-3-Clause
// Hodgkin and Huxley's four equations boiled down to two: a cubic that fires and a line that
//   recovers, all seen in one plane.
//
// Papers:
// - FitzHugh R. (1961). Impulses and physiological states in theoretical models of nerve
//   membrane, doi:10.1016/S0006-3495(61)86902-6
// - Nagumo J., Arimoto S., Yoshizawa S. (1962). An active pulse transmission line simulating
//   nerve axon, doi:10.1109/JRPROC.1962.288235
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state, t_ temporary,
//   d1_ slope, y2_ state inside a step.

// The parameters and their defaults.
export const parameters = {
  // Where the recovery has its zero: -a
  p_a: 0.7,
  // How strongly the recovery damps itself
  p_b: 0.8,
  // How much slower the recovery is than the potential; above 0
  p_epsilon: 0.08,
  // [ms] How long the model's unit of time lasts; an oscillation takes about 40 of them; above 0
  p_tau: 1.0,
  // A spike is counted where the potential rises through this value. Nothing is reset
  p_v_th: 1.0,
};

// Named sets of parameters.
export const presets = {
  // oscillation: The constant input of the textbooks: an endless train of spikes.
  preset_oscillation: {
    ...parameters,
  },
  // excitation-block: Too much of a good thing: above an input of about 1.42 the potential stays
  //   up and nothing fires.
  preset_excitation_block: {
    ...parameters,
  },
  // anodal-break: A spike after inhibition ends, without any excitation.
  preset_anodal_break: {
    ...parameters,
  },
  // unit: For networks at dt 1 ms: slower, so that a step is half a unit of time; an input of 0.5
  //   makes it fire.
  preset_unit: {
    ...parameters,
    p_tau: 2.0,
  },
};

// One time step.
//   x = clip(v, -10, 10)
//   dv/dt = (x - x*x*x/3 - w + I)/tau
//   dw/dt = epsilon*(v + a - b*w)/tau
//   integrated by: rk4
//   spike where v >= v_th begins to hold
export const states = [
  // Recovery
  "s_w",
  // Potential; starts where the defaults are at rest
  "s_v",
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_a, p_b, p_epsilon, p_tau, p_v_th } = { ...parameters, ...given };
  return {
    dt,
    p_a,
    p_b,
    p_epsilon,
    p_tau,
    p_v_th,
    s_w: (-0.624260044055),
    s_v: (-1.19940803524),
  };
}

// One step: returns 1 where it fires, else 0.
// x_I: Input, constant during a step. The rest gives way to oscillations at about 0.33, and
//   comes back at about 1.42
export function step(state, x_I) {
  const { p_a, p_b, p_epsilon, p_tau, p_v_th, s_w, s_v, dt } = state;
  let l_x = Math.min(Math.max(s_v, (-10)), 10);
  // dv/dt = (x - x*x*x/3 - w + I)/tau
  const d1_v = (l_x - l_x * l_x * l_x / 3 - s_w + x_I) / p_tau;
  // dw/dt = epsilon*(v + a - b*w)/tau
  const d1_w = p_epsilon * (s_v + p_a - p_b * s_w) / p_tau;
  const y2_v = s_v + dt / 2 * d1_v;
  const y2_w = s_w + dt / 2 * d1_w;
  l_x = Math.min(Math.max(y2_v, (-10)), 10);
  // dv/dt = (x - x*x*x/3 - w + I)/tau
  const d2_v = (l_x - l_x * l_x * l_x / 3 - y2_w + x_I) / p_tau;
  // dw/dt = epsilon*(v + a - b*w)/tau
  const d2_w = p_epsilon * (y2_v + p_a - p_b * y2_w) / p_tau;
  const y3_v = s_v + dt / 2 * d2_v;
  const y3_w = s_w + dt / 2 * d2_w;
  l_x = Math.min(Math.max(y3_v, (-10)), 10);
  // dv/dt = (x - x*x*x/3 - w + I)/tau
  const d3_v = (l_x - l_x * l_x * l_x / 3 - y3_w + x_I) / p_tau;
  // dw/dt = epsilon*(v + a - b*w)/tau
  const d3_w = p_epsilon * (y3_v + p_a - p_b * y3_w) / p_tau;
  const y4_v = s_v + dt * d3_v;
  const y4_w = s_w + dt * d3_w;
  l_x = Math.min(Math.max(y4_v, (-10)), 10);
  // dv/dt = (x - x*x*x/3 - w + I)/tau
  const d4_v = (l_x - l_x * l_x * l_x / 3 - y4_w + x_I) / p_tau;
  // dw/dt = epsilon*(v + a - b*w)/tau
  const d4_w = p_epsilon * (y4_v + p_a - p_b * y4_w) / p_tau;
  const n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v);
  const n_w = s_w + dt / 6 * (d1_w + 2 * d2_w + 2 * d3_w + d4_w);
  // 1 where the last step left it below
  const t_below = 1 - (s_v - p_v_th >= 0 ? 1 : 0);
  // v >= v_th
  const spike = (n_v - p_v_th >= 0 ? 1 : 0) * t_below;
  state.s_w = n_w;
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
