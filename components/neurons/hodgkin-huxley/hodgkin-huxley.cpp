// Rendered from components/neurons/hodgkin-huxley/component.yaml by `spikex components render`: edit that file, not this.
//
// Hodgkin-Huxley (neurons/hodgkin-huxley), version 1.0.0, licence BSD-3-Clause
// The squid's giant axon: sodium and potassium channels that open and close with the potential
//   make the spike themselves.
//
// Papers:
// - Hodgkin A.L., Huxley A.F. (1952). A quantitative description of membrane current and its
//   application to conduction and excitation in nerve, doi:10.1113/jphysiol.1952.sp004764
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state, t_ temporary, d1_ slope, y2_ state inside a step.
#ifndef SPIKEX_NEURONS_HODGKIN_HUXLEY
#define SPIKEX_NEURONS_HODGKIN_HUXLEY

#include <cmath>

namespace neurons_hodgkin_huxley {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

template <typename T>
T smaller(T a, T b) {
    return a <= b || a != a ? a : b;
}

// (exp(x) - 1)/x, and 1 at x = 0
template <typename T>
T exprel(T x) {
    return std::abs(x) < T(1e-5) ? T(1) + x / T(2) + x * x / T(6) : std::expm1(x) / x;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [uF/cm**2] Membrane capacitance; above 0
    T p_C_m = T(1.0);
    // [mS/cm**2] Sodium conductance with all channels open; at least 0
    T p_g_Na = T(120.0);
    // [mS/cm**2] Potassium conductance with all channels open; at least 0
    T p_g_K = T(36.0);
    // [mS/cm**2] Leak conductance; at least 0
    T p_g_L = T(0.3);
    // [mV] Reversal potential of sodium
    T p_E_Na = T(50.0);
    // [mV] Reversal potential of potassium
    T p_E_K = T(-77.0);
    // [mV] Reversal potential of the leak, such that the rest is -65 mV
    T p_E_L = T(-54.402);
    // [mV] A spike is counted where the potential rises through this value. Nothing is reset
    T p_v_th = T(0.0);
    // What an input of 1 is worth. 1: the input is the current density; in networks about 20; above
    //   0
    T p_gain = T(1.0);

    // nest: The values of NEST's hh_psc_alpha per 100 pF, that is per 1 uF/cm**2 (the component's
    //   own).
    static Parameters preset_nest() {
        Parameters made;
        return made;
    }

    // unit: For networks: an input of 1 makes it fire; steps of up to 0.1 ms by exponential Euler,
    //   which stays stable.
    // Its equations: Step_unit.
    static Parameters preset_unit() {
        Parameters made;
        made.p_gain = T(20.0);
        return made;
    }
};

// One time step.
//   V_rest = -65.0
//   V_m = -40.0
//   V_h = -35.0
//   V_n = -55.0
//   k = 10.0
//   k_bm = 18.0
//   k_ah = 20.0
//   k_bn = 80.0
//   r_am = 1.0
//   r_bm = 4.0
//   r_ah = 0.07
//   r_bh = 1.0
//   r_an = 0.1
//   r_bn = 0.125
//   V_low = -120.0
//   V_high = 120.0
//   U = clip(V, V_low, V_high)
//   alpha_m = r_am/exprel(-(U - V_m)/k)
//   beta_m = r_bm*exp(-(U - V_rest)/k_bm)
//   alpha_h = r_ah*exp(-(U - V_rest)/k_ah)
//   beta_h = r_bh/(1 + exp(-(U - V_h)/k))
//   alpha_n = r_an/exprel(-(U - V_n)/k)
//   beta_n = r_bn*exp(-(U - V_rest)/k_bn)
//   dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
//   dm/dt = alpha_m*(1 - m) - beta_m*m
//   dh/dt = alpha_h*(1 - h) - beta_h*h
//   dn/dt = alpha_n*(1 - n) - beta_n*n
//   integrated by: rk4
//   spike where V >= v_th begins to hold
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_g_Na;
    using Parameters<T>::p_g_K;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_E_Na;
    using Parameters<T>::p_E_K;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_gain;

