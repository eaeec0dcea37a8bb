// Rendered from components/neurons/alif/component.yaml by `spikex components render`: edit that file, not this.
//
// Adaptive leaky integrate-and-fire (LSNN) (neurons/alif), version 1.0.0, licence BSD-3-Clause
// A leaky neuron whose threshold rises with every spike it fires and sinks back slowly: a
//   memory of seconds.
//
// Papers:
// - Bellec G., Salaj D., Subramoney A., Legenstein R., Maass W. (2018). Long short-term memory
//   and learning-to-learn in networks of spiking neurons
// - Bellec G., Scherr F., Subramoney A., Hajek E., Salaj D., Legenstein R., Maass W. (2020). A
//   solution to the learning dilemma for recurrent networks of spiking neurons,
//   doi:10.1038/s41467-020-17236-y
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_NEURONS_ALIF
#define SPIKEX_NEURONS_ALIF

#include <cmath>

namespace neurons_alif {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [ms] Membrane time constant; above 0
    T p_tau_m = T(20.0);
    // [ms] Time constant of the adaptation: how long the neuron remembers its own spikes; above 0
    T p_tau_a = T(200.0);
    // How much one spike raises the threshold; 1.7 (1 - rho)/(1 - alpha) in the e-prop experiments.
    //   0 makes a plain leaky neuron; at least 0
    T p_beta = T(0.17);
    // Threshold at rest, and what a spike takes off the potential; above 0
    T p_v_th = T(1.0);

    // evidence: The memory of the e-prop paper's evidence accumulation (dt 1 ms): two seconds,
    //   threshold 0.6.
    static Parameters preset_evidence() {
        Parameters made;
        made.p_tau_m = T(20.0);
        made.p_tau_a = T(2000.0);
        made.p_beta = T(0.01742);
        made.p_v_th = T(0.6);
        return made;
    }
};

// One time step.
//   alpha = exp(-dt/tau_m)
//   rho = exp(-dt/tau_a)
//   a[t] = rho*a[t-1] + spiked
//   v[t] = alpha*v[t-1] + I[t] - detach(spiked)*v_th
//   spike where v > v_th + beta*a
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau_m;
    using Parameters<T>::p_tau_a;
    using Parameters<T>::p_beta;
    using Parameters<T>::p_v_th;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_alpha = T(0);
    T k_rho = T(0);

    // States.
    // Adaptation: a trace of the neuron's own spikes
    T s_a = T(0);
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
        // what is left of the potential after one step
        k_alpha = std::exp(-dt / p_tau_m);
        // what is left of the adaptation after one step
        k_rho = std::exp(-dt / p_tau_a);
    }

    // Back to the first values of the states.
    void init() {
        s_a = T(0);
        s_v = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step, added to the membrane as it is
    T step(T x_I) {
        // the test on the state as the last step left it
        const T spiked = s_v - (p_v_th + p_beta * s_a) > T(0) ? T(1) : T(0);
        // a[t] = rho*a[t-1] + spiked
        const T n_a = k_rho * s_a + spiked;
        // v[t] = alpha*v[t-1] + I[t] - detach(spiked)*v_th
        const T n_v = k_alpha * s_v + x_I - spiked * p_v_th;
        // v > v_th + beta*a
        const T spike = n_v - (p_v_th + p_beta * n_a) > T(0) ? T(1) : T(0);
        s_a = n_a;
        s_v = n_v;
        return spike;
    }
};

}  // namespace neurons_alif

#endif
