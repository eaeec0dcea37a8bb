// Rendered from components/learning/r-stdp/component.yaml by `spikex components render`: edit that file, not this.
//
// Reward-modulated STDP (learning/r-stdp), version 1.0.0, licence BSD-3-Clause
// STDP only marks the synapse; the mark becomes a change where a reward comes before it has
//   faded.
//
// Papers:
// - Izhikevich E.M. (2007). Solving the distal reward problem through linkage of STDP and
//   dopamine signaling, doi:10.1093/cercor/bhl152
// - Florian R.V. (2007). Reinforcement learning through modulation of spike-timing-dependent
//   synaptic plasticity, doi:10.1162/neco.2007.19.6.1468
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_LEARNING_R_STDP
#define SPIKEX_LEARNING_R_STDP

#include <cmath>

namespace learning_r_stdp {

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
    // [1/ms] Step size: change per ms at a mark of 1 and a dopamine of 1. Where a reward comes at
    //   the end of a sample only, as in training, 1 is a good value; at least 0
    T p_eta = T(0.1);
    // Mark left by a spike that comes right before the neuron's own; at least 0
    T p_A_plus = T(0.01);
    // Mark (downwards) left by a spike that comes right after the neuron's own; at least 0
    T p_A_minus = T(0.0105);
    // [ms] How long a spike that arrived is remembered; above 0
    T p_tau_plus = T(20.0);
    // [ms] How long the neuron's own spike is remembered; above 0
    T p_tau_minus = T(20.0);
    // [ms] How long the mark lasts: how late the reward may come; above 0
    T p_tau_c = T(1000.0);
    // [ms] How long dopamine stays after a reward; above 0
    T p_tau_d = T(200.0);
    // Dopamine at which nothing is learned: the reward that is expected anyway
    T p_D_0 = T(0.0);
    // Smallest weight
    T p_w_min = T(-1.0);
    // Largest weight
    T p_w_max = T(1.0);
    // Weight at the start where the rule runs alone; a network brings its own
    T p_w_0 = T(0.0);
};

// One time step.
//   dx/dt = -x/tau_plus
//   dy/dt = -y/tau_minus
//   dc/dt = -c/tau_c
//   dD/dt = -D/tau_d
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: c += A_plus*x*post - A_minus*y*pre
//   then, at every step: x += pre
//   then, at every step: y += post
//   then, at every step: D += reward
//   then, at every step: w += eta*dt*c*(D - D_0)
//   then, at every step: w = clip(w, w_min, w_max)
//   goes out: w
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_eta;
    using Parameters<T>::p_A_plus;
    using Parameters<T>::p_A_minus;
    using Parameters<T>::p_tau_plus;
    using Parameters<T>::p_tau_minus;
    using Parameters<T>::p_tau_c;
    using Parameters<T>::p_tau_d;
    using Parameters<T>::p_D_0;
    using Parameters<T>::p_w_min;
    using Parameters<T>::p_w_max;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_x = T(0);
    T c_decay_y = T(0);
    T c_decay_c = T(0);
    T c_decay_D = T(0);

    // States.
    // Trace of the spikes that arrived
    T s_x = T(0);
    // Trace of the neuron's own spikes
    T s_y = T(0);
    // Eligibility: what STDP would have done, fading
    T s_c = T(0);
    // Dopamine: a trace of the rewards
    T s_D = T(0);
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
        // how much of c is left after one step
        c_decay_c = std::exp(-dt / p_tau_c);
        // how much of D is left after one step
        c_decay_D = std::exp(-dt / p_tau_d);
    }

    // Back to the first values of the states.
    void init() {
        s_x = T(0);
        s_y = T(0);
        s_c = T(0);
        s_D = T(0);
        s_w = p_w_0;
    }

    // One step: returns what goes out.
    // x_pre: Spikes that arrive, 0 or 1
    // x_post: Spikes of the neuron behind the synapse, 0 or 1
    // x_reward: Reward of this step, the same for all synapses; below 0 a punishment
    T step(T x_pre, T x_post = T(0.0), T x_reward = T(0.0)) {
        // where x is heading
        const T t_rest_x = T(0);
        // dx/dt = -x/tau_plus
        T n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x;
        // where y is heading
        const T t_rest_y = T(0);
        // dy/dt = -y/tau_minus
        T n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y;
        // where c is heading
        const T t_rest_c = T(0);
        // dc/dt = -c/tau_c
        T n_c = t_rest_c + (s_c - t_rest_c) * c_decay_c;
        // where D is heading
        const T t_rest_D = T(0);
        // dD/dt = -D/tau_d
        T n_D = t_rest_D + (s_D - t_rest_D) * c_decay_D;
        // dw/dt = 0
        T n_w = s_w + dt * T(0);
        // c += A_plus*x*post - A_minus*y*pre
        n_c = n_c + (p_A_plus * n_x * x_post - p_A_minus * n_y * x_pre);
        // x += pre
        n_x = n_x + x_pre;
        // y += post
        n_y = n_y + x_post;
        // D += reward
        n_D = n_D + x_reward;
        // w += eta*dt*c*(D - D_0)
        n_w = n_w + p_eta * dt * n_c * (n_D - p_D_0);
        // w = clip(w, w_min, w_max)
        n_w = smaller(larger(n_w, p_w_min), p_w_max);
        // w
        const T out = n_w;
        s_x = n_x;
        s_y = n_y;
        s_c = n_c;
        s_D = n_D;
        s_w = n_w;
        return out;
    }
};

}  // namespace learning_r_stdp

#endif
