// Rendered from components/neurons/mcculloch-pitts/component.yaml by `spikex components render`: edit that file, not this.
//
// McCulloch-Pitts unit (neurons/mcculloch-pitts), version 1.0.0, licence BSD-3-Clause
// The first formal neuron: it fires when enough of its inputs do, unless an inhibitory one
//   forbids it.
//
// Papers:
// - McCulloch W.S., Pitts W. (1943). A logical calculus of the ideas immanent in nervous
//   activity, doi:10.1007/BF02478259
//
// An ES module without imports; numbers are float64, times in ms.
// Names: p_ parameter, x_ input.

// The parameters and their defaults.
export const parameters = {
  // How many active inputs (or how large a weighted sum) it takes to fire; above 0
  p_theta: 1.0,
};

// Named sets of parameters.
export const presets = {
  // or: Any of its inputs is enough.
  preset_or: {
    ...parameters,
    p_theta: 1.0,
  },
  // and: Both of two inputs are needed.
  preset_and: {
    ...parameters,
    p_theta: 2.0,
  },
};

// One time step.
//   spike where x*(1 - step(veto)) >= theta
export const states = [
];

// The first state: parameters, constants and states of one element.
export function init(given = parameters, dt = 1.0) {
  const { p_theta } = { ...parameters, ...given };
  return {
    dt,
    p_theta,
  };
}

// One step: returns 1 where it fires, else 0.
// x_x: Number of active inputs, or their weighted sum
// x_veto: Inhibition: where it is above 0 the unit does not fire, whatever else it hears
export function step(state, x_x, x_veto = 0.0) {
  const { p_theta } = state;
  // x*(1 - step(veto)) >= theta
  const spike = x_x * (1 - (x_veto > 0 ? 1 : 0)) - p_theta >= 0 ? 1 : 0;
  return spike;
}

// Each choice of the equations: when it holds, its functions, the arguments of a step.
export const variants = [
  {
    when: [{}],
    states,
    init,
    step,
    inputs: ["x_x", "x_veto"],
    noise: [],
  },
];
