// Rendered from components/synapses/delta/component.yaml by `spikex components render`: edit that file, not this.
//
// Delta synapse (synapses/delta), version 1.0.0, licence BSD-3-Clause
// Every spike lifts the potential of the neuron behind it at once, by its weight in mV.
//
// Papers:
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, x_ input.
#ifndef SPIKEX_SYNAPSES_DELTA
#define SPIKEX_SYNAPSES_DELTA

#include <cmath>

namespace synapses_delta {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [ms] Membrane time constant of the neuron behind it: the same as there; above 0
    T p_tau_m = T(10.0);
    // [pF] Membrane capacitance of the neuron behind it: the same as there; above 0
    T p_C_m = T(250.0);
};

// One time step.
//   lift = C_m/(tau_m*(1 - exp(-dt/tau_m)))
//   goes out: lift*x
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau_m;
    using Parameters<T>::p_C_m;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T k_lift = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // the current which, during one step, lifts the potential by 1 mV
        k_lift = p_C_m / (p_tau_m * (T(1) - std::exp(-dt / p_tau_m)));
    }

    // Back to the first values of the states.
    void init() {
    }

    // One step: returns what goes out.
    // x_x: [mV] Sum of the weights of the spikes that arrive in this step
    T step(T x_x) {
        // lift*x
        const T out = k_lift * x_x;
        return out;
    }
};

}  // namespace synapses_delta

#endif
