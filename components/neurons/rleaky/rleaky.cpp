// Rendered from components/neurons/rleaky/component.yaml by `spikex components render`: edit that file, not this.
//
// Recurrent leaky integrate-and-fire (discrete) (neurons/rleaky), version 1.0.0, licence
//   BSD-3-Clause
// Leaky neurons that hear, one step later, their own spikes: through a weight matrix, or each
//   its own.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state.
#ifndef SPIKEX_NEURONS_RLEAKY
#define SPIKEX_NEURONS_RLEAKY

#include <cmath>

namespace neurons_rleaky {

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
    // What is left of the membrane potential after one step; exp(-dt/tau); 0 to 1
    T p_beta = T(0.9);
    // Weight of a neuron's own last spike; only where all_to_all is false
    T p_V = T(1.0);
    // The neuron fires where the membrane potential is above it; above 0
    T p_threshold = T(1.0);
};

// One time step with all_to_all=true, reset=subtract, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*threshold
        const T n_mem = l_charge - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=true, reset=subtract, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*threshold
template <typename T>
struct Step_all_to_all_subtract_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_all_to_all_subtract_no_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*threshold
        T n_mem = l_charge - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        // mem = mem - (spike - spiked)*threshold
        n_mem = n_mem - (spike - spiked) * p_threshold;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=true, reset=zero, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_all_to_all_zero_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_all_to_all_zero_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*charge
        const T n_mem = l_charge - spiked * l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=true, reset=zero, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*mem
template <typename T>
struct Step_all_to_all_zero_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_all_to_all_zero_no_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*charge
        T n_mem = l_charge - spiked * l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        // mem = mem - (spike - spiked)*mem
        n_mem = n_mem - (spike - spiked) * n_mem;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=true, reset=none, reset_delay=true or all_to_all=true,
//   reset=none, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = R[t]
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_all_to_all_none_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_all_to_all_none_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge
        const T n_mem = l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=subtract, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_no_all_to_all_subtract_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_subtract_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*threshold
        const T n_mem = l_charge - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=subtract, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*threshold
template <typename T>
struct Step_no_all_to_all_subtract_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_subtract_no_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*threshold
        T n_mem = l_charge - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        // mem = mem - (spike - spiked)*threshold
        n_mem = n_mem - (spike - spiked) * p_threshold;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=zero, reset_delay=true.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_no_all_to_all_zero_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_zero_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*charge
        const T n_mem = l_charge - spiked * l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=zero, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
//   after the test, at every step: mem = mem - (spike - spiked)*mem
template <typename T>
struct Step_no_all_to_all_zero_no_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_zero_no_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge - spiked*charge
        T n_mem = l_charge - spiked * l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        // mem = mem - (spike - spiked)*mem
        n_mem = n_mem - (spike - spiked) * n_mem;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=none, reset_delay=true or all_to_all=false,
//   reset=none, reset_delay=false.
//   decay = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   charge = decay*mem[t-1] + I[t] + back
//   spk[t] = spk[t-1]
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_no_all_to_all_none_reset_delay : Parameters<T> {
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_none_reset_delay(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the membrane before the reset
        const T l_charge = k_decay * s_mem + x_I + l_back;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // mem[t] = charge
        const T n_mem = l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_mem = n_mem;
        return spike;
    }
};

}  // namespace neurons_rleaky

#endif
