// Rendered from components/dendrites/dendritic-spike/component.yaml by `spikex components render`: edit that file, not this.
//
// Dendritic spike (dendrites/dendritic-spike), version 1.0.0, licence BSD-3-Clause
// A branch that answers enough input at once with a plateau: a current into the soma that lasts
//   tens of milliseconds.
//
// Papers:
// - Poirazi P., Brannon T., Mel B.W. (2003). Pyramidal neuron as two-layer neural network,
//   doi:10.1016/S0896-6273(03)00149-1
// - Larkum M.E., Zhu J.J., Sakmann B. (1999). A new cellular mechanism for coupling inputs
//   arriving at different cortical layers, doi:10.1038/18686
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_DENDRITES_DENDRITIC_SPIKE
#define SPIKEX_DENDRITES_DENDRITIC_SPIKE

#include <cmath>

namespace dendrites_dendritic_spike {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [pF] Capacitance of the branch; above 0
    T p_C_m = T(50.0);
    // [nS] Leak conductance of the branch; its time constant is C_m/g_L; above 0
    T p_g_L = T(5.0);
    // [mV] Resting potential
    T p_E_L = T(-70.0);
    // [mV] The plateau starts where the branch's potential is above this
    T p_theta_d = T(-35.0);
    // [pA] Current of the plateau into the soma
    T p_I_p = T(200.0);
    // [ms] How long the plateau lasts; above 0
    T p_tau_p = T(50.0);
    // [nS] Conductance through which the branch reaches the soma without a plateau too; at least 0
    T p_g_c = T(2.0);

    // unit: Without units, for networks: rest 0, threshold 1, time constant 10, a plateau of 1 for
    //   20 ms; nothing below threshold.
    static Parameters preset_unit() {
        Parameters made;
        made.p_C_m = T(10.0);
        made.p_g_L = T(1.0);
        made.p_E_L = T(0.0);
        made.p_theta_d = T(1.0);
        made.p_I_p = T(1.0);
        made.p_tau_p = T(20.0);
        made.p_g_c = T(0.0);
        return made;
    }
};

// One time step.
//   dV/dt = (g_L*(E_L - V) + I)/C_m
//   dleft/dt = -1
//   dplateau/dt = 0
//   integrated by: exact
//   spike where V > theta_d
//   after a spike, stand still for: tau_p ms
//   after the test, at every step: plateau = spike + (plateau if left > dt/2 else 0)
//   after the test, at every step: left = tau_p if spike > 0 else max(left, 0)
//   goes out: g_c*(V - E_L) + I_p*plateau
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_theta_d;
    using Parameters<T>::p_I_p;
    using Parameters<T>::p_tau_p;
    using Parameters<T>::p_g_c;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_V = T(0);
    T c_refractory = T(0);

    // States.
    // [mV] Potential of the branch
    T s_V = T(0);
    // [ms] How long the plateau will still last
    T s_left = T(0);
    // 1 while there is a plateau, otherwise 0
    T s_plateau = T(0);
    // Steps left to stand still after a spike
    T s_refractory = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how much of V is left after one step
        c_decay_V = std::exp(-p_g_L / p_C_m * dt);
        // refractory period in steps
        c_refractory = std::nearbyint(p_tau_p / dt);
    }

    // Back to the first values of the states.
    void init() {
        s_V = p_E_L;
        s_left = T(0);
        s_plateau = T(0);
        s_refractory = T(0);
    }

    // One step: returns what goes out.
    // x_I: [pA] Current into the branch: from its synapses
    T step(T x_I) {
        // where V is heading
        const T t_rest_V = (p_g_L * p_E_L + x_I) / p_g_L;
        // dV/dt = (g_L*(E_L - V) + I)/C_m
        const T n_V = t_rest_V + (s_V - t_rest_V) * c_decay_V;
        // dleft/dt = -1
        T n_left = s_left + dt * T(-1);
        // dplateau/dt = 0
        T n_plateau = s_plateau + dt * T(0);
        // V > theta_d
        const T spike = s_refractory > T(0) ? T(0) : (n_V - p_theta_d > T(0) ? T(1) : T(0));
        // steps left to stand still
        const T n_refractory = spike > T(0) ? c_refractory : larger(s_refractory - T(1), T(0));
        // plateau = spike + (plateau if left > dt/2 else 0)
        n_plateau = spike + (n_left > dt / T(2) ? n_plateau : T(0));
        // left = tau_p if spike > 0 else max(left, 0)
        n_left = spike > T(0) ? p_tau_p : larger(n_left, T(0));
        // g_c*(V - E_L) + I_p*plateau
        const T out = p_g_c * (n_V - p_E_L) + p_I_p * n_plateau;
        s_V = n_V;
        s_left = n_left;
        s_plateau = n_plateau;
        s_refractory = n_refractory;
        return out;
    }
};

}  // namespace dendrites_dendritic_spike

#endif
