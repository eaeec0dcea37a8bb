// Rendered from components/surrogates/stochastic/component.yaml by `spikex components render`: edit that file, not this.
//
// Stochastic spike operator (surrogates/stochastic), version 1.0.0, licence BSD-3-Clause
// Full slope above the threshold; below it a small random one, drawn anew each time.
//
// Papers:
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
// - Bengio Y., Leonard N., Courville A. (2013). Estimating or propagating gradients through
//   stochastic neurons for conditional computation, doi:10.48550/arXiv.1308.3432
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input, z_ random number.
#ifndef SPIKEX_SURROGATES_STOCHASTIC
#define SPIKEX_SURROGATES_STOCHASTIC

#include <cmath>

namespace surrogates_stochastic {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Centre of the random slope below the threshold, before it is scaled; -10 to 10
    T p_mean = T(0.0);
    // Scale of the random slope: it is spread*(xi - 0.5 + mean), xi uniform in 0..1; at least 0
    T p_spread = T(0.2);
};

// What stands for the derivative of the threshold.
template <typename T>
struct Surrogate : Parameters<T> {
    using Parameters<T>::p_mean;
    using Parameters<T>::p_spread;

    explicit Surrogate(const Parameters<T>& given = Parameters<T>())
        : Parameters<T>(given) {}

    // What stands for the derivative of the step.
    // x_u: How far above the threshold
    // z_xi: Drawn for each neuron at each backward step; uniform in 0..1, drawn anew
    T derivative(T x_u, T z_xi) const {
        // 1 + 0*u if u > 0 else spread*(xi - 0.5 + mean)
        const T out = x_u > T(0) ? T(1) + T(0) * x_u : p_spread * (z_xi - T(0.5) + p_mean);
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    // z_xi: Drawn for each neuron at each backward step; uniform in 0..1, drawn anew
    T antiderivative(T x_u, [[maybe_unused]] T z_xi) const {
        // u if u > 0 else spread*mean*u
        const T out = x_u > T(0) ? x_u : p_spread * p_mean * x_u;
        return out;
    }
};

}  // namespace surrogates_stochastic

#endif
