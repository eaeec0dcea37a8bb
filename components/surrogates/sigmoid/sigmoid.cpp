// Rendered from components/surrogates/sigmoid/component.yaml by `spikex components render`: edit that file, not this.
//
// Sigmoid (surrogates/sigmoid), version 1.0.0, licence BSD-3-Clause
// Takes the slope of a logistic curve for that of the threshold: smooth, light tails.
//
// Papers:
// - Zenke F., Vogels T.P. (2021). The remarkable robustness of surrogate gradient learning for
//   instilling complex function in spiking neural networks, doi:10.1162/neco_a_01367
// - Eshraghian J.K., Ward M., Neftci E.O., Wang X., Lenz G., Dwivedi G., Bennamoun M., Jeong
//   D.S., Lu W.D. (2023). Training spiking neural networks using lessons from deep learning,
//   doi:10.1109/JPROC.2023.3308088
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_SIGMOID
#define SPIKEX_SURROGATES_SIGMOID

#include <cmath>

namespace surrogates_sigmoid {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Sharpness; the slope at the threshold is a quarter of it; above 0
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
        // slope*sigmoid(slope*u)*(1 - sigmoid(slope*u))
        const T out = p_slope * (T(1) / (T(1) + std::exp(-(p_slope * x_u)))) * (T(1) - T(1) / (T(1) + std::exp(-(p_slope * x_u))));
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // sigmoid(slope*u)
        const T out = T(1) / (T(1) + std::exp(-(p_slope * x_u)));
        return out;
    }
};

}  // namespace surrogates_sigmoid

#endif
