// Rendered from components/layers/relu/component.yaml by `spikex components render`: edit that file, not this.
//
// Rectified linear unit (layers/relu), version 1.0.0, licence BSD-3-Clause
// Passes what is positive and nothing else: max(0, x).
//
// Papers:
// - Fukushima K. (1969). Visual feature extraction by a multilayered network of analog
//   threshold elements, doi:10.1109/TSSC.1969.300225
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: x_ input.
#ifndef SPIKEX_LAYERS_RELU
#define SPIKEX_LAYERS_RELU

#include <cmath>

namespace layers_relu {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
};

// One time step.
//   goes out: relu(a)
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
        // relu(a)
        const T out = larger(x_a, T(0));
        return out;
    }
};

}  // namespace layers_relu

#endif
