// Rendered from components/synapses/tsodyks-markram/component.yaml by `spikex components render`: edit that file, not this.
//
// Tsodyks-Markram synapse (synapses/tsodyks-markram), version 1.0.0, licence BSD-3-Clause
// A synapse that tires and warms up: every spike uses part of its resources, and raises the
//   part that the next one uses.
//
// Papers:
// - Tsodyks M.V., Markram H. (1997). The neural code between neocortical pyramidal neurons
//   depends on neurotransmitter release probability, doi:10.1073/pnas.94.2.719
// - Tsodyks M., Pawelzik K., Markram H. (1998). Neural networks with dynamic synapses,
//   doi:10.1162/089976698300017502
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_SYNAPSES_TSODYKS_MARKRAM
#define SPIKEX_SYNAPSES_TSODYKS_MARKRAM

#include <cmath>

namespace synapses_tsodyks_markram {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Share of the resources that a spike uses after a long rest; 0 to 1
    T p_U = T(0.5);
    // [ms] How fast used resources come back: depression; above 0
    T p_tau_rec = T(800.0);
    // [ms] How fast the used share sinks back: facilitation. Far shorter than the gaps between
    //   spikes: none; above 0
    T p_tau_fac = T(100.0);
    // Strength: what a spike that used everything would give
    T p_A = T(1.0);
    // [ms] Time constant of the current (give: current); above 0
    T p_tau_s = T(3.0);

    // depressing: Depression only, as between pyramidal cells.
    static Parameters preset_depressing() {
        Parameters made;
        made.p_U = T(0.5);
        made.p_tau_rec = T(800.0);
        made.p_tau_fac = T(1.0);
        return made;
    }

    // facilitating: Facilitation, as from pyramidal cells onto some interneurons.
    static Parameters preset_facilitating() {
        Parameters made;
        made.p_U = T(0.15);
        made.p_tau_rec = T(130.0);
        made.p_tau_fac = T(530.0);
        return made;
    }
};

// One time step with give=current.
//   du/dt = -u/tau_fac
//   dx/dt = (1 - x)/tau_rec
//   dI/dt = -I/tau_s
//   integrated by: exact
//   then, at every step: u += U*(1 - u)*s
//   then, at every step: I += A*u*x*s
//   then, at every step: x -= u*x*s
//   goes out: I
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_U;
    using Parameters<T>::p_tau_rec;
    using Parameters<T>::p_tau_fac;
    using Parameters<T>::p_A;
    using Parameters<T>::p_tau_s;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_u = T(0);
    T c_decay_x = T(0);
    T c_decay_I = T(0);

    // States.
    // Share of the resources that the next spike uses, before it adds to it
    T s_u = T(0);
    // Resources that are there: 1 after a long rest
    T s_x = T(0);
    // What goes out
    T s_I = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how much of u is left after one step
        c_decay_u = std::exp(-dt / p_tau_fac);
        // how much of x is left after one step
        c_decay_x = std::exp(-dt / p_tau_rec);
        // how much of I is left after one step
        c_decay_I = std::exp(-dt / p_tau_s);
    }

    // Back to the first values of the states.
    void init() {
        s_u = T(0);
        s_x = T(1);
        s_I = T(0);
    }

    // One step: returns what goes out.
    // x_s: Spikes of the neuron before it: 0 or 1
    T step(T x_s) {
        // where u is heading
        const T t_rest_u = T(0);
        // du/dt = -u/tau_fac
        T n_u = t_rest_u + (s_u - t_rest_u) * c_decay_u;
        // where x is heading
        const T t_rest_x = T(1);
        // dx/dt = (1 - x)/tau_rec
        T n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
        // where I is heading
        const T t_rest_I = T(0);
        // dI/dt = -I/tau_s
        T n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I;
        // u += U*(1 - u)*s
        n_u = n_u + p_U * (T(1) - n_u) * x_s;
        // I += A*u*x*s
        n_I = n_I + p_A * n_u * n_x * x_s;
        // x -= u*x*s
        n_x = n_x - n_u * n_x * x_s;
        // I
        const T out = n_I;
        s_u = n_u;
        s_x = n_x;
        s_I = n_I;
        return out;
    }
};

// One time step with give=pulse.
//   du/dt = -u/tau_fac
//   dx/dt = (1 - x)/tau_rec
//   dI/dt = -I/tau_s
//   integrated by: exact
//   then, at every step: u += U*(1 - u)*s
//   then, at every step: I = A*u*x*s
//   then, at every step: x -= u*x*s
//   goes out: I
template <typename T>
struct Step_pulse : Parameters<T> {
    using Parameters<T>::p_U;
    using Parameters<T>::p_tau_rec;
    using Parameters<T>::p_tau_fac;
    using Parameters<T>::p_A;
    using Parameters<T>::p_tau_s;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_u = T(0);
    T c_decay_x = T(0);
    T c_decay_I = T(0);

    // States.
    // Share of the resources that the next spike uses, before it adds to it
    T s_u = T(0);
    // Resources that are there: 1 after a long rest
    T s_x = T(0);
    // What goes out
    T s_I = T(0);

    explicit Step_pulse(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how much of u is left after one step
        c_decay_u = std::exp(-dt / p_tau_fac);
        // how much of x is left after one step
        c_decay_x = std::exp(-dt / p_tau_rec);
        // how much of I is left after one step
        c_decay_I = std::exp(-dt / p_tau_s);
    }

    // Back to the first values of the states.
    void init() {
        s_u = T(0);
        s_x = T(1);
        s_I = T(0);
    }

    // One step: returns what goes out.
    // x_s: Spikes of the neuron before it: 0 or 1
    T step(T x_s) {
        // where u is heading
        const T t_rest_u = T(0);
        // du/dt = -u/tau_fac
        T n_u = t_rest_u + (s_u - t_rest_u) * c_decay_u;
        // where x is heading
        const T t_rest_x = T(1);
        // dx/dt = (1 - x)/tau_rec
        T n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
        // where I is heading
        const T t_rest_I = T(0);
        // dI/dt = -I/tau_s
        T n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I;
        // u += U*(1 - u)*s
        n_u = n_u + p_U * (T(1) - n_u) * x_s;
        // I = A*u*x*s
        n_I = p_A * n_u * n_x * x_s;
        // x -= u*x*s
        n_x = n_x - n_u * n_x * x_s;
        // I
        const T out = n_I;
        s_u = n_u;
        s_x = n_x;
        s_I = n_I;
        return out;
    }
};

}  // namespace synapses_tsodyks_markram

#endif