    // [ms] Length of a step
    T dt = T(0.01);

    // Follow from parameters and dt; constants() computes them.
    T k_V_rest = T(0);
    T k_V_m = T(0);
    T k_V_h = T(0);
    T k_V_n = T(0);
    T k_k = T(0);
    T k_k_bm = T(0);
    T k_k_ah = T(0);
    T k_k_bn = T(0);
    T k_r_am = T(0);
    T k_r_bm = T(0);
    T k_r_ah = T(0);
    T k_r_bh = T(0);
    T k_r_an = T(0);
    T k_r_bn = T(0);
    T k_V_low = T(0);
    T k_V_high = T(0);

    // States.
    // Activation of sodium: share of its fast gates that are open
    T s_m = T(0);
    // Inactivation of sodium: share of its slow gates that are open
    T s_h = T(0);
    // Activation of potassium: share of its gates that are open
    T s_n = T(0);
    // [mV] Membrane potential
    T s_V = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.01))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // resting potential, to which three of the rates refer
        k_V_rest = T(-65.0);
        // where the activation of sodium has its bend
        k_V_m = T(-40.0);
        // where the closing rate of the inactivation is half its highest
        k_V_h = T(-35.0);
        // where the activation of potassium has its bend
        k_V_n = T(-55.0);
        // steepness of three of the rates
        k_k = T(10.0);
        // steepness of beta_m
        k_k_bm = T(18.0);
        // steepness of alpha_h
        k_k_ah = T(20.0);
        // steepness of beta_n
        k_k_bn = T(80.0);
        // alpha_m at its bend
        k_r_am = T(1.0);
        // beta_m at rest
        k_r_bm = T(4.0);
        // alpha_h at rest
        k_r_ah = T(0.07);
        // highest beta_h
        k_r_bh = T(1.0);
        // alpha_n at its bend
        k_r_an = T(0.1);
        // beta_n at rest
        k_r_bn = T(0.125);
        // the rates take lower potentials for this one
        k_V_low = T(-120.0);
        // the rates take higher potentials for this one
        k_V_high = T(120.0);
    }

    // Back to the first values of the states.
    void init() {
        s_m = T(0.0529324852572496);
        s_h = T(0.59612075350846);
        s_n = T(0.317676914060697);
        s_V = k_V_rest;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [uA/cm**2] Input current per area, constant during a step
    T step(T x_I) {
        T l_U = smaller(larger(s_V, k_V_low), k_V_high);
        T l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
        T l_beta_m = k_r_bm * std::exp(-(l_U - k_V_rest) / k_k_bm);
        T l_alpha_h = k_r_ah * std::exp(-(l_U - k_V_rest) / k_k_ah);
        T l_beta_h = k_r_bh / (T(1) + std::exp(-(l_U - k_V_h) / k_k));
        T l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
        T l_beta_n = k_r_bn * std::exp(-(l_U - k_V_rest) / k_k_bn);
        // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
        const T d1_V = (p_gain * x_I - p_g_Na * s_m * s_m * s_m * s_h * (s_V - p_E_Na) - p_g_K * s_n * s_n * s_n * s_n * (s_V - p_E_K) - p_g_L * (s_V - p_E_L)) / p_C_m;
        // dm/dt = alpha_m*(1 - m) - beta_m*m
        const T d1_m = l_alpha_m * (T(1) - s_m) - l_beta_m * s_m;
        // dh/dt = alpha_h*(1 - h) - beta_h*h
        const T d1_h = l_alpha_h * (T(1) - s_h) - l_beta_h * s_h;
        // dn/dt = alpha_n*(1 - n) - beta_n*n
        const T d1_n = l_alpha_n * (T(1) - s_n) - l_beta_n * s_n;
        const T y2_V = s_V + dt / T(2) * d1_V;
        const T y2_m = s_m + dt / T(2) * d1_m;
        const T y2_h = s_h + dt / T(2) * d1_h;
        const T y2_n = s_n + dt / T(2) * d1_n;
        l_U = smaller(larger(y2_V, k_V_low), k_V_high);
        l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
        l_beta_m = k_r_bm * std::exp(-(l_U - k_V_rest) / k_k_bm);
        l_alpha_h = k_r_ah * std::exp(-(l_U - k_V_rest) / k_k_ah);
        l_beta_h = k_r_bh / (T(1) + std::exp(-(l_U - k_V_h) / k_k));
        l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
        l_beta_n = k_r_bn * std::exp(-(l_U - k_V_rest) / k_k_bn);
        // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
        const T d2_V = (p_gain * x_I - p_g_Na * y2_m * y2_m * y2_m * y2_h * (y2_V - p_E_Na) - p_g_K * y2_n * y2_n * y2_n * y2_n * (y2_V - p_E_K) - p_g_L * (y2_V - p_E_L)) / p_C_m;
        // dm/dt = alpha_m*(1 - m) - beta_m*m
        const T d2_m = l_alpha_m * (T(1) - y2_m) - l_beta_m * y2_m;
        // dh/dt = alpha_h*(1 - h) - beta_h*h
        const T d2_h = l_alpha_h * (T(1) - y2_h) - l_beta_h * y2_h;
        // dn/dt = alpha_n*(1 - n) - beta_n*n
        const T d2_n = l_alpha_n * (T(1) - y2_n) - l_beta_n * y2_n;
        const T y3_V = s_V + dt / T(2) * d2_V;
        const T y3_m = s_m + dt / T(2) * d2_m;
        const T y3_h = s_h + dt / T(2) * d2_h;
        const T y3_n = s_n + dt / T(2) * d2_n;
        l_U = smaller(larger(y3_V, k_V_low), k_V_high);
        l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
        l_beta_m = k_r_bm * std::exp(-(l_U - k_V_rest) / k_k_bm);
        l_alpha_h = k_r_ah * std::exp(-(l_U - k_V_rest) / k_k_ah);
        l_beta_h = k_r_bh / (T(1) + std::exp(-(l_U - k_V_h) / k_k));
        l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
        l_beta_n = k_r_bn * std::exp(-(l_U - k_V_rest) / k_k_bn);
        // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
        const T d3_V = (p_gain * x_I - p_g_Na * y3_m * y3_m * y3_m * y3_h * (y3_V - p_E_Na) - p_g_K * y3_n * y3_n * y3_n * y3_n * (y3_V - p_E_K) - p_g_L * (y3_V - p_E_L)) / p_C_m;
        // dm/dt = alpha_m*(1 - m) - beta_m*m
        const T d3_m = l_alpha_m * (T(1) - y3_m) - l_beta_m * y3_m;
        // dh/dt = alpha_h*(1 - h) - beta_h*h
        const T d3_h = l_alpha_h * (T(1) - y3_h) - l_beta_h * y3_h;
        // dn/dt = alpha_n*(1 - n) - beta_n*n
        const T d3_n = l_alpha_n * (T(1) - y3_n) - l_beta_n * y3_n;
        const T y4_V = s_V + dt * d3_V;
        const T y4_m = s_m + dt * d3_m;
        const T y4_h = s_h + dt * d3_h;
        const T y4_n = s_n + dt * d3_n;
        l_U = smaller(larger(y4_V, k_V_low), k_V_high);
        l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
        l_beta_m = k_r_bm * std::exp(-(l_U - k_V_rest) / k_k_bm);
        l_alpha_h = k_r_ah * std::exp(-(l_U - k_V_rest) / k_k_ah);
        l_beta_h = k_r_bh / (T(1) + std::exp(-(l_U - k_V_h) / k_k));
        l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
        l_beta_n = k_r_bn * std::exp(-(l_U - k_V_rest) / k_k_bn);
        // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
        const T d4_V = (p_gain * x_I - p_g_Na * y4_m * y4_m * y4_m * y4_h * (y4_V - p_E_Na) - p_g_K * y4_n * y4_n * y4_n * y4_n * (y4_V - p_E_K) - p_g_L * (y4_V - p_E_L)) / p_C_m;
        // dm/dt = alpha_m*(1 - m) - beta_m*m
        const T d4_m = l_alpha_m * (T(1) - y4_m) - l_beta_m * y4_m;
        // dh/dt = alpha_h*(1 - h) - beta_h*h
        const T d4_h = l_alpha_h * (T(1) - y4_h) - l_beta_h * y4_h;
        // dn/dt = alpha_n*(1 - n) - beta_n*n
        const T d4_n = l_alpha_n * (T(1) - y4_n) - l_beta_n * y4_n;
        const T n_V = s_V + dt / T(6) * (d1_V + T(2) * d2_V + T(2) * d3_V + d4_V);
        const T n_m = s_m + dt / T(6) * (d1_m + T(2) * d2_m + T(2) * d3_m + d4_m);
        const T n_h = s_h + dt / T(6) * (d1_h + T(2) * d2_h + T(2) * d3_h + d4_h);
        const T n_n = s_n + dt / T(6) * (d1_n + T(2) * d2_n + T(2) * d3_n + d4_n);
        // 1 where the last step left it below
        const T t_below = T(1) - (s_V - p_v_th >= T(0) ? T(1) : T(0));
        // V >= v_th
        const T spike = (n_V - p_v_th >= T(0) ? T(1) : T(0)) * t_below;
        s_m = n_m;
        s_h = n_h;
        s_n = n_n;
        s_V = n_V;
        return spike;
    }
};

