// Rendered from components/surrogates/gaussian/component.yaml by `spikex components render`: edit that file, not this.
//
// Gaussian (surrogates/gaussian), version 1.0.0, licence BSD-3-Clause
// A bell curve over the threshold: the density of normal noise on it.
//
// Papers:
// - Wu Y., Deng L., Li G., Zhu J., Shi L. (2018). Spatio-temporal backpropagation for training
//   high-performance spiking neural networks, doi:10.3389/fnins.2018.00331
// - Yin B., Corradi F., Bohte S.M. (2021). Accurate and efficient time-domain classification
//   with adaptive spiking recurrent neural networks, doi:10.1038/s42256-021-00397-w
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_GAUSSIAN
#define SPIKEX_SURROGATES_GAUSSIAN

#include <cmath>

namespace surrogates_gaussian {

template <typename T>
T square(T x) {
    return x * x;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Standard deviation; the slope at the threshold is 0.4/sigma; above 0
    T p_sigma = T(0.5);
};

// What stands for the derivative of the threshold.
template <typename T>
struct Surrogate : Parameters<T> {
    using Parameters<T>::p_sigma;

    explicit Surrogate(const Parameters<T>& given = Parameters<T>())
        : Parameters<T>(given) {}

    // What stands for the derivative of the step.
    // x_u: How far above the threshold
    T derivative(T x_u) const {
        // exp(-(u/sigma)**2/2)/(sqrt(2*pi)*sigma)
        const T out = std::exp(-square(x_u / p_sigma) / T(2)) / (T(2.5066282746310002) * p_sigma);
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // 0.5*(1 + erf(u/(sqrt(2)*sigma)))
        const T out = T(0.5) * (T(1) + std::erf(x_u / (T(1.4142135623730951) * p_sigma)));
        return out;
    }
};

}  // namespace surrogates_gaussian

#endif
