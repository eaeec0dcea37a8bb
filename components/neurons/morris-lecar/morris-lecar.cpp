// Rendered from components/neurons/morris-lecar/component.yaml by `spikex components render`: edit that file, not this.
//
// Morris-Lecar (neurons/morris-lecar), version 1.0.0, licence BSD-3-Clause
// Calcium in at once, potassium out a little later: two equations with real channels, made for
//   a barnacle's muscle.
//
// Papers:
// - Morris C., Lecar H. (1981). Voltage oscillations in the barnacle giant muscle fiber,
//   doi:10.1016/S0006-3495(81)84782-0
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state, t_ temporary, d1_ slope, y2_ state inside a step.
#ifndef SPIKEX_NEURONS_MORRIS_LECAR
#define SPIKEX_NEURONS_MORRIS_LECAR

#include <cmath>

namespace neurons_morris_lecar {

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
    T p_C_m = T(20.0);
    // [mS/cm**2] Leak conductance; at least 0
    T p_g_L = T(2.0);
    // [mS/cm**2] Calcium conductance with all channels open; at least 0
    T p_g_Ca = T(4.0);
    // [mS/cm**2] Potassium conductance with all channels open; at least 0
    T p_g_K = T(8.0);
    // [mV] Reversal potential of the leak
    T p_V_L = T(-50.0);
    // [mV] Reversal potential of calcium
    T p_V_Ca = T(100.0);
    // [mV] Reversal potential of potassium
    T p_V_K = T(-70.0);
    // [mV] Potential at which half of the calcium channels are open
    T p_V_1 = T(10.0);
    // [mV] Spread of the calcium channels' opening; above 0
    T p_V_2 = T(15.0);
    // [mV] Potential at which half of the potassium channels are open
    T p_V_3 = T(-1.0);
    // [mV] Spread of the potassium channels' opening; above 0
    T p_V_4 = T(14.5);
    // [1/ms] Slowest rate of the potassium channels: 1/15 per ms; above 0
    T p_lambda_n = T(0.06666666666666667);
    // [mV] A spike is counted where the potential rises through this value. Nothing is reset
    T p_v_th = T(0.0);
    // What an input of 1 is worth. 1: the input is the current density; in networks about 300;
    //   above 0
    T p_gain = T(1.0);

    // unit: For networks at dt 1 ms: an input of 1 makes it fire.
    static Parameters preset_unit() {
        Parameters made;
        made.p_gain = T(300.0);
        return made;
    }
};

