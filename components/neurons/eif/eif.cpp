// Rendered from components/neurons/eif/component.yaml by `spikex components render`: edit that file, not this.
//
// Exponential integrate-and-fire (neurons/eif), version 1.0.0, licence BSD-3-Clause
// A leaky membrane with an exponential upstroke: how the sodium current begins a spike, in one
//   term.
//
// Papers:
// - Fourcaud-Trocme N., Hansel D., van Vreeswijk C., Brunel N. (2003). How spike generation
//   mechanisms determine the neuronal response to fluctuating inputs,
//   doi:10.1523/JNEUROSCI.23-37-11628.2003
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, l_ part that changes, n_
//   new state, d1_ slope, y2_ state inside a step.
#ifndef SPIKEX_NEURONS_EIF
#define SPIKEX_NEURONS_EIF

#include <cmath>

namespace neurons_eif {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

template <typename T>
T smaller(T a, T b) {
    return a <= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [uF/cm**2] Membrane capacitance; above 0
    T p_C = T(1.0);
    // [mS/cm**2] Leak conductance; C/g_L is the membrane time constant; above 0
    T p_g_L = T(0.1);
    // [mV] Leak reversal potential: the rest without input
    T p_E_L = T(-65.0);
    // [mV] Where the slope of the current-voltage curve is 0: the threshold for a constant current
    T p_V_T = T(-59.9);
    // [mV] Sharpness of the upstroke; towards 0 the neuron becomes leaky integrate-and-fire with
    //   threshold V_T; above 0
    T p_Delta_T = T(3.48);
    // [mV] Top of the spike: from here infinity is reached within a few microseconds
    T p_V_peak = T(-30.0);
    // [mV] Potential after a spike
    T p_V_r = T(-68.0);
    // [ms] Refractory period: the potential stands still for so long after a spike; at least 0
    T p_t_ref = T(1.7);

    // unit: Without units, for networks: rest 0, threshold 1, resistance 1, time constant 10 ms, no
    //   refractory period.
    static Parameters preset_unit() {
        Parameters made;
        made.p_C = T(10.0);
        made.p_g_L = T(1.0);
        made.p_E_L = T(0.0);
        made.p_V_T = T(1.0);
        made.p_Delta_T = T(0.2);
        made.p_V_peak = T(1.5);
        made.p_V_r = T(0.0);
        made.p_t_ref = T(0.0);
        return made;
    }
};

// One time step.
//   U = min(V, V_peak)
//   x = min((U - V_T)/Delta_T, 20)
//   dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) + I)/C
//   integrated by: rk4
//   spike where V >= V_peak
//   at a spike: V = V_r
//   after a spike, stand still for: t_ref ms
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_V_T;
    using Parameters<T>::p_Delta_T;
    using Parameters<T>::p_V_peak;
    using Parameters<T>::p_V_r;
    using Parameters<T>::p_t_ref;

    // [ms] Length of a step
    T dt = T(0.05);

    // Follow from parameters and dt; constants() computes them.
    T c_refractory = T(0);

    // States.
    // [mV] Membrane potential
    T s_V = T(0);
    // Steps left to stand still after a spike
    T s_refractory = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.05))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // refractory period in steps
        c_refractory = std::nearbyint(p_t_ref / dt);
    }

    // Back to the first values of the states.
    void init() {
        s_V = p_E_L;
        s_refractory = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [uA/cm**2] Input current per area, constant during a step
    T step(T x_I) {
        T l_U = smaller(s_V, p_V_peak);
        T l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) + I)/C
        const T d1_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) + x_I) / p_C;
        const T y2_V = s_V + dt / T(2) * d1_V;
        l_U = smaller(y2_V, p_V_peak);
        l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        const T d2_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) + x_I) / p_C;
        const T y3_V = s_V + dt / T(2) * d2_V;
        l_U = smaller(y3_V, p_V_peak);
        l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        const T d3_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) + x_I) / p_C;
        const T y4_V = s_V + dt * d3_V;
        l_U = smaller(y4_V, p_V_peak);
        l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        const T d4_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) + x_I) / p_C;
        T n_V = s_V + dt / T(6) * (d1_V + T(2) * d2_V + T(2) * d3_V + d4_V);
        // stands still while refractory
        n_V = s_refractory > T(0) ? s_V : n_V;
        // V >= V_peak
        const T spike = s_refractory > T(0) ? T(0) : (n_V - p_V_peak >= T(0) ? T(1) : T(0));
        // where it fired: V = V_r
        n_V = spike > T(0) ? p_V_r : n_V;
        // steps left to stand still
        const T n_refractory = spike > T(0) ? c_refractory : larger(s_refractory - T(1), T(0));
        s_V = n_V;
        s_refractory = n_refractory;
        return spike;
    }
};

}  // namespace neurons_eif

#endif
