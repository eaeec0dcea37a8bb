// Rendered from components/surrogates/erf/component.yaml by `spikex components render`: edit that file, not this.
//
// Error function (surrogates/erf), version 1.0.0, licence BSD-3-Clause
// A bell curve given by the steepness of the error function whose slope it is.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
// - Wu Y., Deng L., Li G., Zhu J., Shi L. (2018). Spatio-temporal backpropagation for training
//   high-performance spiking neural networks, doi:10.3389/fnins.2018.00331
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_ERF
#define SPIKEX_SURROGATES_ERF

#include <cmath>

namespace surrogates_erf {

template <typename T>
T square(T x) {
    return x * x;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Steepness; the slope at the threshold is alpha/sqrt(pi); above 0
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
        // alpha/sqrt(pi)*exp(-(alpha*u)**2)
        const T out = p_alpha / T(1.7724538509055159) * std::exp(-square(p_alpha * x_u));
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // 0.5*(1 + erf(alpha*u))
        const T out = T(0.5) * (T(1) + std::erf(p_alpha * x_u));
        return out;
    }
};

}  // namespace surrogates_erf

#endif