// One time step with preset=unit.
//   V_rest = -65.0
//   V_m = -40.0
//   V_h = -35.0
//   V_n = -55.0
//   k = 10.0
//   k_bm = 18.0
//   k_ah = 20.0
//   k_bn = 80.0
//   r_am = 1.0
//   r_bm = 4.0
//   r_ah = 0.07
//   r_bh = 1.0
//   r_an = 0.1
//   r_bn = 0.125
//   V_low = -120.0
//   V_high = 120.0
//   U = clip(V, V_low, V_high)
//   alpha_m = r_am/exprel(-(U - V_m)/k)
//   beta_m = r_bm*exp(-(U - V_rest)/k_bm)
//   alpha_h = r_ah*exp(-(U - V_rest)/k_ah)
//   beta_h = r_bh/(1 + exp(-(U - V_h)/k))
//   alpha_n = r_an/exprel(-(U - V_n)/k)
//   beta_n = r_bn*exp(-(U - V_rest)/k_bn)
//   dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
//   dm/dt = alpha_m*(1 - m) - beta_m*m
//   dh/dt = alpha_h*(1 - h) - beta_h*h
//   dn/dt = alpha_n*(1 - n) - beta_n*n
//   integrated by: exponential euler
//   spike where V >= v_th begins to hold
template <typename T>
struct Step_unit : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_g_Na;
    using Parameters<T>::p_g_K;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_E_Na;
    using Parameters<T>::p_E_K;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_gain;

    // [ms] Length of a step
    T dt = T(0.01);

    // Follow from parameters and dt; constants() computes them.
    T k_V_rest = T(0);
    T k_V_m = T(0);
    T k_V_h = T(0);
    T k_V_n = T(0);
    T k_k = T(0);
    T k_k_bm = T(0);
    T k_k_ah = T(0);
    T k_k_bn = T(0);
    T k_r_am = T(0);
    T k_r_bm = T(0);
    T k_r_ah = T(0);
    T k_r_bh = T(0);
    T k_r_an = T(0);
    T k_r_bn = T(0);
    T k_V_low = T(0);
    T k_V_high = T(0);

    // States.
    // Activation of sodium: share of its fast gates that are open
    T s_m = T(0);
    // Inactivation of sodium: share of its slow gates that are open
    T s_h = T(0);
    // Activation of potassium: share of its gates that are open
    T s_n = T(0);
    // [mV] Membrane potential
    T s_V = T(0);

    explicit Step_unit(const Parameters<T>& given = Parameters<T>(), T length = T(0.01))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // resting potential, to which three of the rates refer
        k_V_rest = T(-65.0);
        // where the activation of sodium has its bend
        k_V_m = T(-40.0);
        // where the closing rate of the inactivation is half its highest
        k_V_h = T(-35.0);
        // where the activation of potassium has its bend
        k_V_n = T(-55.0);
        // steepness of three of the rates
        k_k = T(10.0);
        // steepness of beta_m
        k_k_bm = T(18.0);
        // steepness of alpha_h
        k_k_ah = T(20.0);
        // steepness of beta_n
        k_k_bn = T(80.0);
        // alpha_m at its bend
        k_r_am = T(1.0);
        // beta_m at rest
        k_r_bm = T(4.0);
        // alpha_h at rest
        k_r_ah = T(0.07);
        // highest beta_h
        k_r_bh = T(1.0);
        // alpha_n at its bend
        k_r_an = T(0.1);
        // beta_n at rest
        k_r_bn = T(0.125);
        // the rates take lower potentials for this one
        k_V_low = T(-120.0);
        // the rates take higher potentials for this one
        k_V_high = T(120.0);
    }

    // Back to the first values of the states.
    void init() {
        s_m = T(0.0529324852572496);
        s_h = T(0.59612075350846);
        s_n = T(0.317676914060697);
        s_V = k_V_rest;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [uA/cm**2] Input current per area, constant during a step
    T step(T x_I) {
        const T l_U = smaller(larger(s_V, k_V_low), k_V_high);
        const T l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k);
        const T l_beta_m = k_r_bm * std::exp(-(l_U - k_V_rest) / k_k_bm);
        const T l_alpha_h = k_r_ah * std::exp(-(l_U - k_V_rest) / k_k_ah);
        const T l_beta_h = k_r_bh / (T(1) + std::exp(-(l_U - k_V_h) / k_k));
        const T l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k);
        const T l_beta_n = k_r_bn * std::exp(-(l_U - k_V_rest) / k_k_bn);
        const T t_decay_V = std::exp((-(p_g_Na * s_m * s_m * s_m * s_h) - p_g_K * s_n * s_n * s_n * s_n - p_g_L) / p_C_m * dt);
        // where V is heading
        const T t_rest_V = -(p_gain * x_I - p_g_Na * s_m * s_m * s_m * s_h * -p_E_Na - p_g_K * s_n * s_n * s_n * s_n * -p_E_K - p_g_L * -p_E_L) / (-(p_g_Na * s_m * s_m * s_m * s_h) - p_g_K * s_n * s_n * s_n * s_n - p_g_L);
        // dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
        const T n_V = t_rest_V + (s_V - t_rest_V) * t_decay_V;
        const T t_decay_m = std::exp((-l_alpha_m - l_beta_m) * dt);
        // where m is heading
        const T t_rest_m = -l_alpha_m / (-l_alpha_m - l_beta_m);
        // dm/dt = alpha_m*(1 - m) - beta_m*m
        const T n_m = t_rest_m + (s_m - t_rest_m) * t_decay_m;
        const T t_decay_h = std::exp((-l_alpha_h - l_beta_h) * dt);
        // where h is heading
        const T t_rest_h = -l_alpha_h / (-l_alpha_h - l_beta_h);
        // dh/dt = alpha_h*(1 - h) - beta_h*h
        const T n_h = t_rest_h + (s_h - t_rest_h) * t_decay_h;
        const T t_decay_n = std::exp((-l_alpha_n - l_beta_n) * dt);
        // where n is heading
        const T t_rest_n = -l_alpha_n / (-l_alpha_n - l_beta_n);
        // dn/dt = alpha_n*(1 - n) - beta_n*n
        const T n_n = t_rest_n + (s_n - t_rest_n) * t_decay_n;
        // 1 where the last step left it below
        const T t_below = T(1) - (s_V - p_v_th >= T(0) ? T(1) : T(0));
        // V >= v_th
        const T spike = (n_V - p_v_th >= T(0) ? T(1) : T(0)) * t_below;
        s_m = n_m;
        s_h = n_h;
        s_n = n_n;
        s_V = n_V;
        return spike;
    }
};

}  // namespace neurons_hodgkin_huxley

#endif
