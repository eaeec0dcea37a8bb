// Rendered from components/surrogates/leaky-relu/component.yaml by `spikex components render`: edit that file, not this.
//
// Leaky ReLU (surrogates/leaky-relu), version 1.0.0, licence BSD-3-Clause
// Full slope above the threshold, a small one below.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_LEAKY_RELU
#define SPIKEX_SURROGATES_LEAKY_RELU

#include <cmath>

namespace surrogates_leaky_relu {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Slope below the threshold; above it is 1; at least 0
    T p_slope = T(0.1);
};

// What stands for the derivative of the threshold.
template <typename T>
struct Surrogate : Parameters<T> {
    using Parameters<T>::p_slope;

    explicit Surrogate(const Parameters<T>& given = Parameters<T>())
        : Parameters<T>(given) {}

    // What stands for the derivative of the step.
    // x_u: How far above the threshold
    T derivative(T x_u) const {
        // slope if u < 0 else 1 + 0*u
        const T out = x_u < T(0) ? p_slope : T(1) + T(0) * x_u;
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // slope*u if u < 0 else u
        const T out = x_u < T(0) ? p_slope * x_u : x_u;
        return out;
    }
};

}  // namespace surrogates_leaky_relu

#endif
