// Rendered from components/surrogates/atan/component.yaml by `spikex components render`: edit that file, not this.
//
// Arctangent (surrogates/atan), version 1.0.0, licence BSD-3-Clause
// Takes the slope of an arctangent for that of the threshold: broad tails, learns even far from
//   it.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_ATAN
#define SPIKEX_SURROGATES_ATAN

#include <cmath>

namespace surrogates_atan {

template <typename T>
T square(T x) {
    return x * x;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Sharpness; the slope at the threshold is alpha/2; above 0
    T p_alpha = T(2.0);
};

// What stands for the derivative of the threshold.
template <typename T>
struct Surrogate : Parameters<T> {
    using Parameters<T>::p_alpha;

    explicit Surrogate(const Parameters<T>& given = Parameters<T>())
        : Parameters<T>(given) {}

    // What stands for the derivative of the step.
    // x_u: How far above the threshold
    T derivative(T x_u) const {
        // alpha/2/(1 + (pi/2*alpha*u)**2)
        const T out = p_alpha / T(2) / (T(1) + square(T(1.5707963267948966) * p_alpha * x_u));
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // atan(pi/2*alpha*u)/pi + 0.5
        const T out = std::atan(T(1.5707963267948966) * p_alpha * x_u) / T(3.141592653589793) + T(0.5);
        return out;
    }
};

}  // namespace surrogates_atan

#endif
