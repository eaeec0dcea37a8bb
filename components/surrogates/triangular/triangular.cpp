// Rendered from components/surrogates/triangular/component.yaml by `spikex components render`: edit that file, not this.
//
// Triangle (surrogates/triangular), version 1.0.0, licence BSD-3-Clause
// Falls off in a straight line to both sides of the threshold: nothing beyond its width.
//
// Papers:
// - Bellec G., Scherr F., Subramoney A., Hajek E., Salaj D., Legenstein R., Maass W. (2020). A
//   solution to the learning dilemma for recurrent networks of spiking neurons,
//   doi:10.1038/s41467-020-17236-y
// - Neftci E.O., Mostafa H., Zenke F. (2019). Surrogate gradient learning in spiking neural
//   networks, doi:10.1109/MSP.2019.2931595
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, x_ input.
#ifndef SPIKEX_SURROGATES_TRIANGULAR
#define SPIKEX_SURROGATES_TRIANGULAR

#include <cmath>

namespace surrogates_triangular {

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
    // Slope at the threshold (the damping of Bellec et al.); above 0
    T p_height = T(0.3);
    // Distance from the threshold at which nothing is left; above 0
    T p_width = T(1.0);
};

// What stands for the derivative of the threshold.
template <typename T>
struct Surrogate : Parameters<T> {
    using Parameters<T>::p_height;
    using Parameters<T>::p_width;

    explicit Surrogate(const Parameters<T>& given = Parameters<T>())
        : Parameters<T>(given) {}

    // What stands for the derivative of the step.
    // x_u: How far above the threshold
    T derivative(T x_u) const {
        // height*max(1 - abs(u)/width, 0)
        const T out = p_height * larger(T(1) - std::abs(x_u) / p_width, T(0));
        return out;
    }

    // The smooth step with this derivative.
    // x_u: How far above the threshold
    T antiderivative(T x_u) const {
        // height*(clip(u, -width, width) - clip(u, -width, width)*abs(clip(u, -width,
        //   width))/(2*width)) + 0.5
        const T out = p_height * (smaller(larger(x_u, -p_width), p_width) - smaller(larger(x_u, -p_width), p_width) * std::abs(smaller(larger(x_u, -p_width), p_width)) / (T(2) * p_width)) + T(0.5);
        return out;
    }
};

}  // namespace surrogates_triangular

#endif
