// Rendered from components/surrogates/piecewise-quadratic/component.yaml by `spikex components render`: edit that file, not this.
//
// Piecewise quadratic (surrogates/piecewise-quadratic), version 1.0.0, licence BSD-3-Clause
// The step becomes two parabolas; their slope is a triangle of area one.
//
// Papers:
// - Fang W., Yu Z., Chen Y., Masquelier T., Huang T., Tian Y. (2021). Incorporating learnable
//   membrane time constant to enhance learning of spiking neural networks,
//   doi:10.1109/ICCV48922.2021.00266
// - Bellec G., Scherr F., Subramoney A., Hajek E., Salaj D., Legenstein R., Maass W. (2020). A
//   solution to the learning dilemma for recurrent networks of spiking neurons,
//   doi:10.1038/s41467-020-17236-y
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_PIECEWISE_QUADRATIC
#define SPIKEX_SURROGATES_PIECEWISE_QUADRATIC

#include <cmath>

namespace surrogates_piecewise_quadratic {

template <typename T>
T square(T x) {
    return x * x;
}

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
    // Height of the triangle; it reaches 1/alpha to either side; above 0
    T p_alpha = T(1.0);
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
        // max(alpha - alpha**2*abs(u), 0)
        const T out = larger(p_alpha - square(p_alpha) * std::abs(x_u), T(0));
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // clip(alpha*u, -1, 1)*(1 - abs(clip(alpha*u, -1, 1))/2) + 0.5
        const T out = smaller(larger(p_alpha * x_u, T(-1)), T(1)) * (T(1) - std::abs(smaller(larger(p_alpha * x_u, T(-1)), T(1))) / T(2)) + T(0.5);
        return out;
    }
};

}  // namespace surrogates_piecewise_quadratic

#endif
