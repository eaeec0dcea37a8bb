// Rendered from components/dendrites/passive-compartment/component.yaml by `spikex components render`: edit that file, not this.
//
// Passive compartment (dendrites/passive-compartment), version 1.0.0, licence BSD-3-Clause
// A piece of membrane without spikes: a leaky capacitor, joined to a neighbour by a
//   conductance.
//
// Papers:
// - Rall W. (1959). Branching dendritic trees and motoneuron membrane resistivity,
//   doi:10.1016/0014-4886(59)90046-9
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_DENDRITES_PASSIVE_COMPARTMENT
#define SPIKEX_DENDRITES_PASSIVE_COMPARTMENT

#include <cmath>

namespace dendrites_passive_compartment {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [pF] Capacitance of the piece of membrane; above 0
    T p_C_m = T(100.0);
    // [nS] Leak conductance; the time constant is C_m/g_L; above 0
    T p_g_L = T(5.0);
    // [mV] Resting potential
    T p_E_L = T(-70.0);
    // [nS] Conductance to the neighbour; 0: there is none; at least 0
    T p_g_c = T(0.0);

    // unit: Without units, for networks: rest 0, resistance 1, time constant 20.
    static Parameters preset_unit() {
        Parameters made;
        made.p_C_m = T(20.0);
        made.p_g_L = T(1.0);
        made.p_E_L = T(0.0);
        return made;
    }
};

// One time step.
//   dV/dt = (g_L*(E_L - V) + g_c*(V_n - V) + I)/C_m
//   integrated by: exact
//   goes out: V
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_g_c;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_V = T(0);

    // States.
    // [mV] Potential of the compartment
    T s_V = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how much of V is left after one step
        c_decay_V = std::exp((-p_g_L - p_g_c) / p_C_m * dt);
    }

    // Back to the first values of the states.
    void init() {
        s_V = p_E_L;
    }

    // One step: returns what goes out.
    // x_I: [pA] Current that is put in
    // x_V_n: [mV] Potential of the neighbour: an edge from its state, as {from: soma.v, to:
    //   dend.V_n, delay: 1}
    T step(T x_I, T x_V_n = T(-70.0)) {
        // where V is heading
        const T t_rest_V = -(p_g_L * p_E_L + p_g_c * x_V_n + x_I) / (-p_g_L - p_g_c);
        // dV/dt = (g_L*(E_L - V) + g_c*(V_n - V) + I)/C_m
        const T n_V = t_rest_V + (s_V - t_rest_V) * c_decay_V;
        // V
        const T out = n_V;
        s_V = n_V;
        return out;
    }
};

}  // namespace dendrites_passive_compartment

#endif
