// Rendered from components/surrogates/boxcar/component.yaml by `spikex components render`: edit that file, not this.
//
// Boxcar (surrogates/boxcar), version 1.0.0, licence BSD-3-Clause
// A rectangle around the threshold: the same slope within its width, none outside.
//
// Papers:
// - Wu Y., Deng L., Li G., Zhu J., Shi L. (2018). Spatio-temporal backpropagation for training
//   high-performance spiking neural networks, doi:10.3389/fnins.2018.00331
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_BOXCAR
#define SPIKEX_SURROGATES_BOXCAR

#include <cmath>

namespace surrogates_boxcar {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

template <typename T>
T smaller(T a, T b) {
    return a <= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Width of the rectangle, half of it on either side; its height is 1/width; above 0
    T p_width = T(1.0);
};

// What stands for the derivative of the threshold.
template <typename T>
struct Surrogate : Parameters<T> {
    using Parameters<T>::p_width;

    explicit Surrogate(const Parameters<T>& given = Parameters<T>())
        : Parameters<T>(given) {}

    // What stands for the derivative of the step.
    // x_u: How far above the threshold
    T derivative(T x_u) const {
        // 1/width if abs(u) < width/2 else 0
        const T out = std::abs(x_u) < p_width / T(2) ? T(1) / p_width : T(0);
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // clip(u/width + 0.5, 0, 1)
        const T out = smaller(larger(x_u / p_width + T(0.5), T(0)), T(1));
        return out;
    }
};

}  // namespace surrogates_boxcar

#endif
