// Rendered from components/neurons/qif/component.yaml by `spikex components render`: edit that file, not this.
//
// Quadratic integrate-and-fire (neurons/qif), version 1.0.0, licence BSD-3-Clause
// A membrane whose own current grows with the square of the potential: the simplest neuron with
//   a real upstroke.
//
// Papers:
// - Ermentrout G.B., Kopell N. (1986). Parabolic bursting in an excitable system coupled with a
//   slow oscillation, doi:10.1137/0146017
// - Latham P.E., Richmond B.J., Nelson P.G., Nirenberg S. (2000). Intrinsic dynamics in
//   neuronal networks. I. Theory, doi:10.1152/jn.2000.83.2.808
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state, d1_ slope, y2_
//   state inside a step.
#ifndef SPIKEX_NEURONS_QIF
#define SPIKEX_NEURONS_QIF

#include <cmath>

namespace neurons_qif {

template <typename T>
T smaller(T a, T b) {
    return a <= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [ms] Membrane time constant; above 0
    T p_tau = T(2.0);
    // Strength of the quadratic current; above 0
    T p_a_0 = T(1.0);
    // Resting potential
    T p_v_rest = T(0.0);
    // Critical potential: above it the neuron drives itself up to the peak
    T p_v_c = T(0.8);
    // Top of the spike
    T p_v_peak = T(1.0);
    // Potential after a spike
    T p_v_reset = T(-0.1);

    // canonical: Normal form dv/dt = v*v + I (time in units of tau) from -100 to 100: a constant
    //   input fires at sqrt(I)/(pi*tau).
    static Parameters preset_canonical() {
        Parameters made;
        made.p_tau = T(10.0);
        made.p_a_0 = T(1.0);
        made.p_v_rest = T(0.0);
        made.p_v_c = T(0.0);
        made.p_v_peak = T(100.0);
        made.p_v_reset = T(-100.0);
        return made;
    }

    // unit: For networks: the defaults with a longer memory; 0.16 of constant input makes it fire.
    static Parameters preset_unit() {
        Parameters made;
        made.p_tau = T(5.0);
        return made;
    }
};

// One time step.
//   u = min(v, v_peak)
//   dv/dt = (a_0*(u - v_rest)*(u - v_c) + I)/tau
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = v_reset
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau;
    using Parameters<T>::p_a_0;
    using Parameters<T>::p_v_rest;
    using Parameters<T>::p_v_c;
    using Parameters<T>::p_v_peak;
    using Parameters<T>::p_v_reset;

    // [ms] Length of a step
    T dt = T(0.1);

    // States.
    // Membrane potential
    T s_v = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
    }

    // Back to the first values of the states.
    void init() {
        s_v = p_v_rest;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input, constant during a step; the resistance is 1
    T step(T x_I) {
        T l_u = smaller(s_v, p_v_peak);
        // dv/dt = (a_0*(u - v_rest)*(u - v_c) + I)/tau
        const T d1_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
        const T y2_v = s_v + dt / T(2) * d1_v;
        l_u = smaller(y2_v, p_v_peak);
        const T d2_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
        const T y3_v = s_v + dt / T(2) * d2_v;
        l_u = smaller(y3_v, p_v_peak);
        const T d3_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
        const T y4_v = s_v + dt * d3_v;
        l_u = smaller(y4_v, p_v_peak);
        const T d4_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau;
        T n_v = s_v + dt / T(6) * (d1_v + T(2) * d2_v + T(2) * d3_v + d4_v);
        // v >= v_peak
        const T spike = n_v - p_v_peak >= T(0) ? T(1) : T(0);
        // where it fired: v = v_reset
        n_v = spike > T(0) ? p_v_reset : n_v;
        s_v = n_v;
        return spike;
    }
};

}  // namespace neurons_qif

#endif
