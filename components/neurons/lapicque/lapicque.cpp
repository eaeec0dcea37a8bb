// Rendered from components/neurons/lapicque/component.yaml by `spikex components render`: edit that file, not this.
//
// Lapicque's RC circuit (discrete) (neurons/lapicque), version 1.0.0, licence BSD-3-Clause
// A resistor and a capacitor, stepped with Euler's method: the discrete leaky neuron with its
//   circuit left visible.
//
// Papers:
// - Lapicque L.; translation by Brunel N., van Rossum M.C.W. (2007). Quantitative
//   investigations of electrical nerve excitation treated as polarization,
//   doi:10.1007/s00422-007-0189-6
// - Brunel N., van Rossum M.C.W. (2007). Lapicque's 1907 paper: from frogs to
//   integrate-and-fire, doi:10.1007/s00422-007-0190-0
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state.
#ifndef SPIKEX_NEURONS_LAPICQUE
#define SPIKEX_NEURONS_LAPICQUE

#include <cmath>

namespace neurons_lapicque {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [Mohm] Resistance: what a constant current of 1 nA lifts the membrane to, in mV; above 0
    T p_R = T(5.0);
    // [nF] Capacitance; the time constant is R*C (in ms); above 0
    T p_C = T(2.0);
    // [mV] The neuron fires where the membrane potential is above it; above 0
    T p_threshold = T(1.0);

    // tutorial: R = 5.1 Mohm, C = 5 nF: the values of snnTorch's tutorials; a time constant of 25.5
    //   ms.
    static Parameters preset_tutorial() {
        Parameters made;
        made.p_R = T(5.1);
        made.p_C = T(5.0);
        return made;
    }
};

// One time step with reset=subtract.
//   rate = 1/(R*C)
//   kept = 1 - dt/(R*C)
//   charge = I[t]*R*rate*dt + kept*mem[t-1]
//   mem[t] = charge - spiked*threshold
//   spike where mem > threshold
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_R;
    using Parameters<T>::p_C;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_rate = T(0);
    T k_kept = T(0);

    // States.
    // [mV] Membrane potential, above rest
    T s_mem = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how fast the membrane leaks: one over the time constant
        k_rate = T(1) / (p_R * p_C);
        // what is left of the potential after one step
        k_kept = T(1) - dt / (p_R * p_C);
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [nA] Input current, constant during a step
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // the membrane before the reset
        const T l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem;
        // mem[t] = charge - spiked*threshold
        const T n_mem = l_charge - spiked * p_threshold;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=zero.
//   rate = 1/(R*C)
//   kept = 1 - dt/(R*C)
//   charge = I[t]*R*rate*dt + kept*mem[t-1]
//   mem[t] = charge - spiked*charge
//   spike where mem > threshold
template <typename T>
struct Step_zero : Parameters<T> {
    using Parameters<T>::p_R;
    using Parameters<T>::p_C;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_rate = T(0);
    T k_kept = T(0);

    // States.
    // [mV] Membrane potential, above rest
    T s_mem = T(0);

    explicit Step_zero(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how fast the membrane leaks: one over the time constant
        k_rate = T(1) / (p_R * p_C);
        // what is left of the potential after one step
        k_kept = T(1) - dt / (p_R * p_C);
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [nA] Input current, constant during a step
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_mem - p_threshold > T(0) ? T(1) : T(0);
        // the membrane before the reset
        const T l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem;
        // mem[t] = charge - spiked*charge
        const T n_mem = l_charge - spiked * l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_mem = n_mem;
        return spike;
    }
};

// One time step with reset=none.
//   rate = 1/(R*C)
//   kept = 1 - dt/(R*C)
//   charge = I[t]*R*rate*dt + kept*mem[t-1]
//   mem[t] = charge
//   spike where mem > threshold
template <typename T>
struct Step_none : Parameters<T> {
    using Parameters<T>::p_R;
    using Parameters<T>::p_C;
    using Parameters<T>::p_threshold;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_rate = T(0);
    T k_kept = T(0);

    // States.
    // [mV] Membrane potential, above rest
    T s_mem = T(0);

    explicit Step_none(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how fast the membrane leaks: one over the time constant
        k_rate = T(1) / (p_R * p_C);
        // what is left of the potential after one step
        k_kept = T(1) - dt / (p_R * p_C);
    }

    // Back to the first values of the states.
    void init() {
        s_mem = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [nA] Input current, constant during a step
    T step(T x_I) {
        // the membrane before the reset
        const T l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem;
        // mem[t] = charge
        const T n_mem = l_charge;
        // mem > threshold
        const T spike = n_mem - p_threshold > T(0) ? T(1) : T(0);
        s_mem = n_mem;
        return spike;
    }
};

}  // namespace neurons_lapicque

#endif
