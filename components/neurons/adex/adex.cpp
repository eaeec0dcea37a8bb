// Rendered from components/neurons/adex/component.yaml by `spikex components render`: edit that file, not this.
//
// Adaptive exponential integrate-and-fire (AdEx) (neurons/adex), version 1.0.0, licence
//   BSD-3-Clause
// An exponential upstroke and one slow adaptation current: fits the spikes of cortical cells to
//   a few milliseconds.
//
// Papers:
// - Brette R., Gerstner W. (2005). Adaptive exponential integrate-and-fire model as an
//   effective description of neuronal activity, doi:10.1152/jn.00686.2005
// - Naud R., Marcille N., Clopath C., Gerstner W. (2008). Firing patterns in the adaptive
//   exponential integrate-and-fire model, doi:10.1007/s00422-008-0264-7
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state, d1_ slope, y2_
//   state inside a step.
#ifndef SPIKEX_NEURONS_ADEX
#define SPIKEX_NEURONS_ADEX

#include <cmath>

namespace neurons_adex {

template <typename T>
T smaller(T a, T b) {
    return a <= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [pF] Membrane capacitance; above 0
    T p_C = T(281.0);
    // [nS] Leak conductance; C/g_L is the membrane time constant; above 0
    T p_g_L = T(30.0);
    // [mV] Leak reversal potential: the rest without input
    T p_E_L = T(-70.6);
    // [mV] Where the upstroke begins
    T p_V_T = T(-50.4);
    // [mV] Sharpness of the upstroke; above 0
    T p_Delta_T = T(2.0);
    // [nS] Adaptation below the threshold: how strongly w follows the potential
    T p_a = T(4.0);
    // [ms] Time constant of the adaptation; above 0
    T p_tau_w = T(144.0);
    // [pA] What a spike adds to the adaptation current
    T p_b = T(80.5);
    // [mV] Potential after a spike; above V_T it makes bursts
    T p_V_r = T(-60.0);
    // [mV] Top of the spike: reaching it resets
    T p_V_peak = T(0.0);

    // nest: The defaults of NEST's aeif_cond_exp (the component's own).
    static Parameters preset_nest() {
        Parameters made;
        return made;
    }

    // brette-gerstner: As fitted to a detailed model in 2005: resets to the rest.
    static Parameters preset_brette_gerstner() {
        Parameters made;
        made.p_V_r = T(-70.6);
        return made;
    }

    // unit: Without units, for networks: rest 0, threshold 1, resistance 1, time constant 10 ms,
    //   adaptation over 100 ms.
    static Parameters preset_unit() {
        Parameters made;
        made.p_C = T(10.0);
        made.p_g_L = T(1.0);
        made.p_E_L = T(0.0);
        made.p_V_T = T(1.0);
        made.p_Delta_T = T(0.2);
        made.p_a = T(0.0);
        made.p_tau_w = T(100.0);
        made.p_b = T(0.1);
        made.p_V_r = T(0.0);
        made.p_V_peak = T(1.5);
        return made;
    }

    // tonic-spiking: Tonic spiking: even intervals from the first one on.
    static Parameters preset_tonic_spiking() {
        Parameters made;
        made.p_C = T(200.0);
        made.p_g_L = T(10.0);
        made.p_E_L = T(-70.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(2.0);
        made.p_tau_w = T(30.0);
        made.p_b = T(0.0);
        made.p_V_r = T(-58.0);
        return made;
    }

    // adaptation: Adaptation: the intervals grow during the step.
    static Parameters preset_adaptation() {
        Parameters made;
        made.p_C = T(200.0);
        made.p_g_L = T(12.0);
        made.p_E_L = T(-70.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(2.0);
        made.p_tau_w = T(300.0);
        made.p_b = T(60.0);
        made.p_V_r = T(-58.0);
        return made;
    }

    // initial-burst: Initial burst: some close spikes at the onset, then even intervals.
    static Parameters preset_initial_burst() {
        Parameters made;
        made.p_C = T(130.0);
        made.p_g_L = T(18.0);
        made.p_E_L = T(-58.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(4.0);
        made.p_tau_w = T(150.0);
        made.p_b = T(120.0);
        made.p_V_r = T(-50.0);
        return made;
    }

    // regular-bursting: Regular bursting: groups of spikes with pauses between them; the reset lies
    //   above V_T.
    static Parameters preset_regular_bursting() {
        Parameters made;
        made.p_C = T(200.0);
        made.p_g_L = T(10.0);
        made.p_E_L = T(-58.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(2.0);
        made.p_tau_w = T(120.0);
        made.p_b = T(100.0);
        made.p_V_r = T(-46.0);
        return made;
    }

    // delayed-accelerating: Delayed accelerating: silent at first, then ever shorter intervals; the
    //   adaptation helps (a below 0).
    static Parameters preset_delayed_accelerating() {
        Parameters made;
        made.p_C = T(200.0);
        made.p_g_L = T(12.0);
        made.p_E_L = T(-70.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(-10.0);
        made.p_tau_w = T(300.0);
        made.p_b = T(0.0);
        made.p_V_r = T(-58.0);
        return made;
    }

    // delayed-regular-bursting: Delayed regular bursting: silent at first, then bursts.
    static Parameters preset_delayed_regular_bursting() {
        Parameters made;
        made.p_C = T(100.0);
        made.p_g_L = T(10.0);
        made.p_E_L = T(-65.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(-10.0);
        made.p_tau_w = T(90.0);
        made.p_b = T(30.0);
        made.p_V_r = T(-47.0);
        return made;
    }

    // transient-spiking: Transient spiking: fires at the onset, then silence though the current
    //   stays.
    static Parameters preset_transient_spiking() {
        Parameters made;
        made.p_C = T(100.0);
        made.p_g_L = T(10.0);
        made.p_E_L = T(-65.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(10.0);
        made.p_tau_w = T(90.0);
        made.p_b = T(100.0);
        made.p_V_r = T(-47.0);
        return made;
    }

    // irregular-spiking: Irregular spiking: a constant current, no noise, and yet no two intervals
    //   alike: deterministic chaos.
    static Parameters preset_irregular_spiking() {
        Parameters made;
        made.p_C = T(100.0);
        made.p_g_L = T(12.0);
        made.p_E_L = T(-60.0);
        made.p_V_T = T(-50.0);
        made.p_Delta_T = T(2.0);
        made.p_a = T(-11.0);
        made.p_tau_w = T(130.0);
        made.p_b = T(30.0);
        made.p_V_r = T(-48.0);
        return made;
    }
};

// One time step.
//   U = min(V, V_peak)
//   x = min((U - V_T)/Delta_T, 20)
//   dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
//   dw/dt = (a*(U - E_L) - w)/tau_w
//   integrated by: rk4
//   spike where V >= V_peak
//   at a spike: V = V_r
//   at a spike: w += b
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_V_T;
    using Parameters<T>::p_Delta_T;
    using Parameters<T>::p_a;
    using Parameters<T>::p_tau_w;
    using Parameters<T>::p_b;
    using Parameters<T>::p_V_r;
    using Parameters<T>::p_V_peak;

    // [ms] Length of a step
    T dt = T(0.05);

    // States.
    // [pA] Adaptation current: pulls the potential down
    T s_w = T(0);
    // [mV] Membrane potential
    T s_V = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.05))
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
        s_w = T(0);
        s_V = p_E_L;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [pA] Input current, constant during a step
    T step(T x_I) {
        T l_U = smaller(s_V, p_V_peak);
        T l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
        const T d1_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) - s_w + x_I) / p_C;
        // dw/dt = (a*(U - E_L) - w)/tau_w
        const T d1_w = (p_a * (l_U - p_E_L) - s_w) / p_tau_w;
        const T y2_V = s_V + dt / T(2) * d1_V;
        const T y2_w = s_w + dt / T(2) * d1_w;
        l_U = smaller(y2_V, p_V_peak);
        l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
        const T d2_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) - y2_w + x_I) / p_C;
        // dw/dt = (a*(U - E_L) - w)/tau_w
        const T d2_w = (p_a * (l_U - p_E_L) - y2_w) / p_tau_w;
        const T y3_V = s_V + dt / T(2) * d2_V;
        const T y3_w = s_w + dt / T(2) * d2_w;
        l_U = smaller(y3_V, p_V_peak);
        l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
        const T d3_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) - y3_w + x_I) / p_C;
        // dw/dt = (a*(U - E_L) - w)/tau_w
        const T d3_w = (p_a * (l_U - p_E_L) - y3_w) / p_tau_w;
        const T y4_V = s_V + dt * d3_V;
        const T y4_w = s_w + dt * d3_w;
        l_U = smaller(y4_V, p_V_peak);
        l_x = smaller((l_U - p_V_T) / p_Delta_T, T(20));
        // dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
        const T d4_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * std::exp(l_x) - y4_w + x_I) / p_C;
        // dw/dt = (a*(U - E_L) - w)/tau_w
        const T d4_w = (p_a * (l_U - p_E_L) - y4_w) / p_tau_w;
        T n_V = s_V + dt / T(6) * (d1_V + T(2) * d2_V + T(2) * d3_V + d4_V);
        T n_w = s_w + dt / T(6) * (d1_w + T(2) * d2_w + T(2) * d3_w + d4_w);
        // V >= V_peak
        const T spike = n_V - p_V_peak >= T(0) ? T(1) : T(0);
        // where it fired: V = V_r
        n_V = spike > T(0) ? p_V_r : n_V;
        // where it fired: w += b
        n_w = n_w + spike * p_b;
        s_w = n_w;
        s_V = n_V;
        return spike;
    }
};

}  // namespace neurons_adex

#endif
