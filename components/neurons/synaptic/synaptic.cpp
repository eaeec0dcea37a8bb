// Rendered from components/neurons/synaptic/component.yaml by `spikex components render`: edit that file, not this.
//
// Current-based leaky integrate-and-fire (discrete) (neurons/synaptic), version 1.0.0, licence
//   BSD-3-Clause
// A leaky neuron whose input first charges a synaptic current that decays by itself.
//
// Papers:
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_NEURONS_SYNAPTIC
#define SPIKEX_NEURONS_SYNAPTIC

#include <cmath>

namespace neurons_synaptic {

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
    // What is left of the synaptic current after one step; exp(-dt/tau_syn); 0 to 1
    T p_alpha = T(0.9);
    // What is left of the membrane potential after one step; exp(-dt/tau_mem); 0 to 1
    T p_beta = T(0.8);
    // The neuron fires where the membrane potential is above it; above 0
    T p_threshold = T(1.0);
};

// One time step with reset=subtract, reset_delay=true.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
//   spike where mem > threshold
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // Synaptic current
    T s_syn = T(0);
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
        // what is left of the current after one step
        k_decay_syn = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the potential after one step
        k_decay_mem = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // syn[t] = decay_syn*syn[t-1] + I[t]
        const T n_syn = k_decay_syn * s_syn + x_I;
        // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
        const T n_mem = k_decay_mem * s_mem + n_syn - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=subtract, reset_delay=false.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: mem = mem - (spike - spiked)*threshold
template <typename T>
struct Step_subtract_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_subtract_no_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the current after one step
        k_decay_syn = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the potential after one step
        k_decay_mem = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // syn[t] = decay_syn*syn[t-1] + I[t]
        const T n_syn = k_decay_syn * s_syn + x_I;
        // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
        T n_mem = k_decay_mem * s_mem + n_syn - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem = mem - (spike - spiked)*threshold
        n_mem = n_mem - (spike - spiked) * p_threshold;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=zero, reset_delay=true.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
//   spike where mem > threshold
template <typename T>
struct Step_zero_reset_delay : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_zero_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the current after one step
        k_decay_syn = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the potential after one step
        k_decay_mem = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // syn[t] = decay_syn*syn[t-1] + I[t]
        const T n_syn = k_decay_syn * s_syn + x_I;
        // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
        const T n_mem = k_decay_mem * s_mem + n_syn - spiked * (k_decay_mem * s_mem + n_syn);
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=zero, reset_delay=false.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
//   spike where mem > threshold
//   after the test, at every step: mem = mem - (spike - spiked)*mem
template <typename T>
struct Step_zero_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_zero_no_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the current after one step
        k_decay_syn = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the potential after one step
        k_decay_mem = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // syn[t] = decay_syn*syn[t-1] + I[t]
        const T n_syn = k_decay_syn * s_syn + x_I;
        // mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
        T n_mem = k_decay_mem * s_mem + n_syn - spiked * (k_decay_mem * s_mem + n_syn);
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem = mem - (spike - spiked)*mem
        n_mem = n_mem - (spike - spiked) * n_mem;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=none, reset_delay=true or reset=none, reset_delay=false.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   syn[t] = decay_syn*syn[t-1] + I[t]
//   mem[t] = decay_mem*mem[t-1] + syn[t]
//   spike where mem > threshold
template <typename T>
struct Step_none_reset_delay : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_none_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the current after one step
        k_decay_syn = smaller(larger(p_alpha, T(0)), T(1));
        // what is left of the potential after one step
        k_decay_mem = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    T step(T x_I) {
        // syn[t] = decay_syn*syn[t-1] + I[t]
        const T n_syn = k_decay_syn * s_syn + x_I;
        // mem[t] = decay_mem*mem[t-1] + syn[t]
        const T n_mem = k_decay_mem * s_mem + n_syn;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

}  // namespace neurons_synaptic

#endif
