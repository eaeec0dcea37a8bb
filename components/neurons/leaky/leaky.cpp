// Rendered from components/neurons/leaky/component.yaml by `spikex components render`: edit that file, not this.
//
// Leaky integrate-and-fire (discrete) (neurons/leaky), version 1.0.0, licence BSD-3-Clause
// A membrane that leaks by the factor beta at every step, adds its input, and fires above the
//   threshold.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
// - Lapicque L.; translation by Brunel N., van Rossum M.C.W. (2007). Quantitative
//   investigations of electrical nerve excitation treated as polarization,
//   doi:10.1007/s00422-007-0189-6
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_NEURONS_LEAKY
#define SPIKEX_NEURONS_LEAKY

#include <cmath>

namespace neurons_leaky {

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
    // What is left of the membrane potential after one step; exp(-dt/tau) of a neuron with time
    //   constant tau; 0 to 1
    T p_beta = T(0.9);
    // The neuron fires where the membrane potential is above it; above 0
    T p_threshold = T(1.0);
};

// One time step with reset=subtract, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   mem[t] = decay*mem[t-1] + I[t] - spiked*threshold
//   spike where mem > threshold
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
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
        // what is left of the potential after one step
        k_decay = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem[t] = decay*mem[t-1] + I[t] - spiked*threshold
        const T n_mem = k_decay * s_mem + x_I - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=subtract, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   mem[t] = decay*mem[t-1] + I[t] - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: mem = mem - (spike - spiked)*threshold
template <typename T>
struct Step_subtract_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
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
        // what is left of the potential after one step
        k_decay = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem[t] = decay*mem[t-1] + I[t] - spiked*threshold
        T n_mem = k_decay * s_mem + x_I - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem = mem - (spike - spiked)*threshold
        n_mem = n_mem - (spike - spiked) * p_threshold;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=zero, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   mem[t] = decay*((1 - spiked)*mem[t-1]) + I[t]
//   spike where mem > threshold
template <typename T>
struct Step_zero_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
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
        // what is left of the potential after one step
        k_decay = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem[t] = decay*((1 - spiked)*mem[t-1]) + I[t]
        const T n_mem = k_decay * ((T(1) - spiked) * s_mem) + x_I;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=zero, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   mem[t] = decay*((1 - spiked)*mem[t-1]) + I[t]
//   spike where mem > threshold
//   after the test, at every step: mem = mem - (spike - spiked)*mem
template <typename T>
struct Step_zero_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
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
        // what is left of the potential after one step
        k_decay = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem[t] = decay*((1 - spiked)*mem[t-1]) + I[t]
        T n_mem = k_decay * ((T(1) - spiked) * s_mem) + x_I;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // mem = mem - (spike - spiked)*mem
        n_mem = n_mem - (spike - spiked) * n_mem;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=none, reset_delay=true or reset=none, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   mem[t] = decay*mem[t-1] + I[t]
//   spike where mem > threshold
template <typename T>
struct Step_none_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
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
        // what is left of the potential after one step
        k_decay = smaller(larger(p_beta, T(0)), T(1));
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    T step(T x_I) {
        // mem[t] = decay*mem[t-1] + I[t]
        const T n_mem = k_decay * s_mem + x_I;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_mem = n_mem;
        return spike;
    }
};

}  // namespace neurons_leaky

#endif
