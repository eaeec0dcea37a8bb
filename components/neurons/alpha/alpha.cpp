// Rendered from components/neurons/alpha/component.yaml by `spikex components render`: edit that file, not this.
//
// Alpha neuron (discrete, second order) (neurons/alpha), version 1.0.0, licence BSD-3-Clause
// A neuron that answers one input spike with an alpha-shaped bump: up with one decay, down with
//   another.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state.
#ifndef SPIKEX_NEURONS_ALPHA
#define SPIKEX_NEURONS_ALPHA

#include <cmath>

namespace neurons_alpha {

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
    // What is left of the exciting current after one step; larger than beta; 0 to 1
    T p_alpha = T(0.9);
    // What is left of the inhibiting current after one step; below 1; 0 to 1
    T p_beta = T(0.8);
    // The neuron fires where the membrane potential is above it; above 0
    T p_threshold = T(1.0);
};

// One time step with reset=zero.
//   decay_exc = clip(alpha, 0, 1)
//   decay_inh = clip(beta, 0, 1)
//   gain = log(decay_exc)/(log(decay_inh) - log(decay_exc)) + 1
//   exc = decay_exc*syn_exc[t-1] + I[t]
//   inh = decay_inh*syn_inh[t-1] - I[t]
//   bump = gain*(exc + inh)
//   syn_exc[t] = exc - exc*spiked
//   syn_inh[t] = inh - inh*spiked
//   mem[t] = bump - bump*spiked
//   spike where mem > threshold
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_exc = T(0);
    T k_decay_inh = T(0);
    T k_gain = T(0);

    // States.
    // Exciting current: charged by the input
    T s_syn_exc = T(0);
    // Inhibiting current: discharged by the same input
    T s_syn_inh = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the exciting current after one step
        k_decay_exc = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the inhibiting current after one step
        k_decay_inh = smaller(larger(p_beta, T(0)), T(1));
        // scales the difference of the two currents
        k_gain = std::log(k_decay_exc) / (std::log(k_decay_inh) - std::log(k_decay_exc)) + T(1);
    }

    // Back to the first values of the states.
    void init() {
        s_syn_exc = T(0);
        s_syn_inh = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to one current and taken off the other
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // exciting current before the reset
        const T l_exc = k_decay_exc * s_syn_exc + x_I;
        // inhibiting current before the reset
        const T l_inh = k_decay_inh * s_syn_inh - x_I;
        // membrane potential before the reset
        const T l_bump = k_gain * (l_exc + l_inh);
        // syn_exc[t] = exc - exc*spiked
        const T n_syn_exc = l_exc - l_exc * spiked;
        // syn_inh[t] = inh - inh*spiked
        const T n_syn_inh = l_inh - l_inh * spiked;
        // mem[t] = bump - bump*spiked
        const T n_mem = l_bump - l_bump * spiked;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_syn_exc = n_syn_exc;
        s_syn_inh = n_syn_inh;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=subtract.
//   decay_exc = clip(alpha, 0, 1)
//   decay_inh = clip(beta, 0, 1)
//   gain = log(decay_exc)/(log(decay_inh) - log(decay_exc)) + 1
//   exc = decay_exc*syn_exc[t-1] + I[t]
//   inh = decay_inh*syn_inh[t-1] - I[t]
//   bump = gain*(exc + inh)
//   syn_exc[t] = exc - threshold*spiked
//   syn_inh[t] = inh - inh*spiked
//   mem[t] = bump + syn_inh[t-1]*spiked
//   spike where mem > threshold
template <typename T>
struct Step_subtract : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_exc = T(0);
    T k_decay_inh = T(0);
    T k_gain = T(0);

    // States.
    // Exciting current: charged by the input
    T s_syn_exc = T(0);
    // Inhibiting current: discharged by the same input
    T s_syn_inh = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_subtract(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the exciting current after one step
        k_decay_exc = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the inhibiting current after one step
        k_decay_inh = smaller(larger(p_beta, T(0)), T(1));
        // scales the difference of the two currents
        k_gain = std::log(k_decay_exc) / (std::log(k_decay_inh) - std::log(k_decay_exc)) + T(1);
    }

    // Back to the first values of the states.
    void init() {
        s_syn_exc = T(0);
        s_syn_inh = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to one current and taken off the other
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // exciting current before the reset
        const T l_exc = k_decay_exc * s_syn_exc + x_I;
        // inhibiting current before the reset
        const T l_inh = k_decay_inh * s_syn_inh - x_I;
        // membrane potential before the reset
        const T l_bump = k_gain * (l_exc + l_inh);
        // syn_exc[t] = exc - threshold*spiked
        const T n_syn_exc = l_exc - p_threshold * spiked;
        // syn_inh[t] = inh - inh*spiked
        const T n_syn_inh = l_inh - l_inh * spiked;
        // mem[t] = bump + syn_inh[t-1]*spiked
        const T n_mem = l_bump + s_syn_inh * spiked;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_syn_exc = n_syn_exc;
        s_syn_inh = n_syn_inh;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=none.
//   decay_exc = clip(alpha, 0, 1)
//   decay_inh = clip(beta, 0, 1)
//   gain = log(decay_exc)/(log(decay_inh) - log(decay_exc)) + 1
//   exc = decay_exc*syn_exc[t-1] + I[t]
//   inh = decay_inh*syn_inh[t-1] - I[t]
//   bump = gain*(exc + inh)
//   syn_exc[t] = exc
//   syn_inh[t] = inh
//   mem[t] = bump
//   spike where mem > threshold
template <typename T>
struct Step_none : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_exc = T(0);
    T k_decay_inh = T(0);
    T k_gain = T(0);

    // States.
    // Exciting current: charged by the input
    T s_syn_exc = T(0);
    // Inhibiting current: discharged by the same input
    T s_syn_inh = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_none(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the exciting current after one step
        k_decay_exc = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the inhibiting current after one step
        k_decay_inh = smaller(larger(p_beta, T(0)), T(1));
        // scales the difference of the two currents
        k_gain = std::log(k_decay_exc) / (std::log(k_decay_inh) - std::log(k_decay_exc)) + T(1);
    }

    // Back to the first values of the states.
    void init() {
        s_syn_exc = T(0);
        s_syn_inh = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to one current and taken off the other
    T step(T x_I) {
        // exciting current before the reset
        const T l_exc = k_decay_exc * s_syn_exc + x_I;
        // inhibiting current before the reset
        const T l_inh = k_decay_inh * s_syn_inh - x_I;
        // membrane potential before the reset
        const T l_bump = k_gain * (l_exc + l_inh);
        // syn_exc[t] = exc
        const T n_syn_exc = l_exc;
        // syn_inh[t] = inh
        const T n_syn_inh = l_inh;
        // mem[t] = bump
        const T n_mem = l_bump;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_syn_exc = n_syn_exc;
        s_syn_inh = n_syn_inh;
        s_mem = n_mem;
        return spike;
    }
};

}  // namespace neurons_alpha

#endif
