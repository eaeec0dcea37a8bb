// Rendered from components/surrogates/straight-through/component.yaml by `spikex components render`: edit that file, not this.
//
// Straight-through (surrogates/straight-through), version 1.0.0, licence BSD-3-Clause
// Lets the gradient through as if there were no threshold at all.
//
// Papers:
// - Bengio Y., Leonard N., Courville A. (2013). Estimating or propagating gradients through
//   stochastic neurons for conditional computation, doi:10.48550/arXiv.1308.3432
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: x_ input.
#ifndef SPIKEX_SURROGATES_STRAIGHT_THROUGH
#define SPIKEX_SURROGATES_STRAIGHT_THROUGH

#include <cmath>

namespace surrogates_straight_through {

// The parameters and their defaults.
template <typename T>
struct Parameters {
};

// What stands for the derivative of the threshold.
template <typename T>
struct Surrogate : Parameters<T> {

    explicit Surrogate(const Parameters<T>& given = Parameters<T>())
        : Parameters<T>(given) {}

    // What stands for the derivative of the step.
    // x_u: How far above the threshold
    T derivative(T x_u) const {
        // 1 + 0*u
        const T out = T(1) + T(0) * x_u;
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // u + 0.5
        const T out = x_u + T(0.5);
        return out;
    }
};

}  // namespace surrogates_straight_through

#endif
