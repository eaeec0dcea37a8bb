// Rendered from components/neurons/klif/component.yaml by `spikex components render`: edit that file, not this.
//
// k-scaled leaky integrate-and-fire (neurons/klif), version 1.0.0, licence BSD-3-Clause
// A discrete leaky neuron that learns how steeply its potential is scaled and cuts off what is
//   negative.
//
// Papers:
// - Jiang C., Zhang Y. (2023). KLIF: An optimized spiking neuron unit for tuning surrogate
//   gradient slope and membrane potential, doi:10.48550/arXiv.2302.09238
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state.
#ifndef SPIKEX_NEURONS_KLIF
#define SPIKEX_NEURONS_KLIF

#include <cmath>

namespace neurons_klif {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Scales the potential before the test: above 1 more spikes and a steeper gradient, below 1
    //   fewer; above 0
    T p_k = T(1.0);
    // Time constant in steps; above 1
    T p_tau = T(2.0);
    // The neuron fires where the scaled potential reaches it; above 0
    T p_v_th = T(1.0);
    // The potential rests here, and goes here after a spike
    T p_v_reset = T(0.0);
};

// One time step with reset=value.
//   charge = v[t-1] + (I[t] - (v[t-1] - v_reset))/tau
//   v[t] = relu(k*charge)
//   spike where v >= v_th
//   at a spike: v = v_reset
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_k;
    using Parameters<T>::p_tau;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Membrane potential, scaled
    T s_v = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_v = p_v_reset;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step: what the potential, counted from rest, tends to
    T step(T x_I) {
        // what a plain leaky neuron would have
        const T l_charge = s_v + (x_I - (s_v - p_v_reset)) / p_tau;
        // v[t] = relu(k*charge)
        T n_v = larger(p_k * l_charge, T(0));
        // v >= v_th
        const T spike = n_v - p_v_th >= T(0) ? T(1) : T(0);
        // where it fired: v = v_reset
        n_v = spike > T(0) ? p_v_reset : n_v;
        s_v = n_v;
        return spike;
    }
};

// One time step with reset=subtract.
//   charge = v[t-1] + (I[t] - (v[t-1] - v_reset))/tau
//   v[t] = relu(k*charge)
//   spike where v >= v_th
//   at a spike: v -= v_th
template <typename T>
struct Step_subtract : Parameters<T> {
    using Parameters<T>::p_k;
    using Parameters<T>::p_tau;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Membrane potential, scaled
    T s_v = T(0);

    explicit Step_subtract(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_v = p_v_reset;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step: what the potential, counted from rest, tends to
    T step(T x_I) {
        // what a plain leaky neuron would have
        const T l_charge = s_v + (x_I - (s_v - p_v_reset)) / p_tau;
        // v[t] = relu(k*charge)
        T n_v = larger(p_k * l_charge, T(0));
        // v >= v_th
        const T spike = n_v - p_v_th >= T(0) ? T(1) : T(0);
        // where it fired: v -= v_th
        n_v = n_v - spike * p_v_th;
        s_v = n_v;
        return spike;
    }
};

}  // namespace neurons_klif

#endif
