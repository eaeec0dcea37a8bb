// Rendered from components/neurons/plif/component.yaml by `spikex components render`: edit that file, not this.
//
// Parametric leaky integrate-and-fire (neurons/plif), version 1.0.0, licence BSD-3-Clause
// A discrete leaky neuron whose time constant is learned, kept above one step by a sigmoid.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_NEURONS_PLIF
#define SPIKEX_NEURONS_PLIF

#include <cmath>

namespace neurons_plif {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Sets the time constant: tau = 1 + exp(-a) steps. 0 is 2 steps; for tau steps a = -log(tau -
    //   1)
    T p_a = T(0.0);
    // The neuron fires where the potential reaches it; above 0
    T p_v_th = T(1.0);
    // The potential rests here, and goes here after a spike
    T p_v_reset = T(0.0);
};

// One time step with reset=value.
//   kappa = sigmoid(a)
//   v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
//   spike where v >= v_th
//   at a spike: v = v_reset
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_a;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_kappa = T(0);

    // States.
    // Membrane potential
    T s_v = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // one over the time constant: the part of the way to the input that a step goes
        k_kappa = T(1) / (T(1) + std::exp(-p_a));
    }

    // Back to the first values of the states.
    void init() {
        s_v = p_v_reset;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step: what the potential, counted from rest, tends to
    T step(T x_I) {
        // v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
        T n_v = s_v + (x_I - (s_v - p_v_reset)) * k_kappa;
        // v >= v_th
        const T spike = n_v - p_v_th >= T(0) ? T(1) : T(0);
        // where it fired: v = v_reset
        n_v = spike > T(0) ? p_v_reset : n_v;
        s_v = n_v;
        return spike;
    }
};

// One time step with reset=subtract.
//   kappa = sigmoid(a)
//   v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
//   spike where v >= v_th
//   at a spike: v -= v_th
template <typename T>
struct Step_subtract : Parameters<T> {
    using Parameters<T>::p_a;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_kappa = T(0);

    // States.
    // Membrane potential
    T s_v = T(0);

    explicit Step_subtract(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // one over the time constant: the part of the way to the input that a step goes
        k_kappa = T(1) / (T(1) + std::exp(-p_a));
    }

    // Back to the first values of the states.
    void init() {
        s_v = p_v_reset;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step: what the potential, counted from rest, tends to
    T step(T x_I) {
        // v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
        T n_v = s_v + (x_I - (s_v - p_v_reset)) * k_kappa;
        // v >= v_th
        const T spike = n_v - p_v_th >= T(0) ? T(1) : T(0);
        // where it fired: v -= v_th
        n_v = n_v - spike * p_v_th;
        s_v = n_v;
        return spike;
    }
};

}  // namespace neurons_plif

#endif
