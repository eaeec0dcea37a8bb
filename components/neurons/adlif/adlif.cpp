// Rendered from components/neurons/adlif/component.yaml by `spikex components render`: edit that file, not this.
//
// Adaptive leaky integrate-and-fire (current, symplectic Euler) (neurons/adlif), version 1.0.0,
//   licence BSD-3-Clause
// A leaky neuron held back by a slow current, which follows the potential and jumps at every
//   spike.
//
// Papers:
// - Bittar A., Garner P.N. (2022). A surrogate gradient spiking baseline for speech command
//   recognition, doi:10.3389/fnins.2022.865897
// - Baronig M., Ferrand R., Sabathiel S., Legenstein R. (2025). Advancing spatio-temporal
//   processing through adaptation in spiking neural networks, doi:10.1038/s41467-025-60878-z
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_NEURONS_ADLIF
#define SPIKEX_NEURONS_ADLIF

#include <cmath>

namespace neurons_adlif {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [ms] Membrane time constant; 5 to 25 ms are usual; above 0
    T p_tau_u = T(15.0);
    // [ms] Time constant of the adaptation current; 60 to 300 ms are usual; above 0
    T p_tau_w = T(100.0);
    // How much of the potential the adaptation current follows: makes the neuron resonate; at least
    //   0
    T p_a = T(0.5);
    // How much one spike adds to the adaptation current: makes it tire; at least 0
    T p_b = T(1.0);
    // Scales a and b together, so that both learn at the pace of the weights; above 0
    T p_q = T(60.0);
    // The neuron fires where the potential is above it; above 0
    T p_v_th = T(1.0);
};

// One time step.
//   alpha = exp(-dt/tau_u)
//   rho = exp(-dt/tau_w)
//   w[t] = w[t-1]
//   u[t] = alpha*u[t-1] + (1 - alpha)*(I[t] - w[t-1])
//   spike where u > v_th
//   at a spike: u = 0
//   after the test, at every step: w = rho*w + (1 - rho)*(a*u + b*spike)*q
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau_u;
    using Parameters<T>::p_tau_w;
    using Parameters<T>::p_a;
    using Parameters<T>::p_b;
    using Parameters<T>::p_q;
    using Parameters<T>::p_v_th;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_alpha = T(0);
    T k_rho = T(0);

    // States.
    // Adaptation current: what is taken off the input
    T s_w = T(0);
    // Membrane potential
    T s_u = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the potential after one step
        k_alpha = std::exp(-dt / p_tau_u);
        // what is left of the adaptation current after one step
        k_rho = std::exp(-dt / p_tau_w);
    }

    // Back to the first values of the states.
    void init() {
        s_w = T(0);
        s_u = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input of this step: what the potential tends to where nothing adapts
    T step(T x_I) {
        // w[t] = w[t-1]
        T n_w = s_w;
        // u[t] = alpha*u[t-1] + (1 - alpha)*(I[t] - w[t-1])
        T n_u = k_alpha * s_u + (T(1) - k_alpha) * (x_I - s_w);
        // u > v_th
        const T spike = n_u - p_v_th > T(0) ? T(1) : T(0);
        // where it fired: u = 0
        n_u = spike > T(0) ? T(0) : n_u;
        // w = rho*w + (1 - rho)*(a*u + b*spike)*q
        n_w = k_rho * n_w + (T(1) - k_rho) * (p_a * n_u + p_b * spike) * p_q;
        s_w = n_w;
        s_u = n_u;
        return spike;
    }
};

}  // namespace neurons_adlif

#endif
