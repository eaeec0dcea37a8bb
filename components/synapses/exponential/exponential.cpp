// Rendered from components/synapses/exponential/component.yaml by `spikex components render`: edit that file, not this.
//
// Exponential synapse (synapses/exponential), version 1.0.0, licence BSD-3-Clause
// Every spike starts a current that decays exponentially.
//
// Papers:
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
// - Rotter S., Diesmann M. (1999). Exact digital simulation of time-invariant linear systems
//   with applications to neuronal modeling, doi:10.1007/s004220050570
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_SYNAPSES_EXPONENTIAL
#define SPIKEX_SYNAPSES_EXPONENTIAL

#include <cmath>

namespace synapses_exponential {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [ms] Time constant of the current; above 0
    T p_tau_s = T(2.0);

    // nest: The synapse inside NEST's iaf_psc_exp (the component's own values).
    static Parameters preset_nest() {
        Parameters made;
        made.p_tau_s = T(2.0);
        return made;
    }
};

// One time step.
//   dI/dt = -I/tau_s
//   integrated by: exact
//   then, at every step: I += x
//   goes out: I
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau_s;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_I = T(0);

    // States.
    // [pA] Synaptic current
    T s_I = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how much of I is left after one step
        c_decay_I = std::exp(-dt / p_tau_s);
    }

    // Back to the first values of the states.
    void init() {
        s_I = T(0);
    }

    // One step: returns what goes out.
    // x_x: [pA] Sum of the weights of the spikes that arrive in this step
    T step(T x_x) {
        // where I is heading
        const T t_rest_I = T(0);
        // dI/dt = -I/tau_s
        T n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I;
        // I += x
        n_I = n_I + x_x;
        // I
        const T out = n_I;
        s_I = n_I;
        return out;
    }
};

}  // namespace synapses_exponential

#endif
