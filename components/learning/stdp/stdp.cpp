// Rendered from components/learning/stdp/component.yaml by `spikex components render`: edit that file, not this.
//
// Spike-timing-dependent plasticity (pairs) (learning/stdp), version 1.0.0, licence
//   BSD-3-Clause
// A synapse grows where its spike comes shortly before the neuron's own, and shrinks where it
//   comes after.
//
// Papers:
// - Bi G., Poo M. (1998). Synaptic modifications in cultured hippocampal neurons: dependence on
//   spike timing, synaptic strength, and postsynaptic cell type,
//   doi:10.1523/JNEUROSCI.18-24-10464.1998
// - Song S., Miller K.D., Abbott L.F. (2000). Competitive Hebbian learning through
//   spike-timing-dependent synaptic plasticity, doi:10.1038/78829
// - Gutig R., Aharonov R., Rotter S., Sompolinsky H. (2003). Learning input correlations
//   through nonlinear temporally asymmetric Hebbian plasticity,
//   doi:10.1523/JNEUROSCI.23-09-03697.2003
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_LEARNING_STDP
#define SPIKEX_LEARNING_STDP

#include <cmath>

namespace learning_stdp {

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
    // Step size: largest growth by one pair, as a share of w_max. A+ is eta*w_max; at least 0
    T p_eta = T(0.005);
    // How much stronger it shrinks than it grows: A-/A+; at least 0
    T p_alpha = T(1.05);
    // How growth depends on the weight: 0 not at all (additive), 1 in proportion to the room left
    //   (multiplicative); at least 0
    T p_mu_plus = T(0.0);
    // How shrinking depends on the weight: 0 not at all, 1 in proportion to the weight; at least 0
    T p_mu_minus = T(0.0);
    // Largest weight; the smallest is 0; above 0
    T p_w_max = T(1.0);
    // [ms] Time constant of growth: how long a spike that arrived is remembered; above 0
    T p_tau_plus = T(20.0);
    // [ms] Time constant of shrinking: how long the neuron's own spike is remembered; above 0
    T p_tau_minus = T(20.0);
    // Weight at the start where the rule runs alone; a network brings its own; at least 0
    T p_w_0 = T(0.5);

    // additive: Song, Miller and Abbott (2000): changes do not depend on the weight; weights end at
    //   0 or w_max (the component's own values).
    static Parameters preset_additive() {
        Parameters made;
        return made;
    }

    // multiplicative: Changes in proportion to the room left: weights spread around one value.
    static Parameters preset_multiplicative() {
        Parameters made;
        made.p_mu_plus = T(1.0);
        made.p_mu_minus = T(1.0);
        return made;
    }

    // nest: The defaults of NEST's stdp_synapse.
    static Parameters preset_nest() {
        Parameters made;
        made.p_eta = T(0.01);
        made.p_alpha = T(1.0);
        made.p_mu_plus = T(1.0);
        made.p_mu_minus = T(1.0);
        made.p_w_max = T(100.0);
        made.p_w_0 = T(1.0);
        return made;
    }
};

