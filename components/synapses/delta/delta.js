// Rendered from components/synapses/delta/component.yaml by `spikex components render`: edit that file, not this.
//
// Delta synapse (synapses/delta), version 1.0.0, licence BSD-3-Clause
// Every spike lifts the potential of the neuron behind it at once, by its weight in mV.
//
// Papers:
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, k_ part that stays the same, x_ input.

// The parameters and their defaults.
export const parameters = {
  // [ms] Membrane time constant of the neuron behind it: the same as there; above 0
  p_tau_m: 10.0,
  // [pF] Membrane capacitance of the neuron behind it: the same as there; above 0
  p_C_m: 250.0,
};

// One time step.
//   lift = C_m/(tau_m*(1 - exp(-dt/tau_m)))
//   goes out: lift*x
export const states = [
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 0.1) {
  const { p_tau_m, p_C_m } = { ...parameters, ...given };
  // the current which, during one step, lifts the potential by 1 mV
  const k_lift = p_C_m / (p_tau_m * (1 - Math.exp(-dt / p_tau_m)));
  return {
    dt,
    p_tau_m,
    p_C_m,
    k_lift,
  };
}

// One step: returns what goes out.
// x_x: [mV] Sum of the weights of the spikes that arrive in this step
export function step(state, x_x) {
  const { k_lift } = state;
  // lift*x
  const out = k_lift * x_x;
  return out;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_x"],
    noise: [],
  },
];
