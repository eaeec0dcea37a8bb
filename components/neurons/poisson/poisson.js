// Rendered from components/neurons/poisson/component.yaml by `spikex components render`: edit that file, not this.
//
// Poisson source (Bernoulli per step) (neurons/poisson), version 1.0.0, licence BSD-3-Clause
// Fires at random, at every step anew, as often on average as its input says.
//
// Papers:
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, x_ input, z_ random number, l_ part that
//   changes.

// The parameters and their defaults.
export const parameters = {
  // Multiplies the rate. Inputs between 0 and 1 with gain 100 are rates up to 100 Hz; at least 0
  p_gain: 1.0,
};

// One time step.
//   second = 1000
//   p = gain*rate*dt/second
//   spike where p > xi
export const states = [
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_gain } = { ...parameters, ...given };
  // how many ms a second has
  const k_second = 1000;
  return {
    dt,
    p_gain,
    k_second,
  };
}

// One step: returns 1 where it fires, else 0.
// x_rate: [Hz] Firing rate at this step; below 0 counts as 0
// z_xi: Decides whether this step has a spike; uniform in 0..1, drawn anew
export function step(state, x_rate, z_xi) {
  const { p_gain, k_second, dt } = state;
  // probability of a spike in this step
  const l_p = p_gain * x_rate * dt / k_second;
  // p > xi
  const spike = l_p - z_xi > 0 ? 1 : 0;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_rate"],
    noise: ["z_xi"],
  },
];
