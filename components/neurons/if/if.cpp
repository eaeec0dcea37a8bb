// Rendered from components/neurons/if/component.yaml by `spikex components render`: edit that file, not this.
//
// Perfect integrate-and-fire (neurons/if), version 1.0.0, licence BSD-3-Clause
// A capacitor without a leak: it adds up its input, fires at the threshold and starts again.
//
// Papers:
// - Lapicque L.; translation by Brunel N., van Rossum M.C.W. (2007). Quantitative
//   investigations of electrical nerve excitation treated as polarization,
//   doi:10.1007/s00422-007-0189-6
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
// - Pedersen J.E., Abreu S., Jobst M., Lenz G., Fra V., Bauer F.C., Muir D.R., Zhou P.,
//   Vogginger B., Heckel K., Urgese G., Shankar S., Stewart T.C., Sheik S., Eshraghian J.K.
//   (2024). Neuromorphic intermediate representation: A unified instruction set for
//   interoperable brain-inspired computing, doi:10.1038/s41467-024-52259-9
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_NEURONS_IF
#define SPIKEX_NEURONS_IF

#include <cmath>

namespace neurons_if {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [pF] Capacitance: how much charge lifts the potential by 1 mV; above 0
    T p_C_m = T(1.0);
    // [mV] Threshold: the neuron fires where the potential reaches it
    T p_v_th = T(1.0);
    // [mV] Potential at the beginning and, with reset: value, after a spike
    T p_v_reset = T(0.0);

    // cell: A capacitance and potentials as a real cell has them.
    static Parameters preset_cell() {
        Parameters made;
        made.p_C_m = T(250.0);
        made.p_v_th = T(-55.0);
        made.p_v_reset = T(-70.0);
        return made;
    }
};

// One time step with reset=value.
//   dv/dt = I/C_m
//   integrated by: exact
//   spike where v >= v_th
//   at a spike: v = v_reset
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // [mV] Membrane potential
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
    // x_I: [pA] Input current, constant during a step
    T step(T x_I) {
        // dv/dt = I/C_m
        T n_v = s_v + dt * (x_I / p_C_m);
        // v >= v_th
        const T spike = n_v - p_v_th >= T(0) ? T(1) : T(0);
        // where it fired: v = v_reset
        n_v = spike > T(0) ? p_v_reset : n_v;
        s_v = n_v;
        return spike;
    }
};

// One time step with reset=subtract.
//   dv/dt = I/C_m
//   integrated by: exact
//   spike where v >= v_th
//   at a spike: v -= v_th - v_reset
template <typename T>
struct Step_subtract : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // [mV] Membrane potential
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
    // x_I: [pA] Input current, constant during a step
    T step(T x_I) {
        // dv/dt = I/C_m
        T n_v = s_v + dt * (x_I / p_C_m);
        // v >= v_th
        const T spike = n_v - p_v_th >= T(0) ? T(1) : T(0);
        // where it fired: v -= v_th - v_reset
        n_v = n_v - spike * (p_v_th - p_v_reset);
        s_v = n_v;
        return spike;
    }
};

}  // namespace neurons_if

#endif
