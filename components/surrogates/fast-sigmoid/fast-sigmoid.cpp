// Rendered from components/surrogates/fast-sigmoid/component.yaml by `spikex components render`: edit that file, not this.
//
// Fast sigmoid (SuperSpike) (surrogates/fast-sigmoid), version 1.0.0, licence BSD-3-Clause
// Takes the slope of a fast sigmoid for that of the threshold: narrow, cheap, without
//   exponentials.
//
// Papers:
// - Zenke F., Ganguli S. (2018). SuperSpike: supervised learning in multilayer spiking neural
//   networks, doi:10.1162/neco_a_01086
// - Zenke F., Vogels T.P. (2021). The remarkable robustness of surrogate gradient learning for
//   instilling complex function in spiking neural networks, doi:10.1162/neco_a_01367
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_FAST_SIGMOID
#define SPIKEX_SURROGATES_FAST_SIGMOID

#include <cmath>

namespace surrogates_fast_sigmoid {

template <typename T>
T square(T x) {
    return x * x;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Sharpness; the slope at the threshold is 1 whatever it is; above 0
    T p_slope = T(25.0);
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
        // 1/(slope*abs(u) + 1)**2
        const T out = T(1) / square(p_slope * std::abs(x_u) + T(1));
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // u/(1 + slope*abs(u)) + 0.5
        const T out = x_u / (T(1) + p_slope * std::abs(x_u)) + T(0.5);
        return out;
    }
};

}  // namespace surrogates_fast_sigmoid

#endif
