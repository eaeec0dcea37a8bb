// Rendered from components/neurons/rsynaptic/component.yaml by `spikex components render`: edit that file, not this.
//
// Recurrent current-based leaky integrate-and-fire (discrete) (neurons/rsynaptic), version
//   1.0.0, licence BSD-3-Clause
// Current-based leaky neurons whose own spikes come back, one step later, into their synaptic
//   current.
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
#ifndef SPIKEX_NEURONS_RSYNAPTIC
#define SPIKEX_NEURONS_RSYNAPTIC

#include <cmath>

namespace neurons_rsynaptic {

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
    // Weight of a neuron's own last spike; only where all_to_all is false
    T p_V = T(1.0);
    // The neuron fires where the membrane potential is above it; above 0
    T p_threshold = T(1.0);
};

// One time step with all_to_all=true, reset=subtract.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = R[t]
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
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
    // What went out last: 1 for a spike
    T s_spk = T(0);
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
        s_spk = T(0);
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the synaptic current of this step
        const T l_current = k_decay_syn * s_syn + x_I + l_back;
        // the membrane before the reset
        const T l_charge = k_decay_mem * s_mem + l_current;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // syn[t] = current
        const T n_syn = l_current;
        // mem[t] = charge - spiked*threshold
        const T n_mem = l_charge - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=true, reset=zero.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = R[t]
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - charge*spiked
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_all_to_all_zero : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_all_to_all_zero(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the synaptic current of this step
        const T l_current = k_decay_syn * s_syn + x_I + l_back;
        // the membrane before the reset
        const T l_charge = k_decay_mem * s_mem + l_current;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // syn[t] = current
        const T n_syn = l_current;
        // mem[t] = charge - charge*spiked
        const T n_mem = l_charge - l_charge * spiked;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=true, reset=none.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = R[t]
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_all_to_all_none : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_all_to_all_none(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, T x_R = T(0.0)) {
        // what the last step's spikes bring back
        const T l_back = x_R;
        // the synaptic current of this step
        const T l_current = k_decay_syn * s_syn + x_I + l_back;
        // the membrane before the reset
        const T l_charge = k_decay_mem * s_mem + l_current;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // syn[t] = current
        const T n_syn = l_current;
        // mem[t] = charge
        const T n_mem = l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=subtract.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_no_all_to_all_subtract : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_subtract(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the synaptic current of this step
        const T l_current = k_decay_syn * s_syn + x_I + l_back;
        // the membrane before the reset
        const T l_charge = k_decay_mem * s_mem + l_current;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // syn[t] = current
        const T n_syn = l_current;
        // mem[t] = charge - spiked*threshold
        const T n_mem = l_charge - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=zero.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge - charge*spiked
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_no_all_to_all_zero : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_zero(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the synaptic current of this step
        const T l_current = k_decay_syn * s_syn + x_I + l_back;
        // the membrane before the reset
        const T l_charge = k_decay_mem * s_mem + l_current;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // syn[t] = current
        const T n_syn = l_current;
        // mem[t] = charge - charge*spiked
        const T n_mem = l_charge - l_charge * spiked;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

// One time step with all_to_all=false, reset=none.
//   decay_syn = clip(alpha, 0, 1)
//   decay_mem = clip(beta, 0, 1)
//   back = spk[t-1]*V
//   current = decay_syn*syn[t-1] + I[t] + back
//   charge = decay_mem*mem[t-1] + current
//   spk[t] = spk[t-1]
//   syn[t] = current
//   mem[t] = charge
//   spike where mem > threshold
//   after the test, at every step: spk = spike
template <typename T>
struct Step_no_all_to_all_none : Parameters<T> {
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_V;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_decay_syn = T(0);
    T k_decay_mem = T(0);

    // States.
    // What went out last: 1 for a spike
    T s_spk = T(0);
    // Synaptic current
    T s_syn = T(0);
    // Membrane potential
    T s_mem = T(0);

    explicit Step_no_all_to_all_none(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
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
        s_spk = T(0);
        s_syn = T(0);
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the synaptic current as it is
    // x_R: The last step's spikes through the recurrent weights; fed by the recurrence
    T step(T x_I, [[maybe_unused]] T x_R = T(0.0)) {
        // what the last step's spikes bring back
        const T l_back = s_spk * p_V;
        // the synaptic current of this step
        const T l_current = k_decay_syn * s_syn + x_I + l_back;
        // the membrane before the reset
        const T l_charge = k_decay_mem * s_mem + l_current;
        // spk[t] = spk[t-1]
        T n_spk = s_spk;
        // syn[t] = current
        const T n_syn = l_current;
        // mem[t] = charge
        const T n_mem = l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        // spk = spike
        n_spk = spike;
        s_spk = n_spk;
        s_syn = n_syn;
        s_mem = n_mem;
        return spike;
    }
};

}  // namespace neurons_rsynaptic

#endif
