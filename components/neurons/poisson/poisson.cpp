// Rendered from components/neurons/poisson/component.yaml by `spikex components render`: edit that file, not this.
//
// Poisson source (Bernoulli per step) (neurons/poisson), version 1.0.0, licence BSD-3-Clause
// Fires at random, at every step anew, as often on average as its input says.
//
// Papers:
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, x_ input, z_ random number, l_ part that
//   changes.
#ifndef SPIKEX_NEURONS_POISSON
#define SPIKEX_NEURONS_POISSON

#include <cmath>

namespace neurons_poisson {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Multiplies the rate. Inputs between 0 and 1 with gain 100 are rates up to 100 Hz; at least 0
    T p_gain = T(1.0);
};

// One time step.
//   second = 1000
//   p = gain*rate*dt/second
//   spike where p > xi
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_gain;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_second = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how many ms a second has
        k_second = T(1000);
    }

    // Back to the first values of the states.
    void init() {
    }

    // One step: returns 1 where it fires, else 0.
    // x_rate: [Hz] Firing rate at this step; below 0 counts as 0
    // z_xi: Decides whether this step has a spike; uniform in 0..1, drawn anew
    T step(T x_rate, T z_xi) {
        // probability of a spike in this step
        const T l_p = p_gain * x_rate * dt / k_second;
        // p > xi
        const T spike = l_p - z_xi > T(0) ? T(1) : T(0);
        return spike;
    }
};

}  // namespace neurons_poisson

#endif
