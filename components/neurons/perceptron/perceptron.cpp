// Rendered from components/neurons/perceptron/component.yaml by `spikex components render`: edit that file, not this.
//
// Perceptron unit (neurons/perceptron), version 1.0.0, licence BSD-3-Clause
// Says yes (1) where the weighted sum of its inputs is above zero, and no (0) elsewhere.
//
// Papers:
// - Rosenblatt F. (1958). The perceptron: a probabilistic model for information storage and
//   organization in the brain, doi:10.1037/h0042519
// - Novikoff A.B.J. (1962). On convergence proofs on perceptrons
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: x_ input.
#ifndef SPIKEX_NEURONS_PERCEPTRON
#define SPIKEX_NEURONS_PERCEPTRON

#include <cmath>

namespace neurons_perceptron {

// The parameters and their defaults.
template <typename T>
struct Parameters {
};

// One time step.
//   spike where a > 0
template <typename T>
struct Step : Parameters<T> {

    // [ms] Length of a step
    T dt = T(1.0);

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
    }

    // One step: returns 1 where it fires, else 0.
    // x_a: Weighted sum of the inputs plus a constant: what a dense connection with a bias gives
    T step(T x_a) {
        // a > 0
        const T spike = x_a > T(0) ? T(1) : T(0);
        return spike;
    }
};

}  // namespace neurons_perceptron

#endif
