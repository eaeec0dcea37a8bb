// Rendered from components/layers/tanh/component.yaml by `spikex components render`: edit that file, not this.
//
// Hyperbolic tangent unit (layers/tanh), version 1.0.0, licence BSD-3-Clause
// Squeezes any number between -1 and 1, zero staying zero.
//
// Papers:
// - Rumelhart D.E., Hinton G.E., Williams R.J. (1986). Learning representations by
//   back-propagating errors, doi:10.1038/323533a0
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: x_ input.
#ifndef SPIKEX_LAYERS_TANH
#define SPIKEX_LAYERS_TANH

#include <cmath>

namespace layers_tanh {

// The parameters and their defaults.
template <typename T>
struct Parameters {
};

// One time step.
//   goes out: tanh(a)
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
        // tanh(a)
        const T out = std::tanh(x_a);
        return out;
    }
};

}  // namespace layers_tanh

#endif
