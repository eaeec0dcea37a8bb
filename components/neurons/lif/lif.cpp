// Rendered from components/neurons/lif/component.yaml by `spikex components render`: edit that file, not this.
//
// Leaky integrate-and-fire (neurons/lif), version 1.0.0, licence BSD-3-Clause
// A leaky capacitor driven by a current: it charges towards its rest, fires at the threshold,
//   resets and rests.
//
// Papers:
// - Lapicque L.; translation by Brunel N., van Rossum M.C.W. (2007). Quantitative
//   investigations of electrical nerve excitation treated as polarization,
//   doi:10.1007/s00422-007-0189-6
// - Brunel N., van Rossum M.C.W. (2007). Lapicque's 1907 paper: from frogs to
//   integrate-and-fire, doi:10.1007/s00422-007-0190-0
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
// - Rotter S., Diesmann M. (1999). Exact digital simulation of time-invariant linear systems
//   with applications to neuronal modeling, doi:10.1007/s004220050570
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_NEURONS_LIF
#define SPIKEX_NEURONS_LIF

#include <cmath>

namespace neurons_lif {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [ms] Membrane time constant; above 0
    T p_tau_m = T(10.0);
    // [pF] Membrane capacitance; the resistance is tau_m/C_m; above 0
    T p_C_m = T(250.0);
    // [mV] Resting potential
    T p_E_L = T(-70.0);
    // [mV] Threshold: the neuron fires where the potential reaches it
    T p_v_th = T(-55.0);
    // [mV] Potential after a spike
    T p_v_reset = T(-70.0);
    // [ms] Refractory period: the potential stands still for so long after a spike; at least 0
    T p_t_ref = T(2.0);

    // nest: The defaults of NEST's iaf_psc_exp (the component's own).
    static Parameters preset_nest() {
        Parameters made;
        return made;
    }

    // unit: Without units, for networks: rest 0, threshold 1, resistance 1, no refractory period.
    static Parameters preset_unit() {
        Parameters made;
        made.p_tau_m = T(10.0);
        made.p_C_m = T(10.0);
        made.p_E_L = T(0.0);
        made.p_v_th = T(1.0);
        made.p_v_reset = T(0.0);
        made.p_t_ref = T(0.0);
        return made;
    }
};

// One time step.
//   dv/dt = (E_L - v + tau_m*I/C_m)/tau_m
//   integrated by: exact
//   spike where v >= v_th
//   at a spike: v = v_reset
//   after a spike, stand still for: t_ref ms
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau_m;
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;
    using Parameters<T>::p_t_ref;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_v = T(0);
    T c_refractory = T(0);

    // States.
    // [mV] Membrane potential
    T s_v = T(0);
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
        // how much of v is left after one step
        c_decay_v = std::exp(-dt / p_tau_m);
        // refractory period in steps
        c_refractory = std::nearbyint(p_t_ref / dt);
    }

    // Back to the first values of the states.
    void init() {
        s_v = p_E_L;
        s_refractory = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [pA] Input current, constant during a step
    T step(T x_I) {
        // where v is heading
        const T t_rest_v = p_E_L + p_tau_m * x_I / p_C_m;
        // dv/dt = (E_L - v + tau_m*I/C_m)/tau_m
        T n_v = t_rest_v + (s_v - t_rest_v) * c_decay_v;
        // stands still while refractory
        n_v = s_refractory > T(0) ? s_v : n_v;
        // v >= v_th
        const T spike = s_refractory > T(0) ? T(0) : (n_v - p_v_th >= T(0) ? T(1) : T(0));
        // where it fired: v = v_reset
        n_v = spike > T(0) ? p_v_reset : n_v;
        // steps left to stand still
        const T n_refractory = spike > T(0) ? c_refractory : larger(s_refractory - T(1), T(0));
        s_v = n_v;
        s_refractory = n_refractory;
        return spike;
    }
};

}  // namespace neurons_lif

#endif
