// Rendered from components/learning/bcm/component.yaml by `spikex components render`: edit that file, not this.
//
// BCM rule (learning/bcm), version 1.0.0, licence BSD-3-Clause
// Grows where the output is above a threshold, shrinks below, and the threshold follows the
//   output: the neuron chooses one pattern.
//
// Papers:
// - Bienenstock E.L., Cooper L.N., Munro P.W. (1982). Theory for the development of neuron
//   selectivity: orientation specificity and binocular interaction in visual cortex,
//   doi:10.1523/JNEUROSCI.02-01-00032.1982
// - Intrator N., Cooper L.N. (1992). Objective function formulation of the BCM theory of visual
//   cortical plasticity: statistical connections, stability conditions,
//   doi:10.1016/S0893-6080(05)80003-6
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_LEARNING_BCM
#define SPIKEX_LEARNING_BCM

#include <cmath>

namespace learning_bcm {

template <typename T>
T square(T x) {
    return x * x;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [1/ms] Step size: change per ms at an input of 1, an output of 1 and a distance of 1; at
    //   least 0
    T p_eta = T(0.005);
    // [ms] How fast the threshold follows: faster than the weights, slower than the patterns
    //   change; above 0
    T p_tau_theta = T(100.0);
    // Threshold at the start; at least 0
    T p_theta_0 = T(1.0);
    // Weight at the start where the rule runs alone; a network brings its own
    T p_w_0 = T(0.1);
};

// One time step.
//   dtheta/dt = (post**2 - theta)/tau_theta
//   dw/dt = eta*pre*post*(post - theta)
//   integrated by: exponential euler
//   goes out: w
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_eta;
    using Parameters<T>::p_tau_theta;
    using Parameters<T>::p_theta_0;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // States.
    // Sliding threshold: running mean of the output squared
    T s_theta = T(0);
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
        s_theta = p_theta_0;
        s_w = p_w_0;
    }

    // One step: returns what goes out.
    // x_pre: Input of the synapse
    // x_post: Output of the neuron behind it
    T step(T x_pre, T x_post = T(0.0)) {
        const T t_decay_theta = std::exp(-dt / p_tau_theta);
        // where theta is heading
        const T t_rest_theta = square(x_post);
        // dtheta/dt = (post**2 - theta)/tau_theta
        const T n_theta = t_rest_theta + (s_theta - t_rest_theta) * t_decay_theta;
        // dw/dt = eta*pre*post*(post - theta)
        const T n_w = s_w + dt * (p_eta * x_pre * x_post * (x_post - s_theta));
        // w
        const T out = n_w;
        s_theta = n_theta;
        s_w = n_w;
        return out;
    }
};

}  // namespace learning_bcm

#endif