// One time step with pairing=all.
//   dx/dt = -x/tau_plus
//   dy/dt = -y/tau_minus
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
//   then, at every step: w = min(w, w_max)
//   then, at every step: w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
//   then, at every step: w = max(w, 0)
//   then, at every step: x += pre
//   then, at every step: y += post
//   goes out: w
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_eta;
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_mu_plus;
    using Parameters<T>::p_mu_minus;
    using Parameters<T>::p_w_max;
    using Parameters<T>::p_tau_plus;
    using Parameters<T>::p_tau_minus;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_x = T(0);
    T c_decay_y = T(0);

    // States.
    // Trace of the spikes that arrived
    T s_x = T(0);
    // Trace of the neuron's own spikes
    T s_y = T(0);
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
        // how much of x is left after one step
        c_decay_x = std::exp(-dt / p_tau_plus);
        // how much of y is left after one step
        c_decay_y = std::exp(-dt / p_tau_minus);
    }

    // Back to the first values of the states.
    void init() {
        s_x = T(0);
        s_y = T(0);
        s_w = p_w_0;
    }

    // One step: returns what goes out.
    // x_pre: Spikes that arrive, 0 or 1
    // x_post: Spikes of the neuron behind the synapse, 0 or 1
    T step(T x_pre, T x_post = T(0.0)) {
        // where x is heading
        const T t_rest_x = T(0);
        // dx/dt = -x/tau_plus
        T n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
        // where y is heading
        const T t_rest_y = T(0);
        // dy/dt = -y/tau_minus
        T n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y;
        // dw/dt = 0
        T n_w = s_w + dt * T(0);
        // w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
        n_w = n_w + p_eta * p_w_max * std::pow(T(1) - n_w / p_w_max, p_mu_plus) * n_x * x_post;
        // w = min(w, w_max)
        n_w = smaller(n_w, p_w_max);
        // w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
        n_w = n_w - p_alpha * p_eta * p_w_max * std::pow(n_w / p_w_max, p_mu_minus) * n_y * x_pre;
        // w = max(w, 0)
        n_w = larger(n_w, T(0));
        // x += pre
        n_x = n_x + x_pre;
        // y += post
        n_y = n_y + x_post;
        // w
        const T out = n_w;
        s_x = n_x;
        s_y = n_y;
        s_w = n_w;
        return out;
    }
};

// One time step with pairing=nearest.
//   dx/dt = -x/tau_plus
//   dy/dt = -y/tau_minus
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
//   then, at every step: w = min(w, w_max)
//   then, at every step: w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
//   then, at every step: w = max(w, 0)
//   then, at every step: x += pre*(1 - x)
//   then, at every step: y += post*(1 - y)
//   goes out: w
template <typename T>
struct Step_nearest : Parameters<T> {
    using Parameters<T>::p_eta;
    using Parameters<T>::p_alpha;
    using Parameters<T>::p_mu_plus;
    using Parameters<T>::p_mu_minus;
    using Parameters<T>::p_w_max;
    using Parameters<T>::p_tau_plus;
    using Parameters<T>::p_tau_minus;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_x = T(0);
    T c_decay_y = T(0);

    // States.
    // Trace of the spikes that arrived
    T s_x = T(0);
    // Trace of the neuron's own spikes
    T s_y = T(0);
    // Weight
    T s_w = T(0);

    explicit Step_nearest(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // how much of x is left after one step
        c_decay_x = std::exp(-dt / p_tau_plus);
        // how much of y is left after one step
        c_decay_y = std::exp(-dt / p_tau_minus);
    }

    // Back to the first values of the states.
    void init() {
        s_x = T(0);
        s_y = T(0);
        s_w = p_w_0;
    }

    // One step: returns what goes out.
    // x_pre: Spikes that arrive, 0 or 1
    // x_post: Spikes of the neuron behind the synapse, 0 or 1
    T step(T x_pre, T x_post = T(0.0)) {
        // where x is heading
        const T t_rest_x = T(0);
        // dx/dt = -x/tau_plus
        T n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
        // where y is heading
        const T t_rest_y = T(0);
        // dy/dt = -y/tau_minus
        T n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y;
        // dw/dt = 0
        T n_w = s_w + dt * T(0);
        // w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
        n_w = n_w + p_eta * p_w_max * std::pow(T(1) - n_w / p_w_max, p_mu_plus) * n_x * x_post;
        // w = min(w, w_max)
        n_w = smaller(n_w, p_w_max);
        // w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
        n_w = n_w - p_alpha * p_eta * p_w_max * std::pow(n_w / p_w_max, p_mu_minus) * n_y * x_pre;
        // w = max(w, 0)
        n_w = larger(n_w, T(0));
        // x += pre*(1 - x)
        n_x = n_x + x_pre * (T(1) - n_x);
        // y += post*(1 - y)
        n_y = n_y + x_post * (T(1) - n_y);
        // w
        const T out = n_w;
        s_x = n_x;
        s_y = n_y;
        s_w = n_w;
        return out;
    }
};

}  // namespace learning_stdp

#endif