// One time step.
//   V_low = -100.0
//   V_high = 100.0
//   U = clip(V, V_low, V_high)
//   m_inf = 0.5*(1 + tanh((V - V_1)/V_2))
//   n_inf = 0.5*(1 + tanh((V - V_3)/V_4))
//   rate = lambda_n*cosh((U - V_3)/(2*V_4))
//   dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
//   dn/dt = rate*(n_inf - n)
//   integrated by: rk4
//   spike where V >= v_th begins to hold
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_g_Ca;
    using Parameters<T>::p_g_K;
    using Parameters<T>::p_V_L;
    using Parameters<T>::p_V_Ca;
    using Parameters<T>::p_V_K;
    using Parameters<T>::p_V_1;
    using Parameters<T>::p_V_2;
    using Parameters<T>::p_V_3;
    using Parameters<T>::p_V_4;
    using Parameters<T>::p_lambda_n;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_gain;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T k_V_low = T(0);
    T k_V_high = T(0);

    // States.
    // Share of the potassium channels that are open
    T s_n = T(0);
    // [mV] Membrane potential
    T s_V = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // the rate takes lower potentials for this one
        k_V_low = T(-100.0);
        // the rate takes higher potentials for this one
        k_V_high = T(100.0);
    }

    // Back to the first values of the states.
    void init() {
        s_n = T(0.5) * (T(1) + std::tanh((p_V_L - p_V_3) / p_V_4));
        s_V = p_V_L;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [uA/cm**2] Input current per area, constant during a step
    T step(T x_I) {
        T l_U = smaller(larger(s_V, k_V_low), k_V_high);
        T l_m_inf = T(0.5) * (T(1) + std::tanh((s_V - p_V_1) / p_V_2));
        T l_n_inf = T(0.5) * (T(1) + std::tanh((s_V - p_V_3) / p_V_4));
        T l_rate = p_lambda_n * std::cosh((l_U - p_V_3) / (T(2) * p_V_4));
        // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
        const T d1_V = (p_gain * x_I - p_g_L * (s_V - p_V_L) - p_g_Ca * l_m_inf * (s_V - p_V_Ca) - p_g_K * s_n * (s_V - p_V_K)) / p_C_m;
        // dn/dt = rate*(n_inf - n)
        const T d1_n = l_rate * (l_n_inf - s_n);
        const T y2_V = s_V + dt / T(2) * d1_V;
        const T y2_n = s_n + dt / T(2) * d1_n;
        l_U = smaller(larger(y2_V, k_V_low), k_V_high);
        l_m_inf = T(0.5) * (T(1) + std::tanh((y2_V - p_V_1) / p_V_2));
        l_n_inf = T(0.5) * (T(1) + std::tanh((y2_V - p_V_3) / p_V_4));
        l_rate = p_lambda_n * std::cosh((l_U - p_V_3) / (T(2) * p_V_4));
        // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
        const T d2_V = (p_gain * x_I - p_g_L * (y2_V - p_V_L) - p_g_Ca * l_m_inf * (y2_V - p_V_Ca) - p_g_K * y2_n * (y2_V - p_V_K)) / p_C_m;
        // dn/dt = rate*(n_inf - n)
        const T d2_n = l_rate * (l_n_inf - y2_n);
        const T y3_V = s_V + dt / T(2) * d2_V;
        const T y3_n = s_n + dt / T(2) * d2_n;
        l_U = smaller(larger(y3_V, k_V_low), k_V_high);
        l_m_inf = T(0.5) * (T(1) + std::tanh((y3_V - p_V_1) / p_V_2));
        l_n_inf = T(0.5) * (T(1) + std::tanh((y3_V - p_V_3) / p_V_4));
        l_rate = p_lambda_n * std::cosh((l_U - p_V_3) / (T(2) * p_V_4));
        // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
        const T d3_V = (p_gain * x_I - p_g_L * (y3_V - p_V_L) - p_g_Ca * l_m_inf * (y3_V - p_V_Ca) - p_g_K * y3_n * (y3_V - p_V_K)) / p_C_m;
        // dn/dt = rate*(n_inf - n)
        const T d3_n = l_rate * (l_n_inf - y3_n);
        const T y4_V = s_V + dt * d3_V;
        const T y4_n = s_n + dt * d3_n;
        l_U = smaller(larger(y4_V, k_V_low), k_V_high);
        l_m_inf = T(0.5) * (T(1) + std::tanh((y4_V - p_V_1) / p_V_2));
        l_n_inf = T(0.5) * (T(1) + std::tanh((y4_V - p_V_3) / p_V_4));
        l_rate = p_lambda_n * std::cosh((l_U - p_V_3) / (T(2) * p_V_4));
        // dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
        const T d4_V = (p_gain * x_I - p_g_L * (y4_V - p_V_L) - p_g_Ca * l_m_inf * (y4_V - p_V_Ca) - p_g_K * y4_n * (y4_V - p_V_K)) / p_C_m;
        // dn/dt = rate*(n_inf - n)
        const T d4_n = l_rate * (l_n_inf - y4_n);
        const T n_V = s_V + dt / T(6) * (d1_V + T(2) * d2_V + T(2) * d3_V + d4_V);
        const T n_n = s_n + dt / T(6) * (d1_n + T(2) * d2_n + T(2) * d3_n + d4_n);
        // 1 where the last step left it below
        const T t_below = T(1) - (s_V - p_v_th >= T(0) ? T(1) : T(0));
        // V >= v_th
        const T spike = (n_V - p_v_th >= T(0) ? T(1) : T(0)) * t_below;
        s_n = n_n;
        s_V = n_V;
        return spike;
    }
};

}  // namespace neurons_morris_lecar

#endif
