// Rendered from components/layers/sigmoid/component.yaml by `spikex components render`: edit that file, not this.
//
// Sigmoid unit (layers/sigmoid), version 1.0.0, licence BSD-3-Clause
// Squeezes any number between 0 and 1: 1/(1 + exp(-x)).
//
// Papers:
// - Rumelhart D.E., Hinton G.E., Williams R.J. (1986). Learning representations by
//   back-propagating errors, doi:10.1038/323533a0
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: x_ input.
#ifndef SPIKEX_LAYERS_SIGMOID
#define SPIKEX_LAYERS_SIGMOID

#include <cmath>

namespace layers_sigmoid {

// The parameters and their defaults.
template <typename T>
struct Parameters {
};

// One time step.
//   goes out: sigmoid(a)
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

    // One step: returns what goes out.
    // x_a: Activation
    T step(T x_a) {
        // sigmoid(a)
        const T out = T(1) / (T(1) + std::exp(-x_a));
        return out;
    }
};

}  // namespace layers_sigmoid

#endif
