// Rendered from components/learning/perceptron/component.yaml by `spikex components render`: edit that file, not this.
//
// Perceptron rule (learning/perceptron), version 1.0.0, licence BSD-3-Clause
// Wrong? Move the weights towards the input, or away from it. Right? Leave them.
//
// Papers:
// - Rosenblatt F. (1958). The perceptron: a probabilistic model for information storage and
//   organization in the brain, doi:10.1037/h0042519
// - Novikoff A.B.J. (1962). On convergence proofs on perceptrons
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_LEARNING_PERCEPTRON
#define SPIKEX_LEARNING_PERCEPTRON

#include <cmath>

namespace learning_perceptron {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // Step size. From weights of 0 it changes nothing but the scale; above 0
    T p_eta = T(1.0);
    // Weight at the start where the rule runs alone; a network brings its own
    T p_w_0 = T(0.0);
};

// One time step.
//   w[t] = w[t-1] + eta*(target[t] - post[t])*pre[t]
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
    // x_pre: Input of the synapse
    // x_post: Answer of the unit, 0 or 1
    // x_target: The right answer, 0 or 1
    T step(T x_pre, T x_post = T(0.0), T x_target = T(0.0)) {
        // w[t] = w[t-1] + eta*(target[t] - post[t])*pre[t]
        const T n_w = s_w + p_eta * (x_target - x_post) * x_pre;
        // w
        const T out = n_w;
        s_w = n_w;
        return out;
    }
};

}  // namespace learning_perceptron

#endif
