// Rendered from components/learning/homeostasis/component.yaml by `spikex components render`: edit that file, not this.
//
// Homeostasis (learning/homeostasis), version 1.0.0, licence BSD-3-Clause
// Keeps a neuron at its rate: by its threshold, by scaling all its weights, or by inhibition
//   that learns.
//
// Papers:
// - Turrigiano G.G., Leslie K.R., Desai N.S., Rutherford L.C., Nelson S.B. (1998).
//   Activity-dependent scaling of quantal amplitude in neocortical neurons, doi:10.1038/36103
// - Vogels T.P., Sprekeler H., Zenke F., Clopath C., Gerstner W. (2011). Inhibitory plasticity
//   balances excitation and inhibition in sensory pathways and memory networks,
//   doi:10.1126/science.1211095
// - Diehl P.U., Cook M. (2015). Unsupervised learning of digit recognition using
//   spike-timing-dependent plasticity, doi:10.3389/fncom.2015.00099
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, c_ constant of the step, s_ state, x_
//   input, n_ new state, t_ temporary.
#ifndef SPIKEX_LEARNING_HOMEOSTASIS
#define SPIKEX_LEARNING_HOMEOSTASIS

#include <cmath>

namespace learning_homeostasis {

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
    // Step size of threshold and inhibition: change per spike; at least 0
    T p_eta = T(0.01);
    // [1/ms] The rate to keep; 0.005/ms are 5 spikes per second; above 0
    T p_rho_0 = T(0.005);
    // [ms] Of inhibition: how near two spikes have to be; above 0
    T p_tau = T(20.0);
    // [ms] Of scaling: over how long the rate is averaged; above 0
    T p_tau_rate = T(1000.0);
    // [ms] Of scaling: how fast the weights follow; slower than the rate is averaged; above 0
    T p_tau_w = T(10000.0);
    // Of inhibition: its strongest weight is -w_max; above 0
    T p_w_max = T(1.0);
    // Weight at the start where the rule runs alone; a network brings its own
    T p_w_0 = T(0.0);
};

// One time step with form=threshold.
//   alpha = 2*rho_0*tau
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w -= eta*(post - rho_0*dt)*pre
//   goes out: w
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_eta;
    using Parameters<T>::p_rho_0;
    using Parameters<T>::p_tau;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_alpha = T(0);

    // States.
    // Weight. The excitability (form: threshold) is the weight of an input that is always 1, a
    //   bias: the negative of a shift of the threshold
    T s_w = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate
        //   rho_0
        k_alpha = T(2) * p_rho_0 * p_tau;
    }

    // Back to the first values of the states.
    void init() {
        s_w = p_w_0;
    }

    // One step: returns what goes out.
    // x_pre: Spikes that arrive, 0 or 1; always 1 for a bias
    // x_post: Spikes of the neuron behind the synapse, 0 or 1
    T step(T x_pre, T x_post = T(0.0)) {
        // dw/dt = 0
        T n_w = s_w + dt * T(0);
        // w -= eta*(post - rho_0*dt)*pre
        n_w = n_w - p_eta * (x_post - p_rho_0 * dt) * x_pre;
        // w
        const T out = n_w;
        s_w = n_w;
        return out;
    }
};

// One time step with form=scaling.
//   alpha = 2*rho_0*tau
//   dnu/dt = -nu/tau_rate
//   dw/dt = w*(1 - nu/rho_0)/tau_w
//   integrated by: exponential euler
//   then, at every step: nu += post/tau_rate
//   goes out: w
template <typename T>
struct Step_scaling : Parameters<T> {
    using Parameters<T>::p_rho_0;
    using Parameters<T>::p_tau;
    using Parameters<T>::p_tau_rate;
    using Parameters<T>::p_tau_w;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_alpha = T(0);

    // States.
    // Weight. The excitability (form: threshold) is the weight of an input that is always 1, a
    //   bias: the negative of a shift of the threshold
    T s_w = T(0);
    // [1/ms] Running mean of the neuron's rate
    T s_nu = T(0);

