// Rendered from components/learning/oja/component.yaml by `spikex components render`: edit that file, not this.
//
// Oja's rule (learning/oja), version 1.0.0, licence BSD-3-Clause
// Hebbian learning that forgets just enough: the weights become the first principal component,
//   of length 1.
//
// Papers:
// - Oja E. (1982). Simplified neuron model as a principal component analyzer,
//   doi:10.1007/BF00275687
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_LEARNING_OJA
#define SPIKEX_LEARNING_OJA

#include <cmath>

namespace learning_oja {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Step size; times the variance of the output it should stay well below 1; at least 0
    T p_eta = T(0.01);
    // Weight at the start where the rule runs alone; a network brings its own
    T p_w_0 = T(0.1);
};

// One time step.
//   w[t] = w[t-1] + eta*post[t]*(pre[t] - post[t]*w[t-1])
//   goes out: w
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_eta;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Weight
    T s_w = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
    }

    // Back to the first values of the states.
    void init() {
        s_w = p_w_0;
    }

    // One step: returns what goes out.
    // x_pre: Input of the synapse, of mean 0
    // x_post: Output of the linear neuron: y = w x
    T step(T x_pre, T x_post = T(0.0)) {
        // w[t] = w[t-1] + eta*post[t]*(pre[t] - post[t]*w[t-1])
        const T n_w = s_w + p_eta * x_post * (x_pre - x_post * s_w);
        // w
        const T out = n_w;
        s_w = n_w;
        return out;
    }
};

}  // namespace learning_oja

#endif