    explicit Step_scaling(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate
        //   rho_0
        k_alpha = T(2) * p_rho_0 * p_tau;
    }

    // Back to the first values of the states.
    void init() {
        s_w = p_w_0;
        s_nu = p_rho_0;
    }

    // One step: returns what goes out.
    // x_pre: Spikes that arrive, 0 or 1; always 1 for a bias
    // x_post: Spikes of the neuron behind the synapse, 0 or 1
    T step([[maybe_unused]] T x_pre, T x_post = T(0.0)) {
        const T t_decay_nu = std::exp(-dt / p_tau_rate);
        // where nu is heading
        const T t_rest_nu = T(0);
        // dnu/dt = -nu/tau_rate
        T n_nu = t_rest_nu + (s_nu - t_rest_nu) * t_decay_nu;
        const T t_decay_w = std::exp((T(1) - s_nu / p_rho_0) / p_tau_w * dt);
        // where w is heading
        const T t_rest_w = T(0);
        // dw/dt = w*(1 - nu/rho_0)/tau_w
        const T n_w = t_rest_w + (s_w - t_rest_w) * t_decay_w;
        // nu += post/tau_rate
        n_nu = n_nu + x_post / p_tau_rate;
        // w
        const T out = n_w;
        s_w = n_w;
        s_nu = n_nu;
        return out;
    }
};

// One time step with form=inhibitory.
//   alpha = 2*rho_0*tau
//   dx/dt = -x/tau
//   dy/dt = -y/tau
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w -= eta*((y - alpha)*pre + x*post)
//   then, at every step: w = clip(w, -w_max, 0)
//   then, at every step: x += pre
//   then, at every step: y += post
//   goes out: w
template <typename T>
struct Step_inhibitory : Parameters<T> {
    using Parameters<T>::p_eta;
    using Parameters<T>::p_rho_0;
    using Parameters<T>::p_tau;
    using Parameters<T>::p_w_max;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T k_alpha = T(0);
    T c_decay_x = T(0);
    T c_decay_y = T(0);

    // States.
    // Weight. The excitability (form: threshold) is the weight of an input that is always 1, a
    //   bias: the negative of a shift of the threshold
    T s_w = T(0);
    // Trace of the spikes that arrived
    T s_x = T(0);
    // Trace of the neuron's own spikes
    T s_y = T(0);

    explicit Step_inhibitory(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate
        //   rho_0
        k_alpha = T(2) * p_rho_0 * p_tau;
        // how much of x is left after one step
        c_decay_x = std::exp(-dt / p_tau);
        // how much of y is left after one step
        c_decay_y = std::exp(-dt / p_tau);
    }

    // Back to the first values of the states.
    void init() {
        s_w = p_w_0;
        s_x = T(0);
        s_y = T(0);
    }

    // One step: returns what goes out.
    // x_pre: Spikes that arrive, 0 or 1; always 1 for a bias
    // x_post: Spikes of the neuron behind the synapse, 0 or 1
    T step(T x_pre, T x_post = T(0.0)) {
        // where x is heading
        const T t_rest_x = T(0);
        // dx/dt = -x/tau
        T n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
        // where y is heading
        const T t_rest_y = T(0);
        // dy/dt = -y/tau
        T n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y;
        // dw/dt = 0
        T n_w = s_w + dt * T(0);
        // w -= eta*((y - alpha)*pre + x*post)
        n_w = n_w - p_eta * ((n_y - k_alpha) * x_pre + n_x * x_post);
        // w = clip(w, -w_max, 0)
        n_w = smaller(larger(n_w, -p_w_max), T(0));
        // x += pre
        n_x = n_x + x_pre;
        // y += post
        n_y = n_y + x_post;
        // w
        const T out = n_w;
        s_w = n_w;
        s_x = n_x;
        s_y = n_y;
        return out;
    }
};

}  // namespace learning_homeostasis

#endif
