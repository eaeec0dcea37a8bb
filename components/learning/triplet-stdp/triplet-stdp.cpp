// Rendered from components/learning/triplet-stdp/component.yaml by `spikex components render`: edit that file, not this.
//
// Spike-timing-dependent plasticity (triplets) (learning/triplet-stdp), version 1.0.0, licence
//   BSD-3-Clause
// STDP that also looks at the spike before: pairs weigh more where the neuron fires fast.
//
// Papers:
// - Pfister J.-P., Gerstner W. (2006). Triplets of spikes in a model of spike timing-dependent
//   plasticity, doi:10.1523/JNEUROSCI.1425-06.2006
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_LEARNING_TRIPLET_STDP
#define SPIKEX_LEARNING_TRIPLET_STDP

#include <cmath>

namespace learning_triplet_stdp {

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
    // Growth by a pair pre-post; at least 0
    T p_A2_plus = T(5e-10);
    // Growth by a triplet post-pre-post; at least 0
    T p_A3_plus = T(0.0062);
    // Shrinking by a pair post-pre; at least 0
    T p_A2_minus = T(0.007);
    // Shrinking by a triplet pre-post-pre; at least 0
    T p_A3_minus = T(0.00023);
    // [ms] Time constant of the fast trace of spikes that arrived; above 0
    T p_tau_plus = T(16.8);
    // [ms] Time constant of the fast trace of the neuron's own spikes; above 0
    T p_tau_minus = T(33.7);
    // [ms] Time constant of the slow trace of spikes that arrived; above 0
    T p_tau_x = T(101.0);
    // [ms] Time constant of the slow trace of the neuron's own spikes; above 0
    T p_tau_y = T(125.0);
    // Largest weight; the smallest is 0; above 0
    T p_w_max = T(1.0);
    // Weight at the start where the rule runs alone; a network brings its own; at least 0
    T p_w_0 = T(0.5);

    // visual-cortex: Fitted to visual cortex, all spikes paired with all (the component's own
    //   values).
    static Parameters preset_visual_cortex() {
        Parameters made;
        return made;
    }

    // pairs-only: Without triplets it is pair STDP with A2+ and A2-.
    static Parameters preset_pairs_only() {
        Parameters made;
        made.p_A2_plus = T(0.005);
        made.p_A3_plus = T(0.0);
        made.p_A2_minus = T(0.00525);
        made.p_A3_minus = T(0.0);
        return made;
    }
};

// One time step.
//   dr1/dt = -r1/tau_plus
//   dr2/dt = -r2/tau_x
//   do1/dt = -o1/tau_minus
//   do2/dt = -o2/tau_y
//   dw/dt = 0
//   integrated by: exact
//   then, at every step: w += r1*(A2_plus + A3_plus*o2)*post
//   then, at every step: w = min(w, w_max)
//   then, at every step: w -= o1*(A2_minus + A3_minus*r2)*pre
//   then, at every step: w = max(w, 0)
//   then, at every step: r1 += pre
//   then, at every step: r2 += pre
//   then, at every step: o1 += post
//   then, at every step: o2 += post
//   goes out: w
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_A2_plus;
    using Parameters<T>::p_A3_plus;
    using Parameters<T>::p_A2_minus;
    using Parameters<T>::p_A3_minus;
    using Parameters<T>::p_tau_plus;
    using Parameters<T>::p_tau_minus;
    using Parameters<T>::p_tau_x;
    using Parameters<T>::p_tau_y;
    using Parameters<T>::p_w_max;
    using Parameters<T>::p_w_0;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T c_decay_r1 = T(0);
    T c_decay_r2 = T(0);
    T c_decay_o1 = T(0);
    T c_decay_o2 = T(0);

    // States.
    // Fast trace of the spikes that arrived
    T s_r1 = T(0);
    // Slow trace of the spikes that arrived
    T s_r2 = T(0);
    // Fast trace of the neuron's own spikes
    T s_o1 = T(0);
    // Slow trace of the neuron's own spikes
    T s_o2 = T(0);
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
        // how much of r1 is left after one step
        c_decay_r1 = std::exp(-dt / p_tau_plus);
        // how much of r2 is left after one step
        c_decay_r2 = std::exp(-dt / p_tau_x);
        // how much of o1 is left after one step
        c_decay_o1 = std::exp(-dt / p_tau_minus);
        // how much of o2 is left after one step
        c_decay_o2 = std::exp(-dt / p_tau_y);
    }

    // Back to the first values of the states.
    void init() {
        s_r1 = T(0);
        s_r2 = T(0);
        s_o1 = T(0);
        s_o2 = T(0);
        s_w = p_w_0;
    }

    // One step: returns what goes out.
    // x_pre: Spikes that arrive, 0 or 1
    // x_post: Spikes of the neuron behind the synapse, 0 or 1
    T step(T x_pre, T x_post = T(0.0)) {
        // where r1 is heading
        const T t_rest_r1 = T(0);
        // dr1/dt = -r1/tau_plus
        T n_r1 = t_rest_r1 + (s_r1 - t_rest_r1) * c_decay_r1;
        // where r2 is heading
        const T t_rest_r2 = T(0);
        // dr2/dt = -r2/tau_x
        T n_r2 = t_rest_r2 + (s_r2 - t_rest_r2) * c_decay_r2;
        // where o1 is heading
        const T t_rest_o1 = T(0);
        // do1/dt = -o1/tau_minus
        T n_o1 = t_rest_o1 + (s_o1 - t_rest_o1) * c_decay_o1;
        // where o2 is heading
        const T t_rest_o2 = T(0);
        // do2/dt = -o2/tau_y
        T n_o2 = t_rest_o2 + (s_o2 - t_rest_o2) * c_decay_o2;
        // dw/dt = 0
        T n_w = s_w + dt * T(0);
        // w += r1*(A2_plus + A3_plus*o2)*post
        n_w = n_w + n_r1 * (p_A2_plus + p_A3_plus * n_o2) * x_post;
        // w = min(w, w_max)
        n_w = smaller(n_w, p_w_max);
        // w -= o1*(A2_minus + A3_minus*r2)*pre
        n_w = n_w - n_o1 * (p_A2_minus + p_A3_minus * n_r2) * x_pre;
        // w = max(w, 0)
        n_w = larger(n_w, T(0));
        // r1 += pre
        n_r1 = n_r1 + x_pre;
        // r2 += pre
        n_r2 = n_r2 + x_pre;
        // o1 += post
        n_o1 = n_o1 + x_post;
        // o2 += post
        n_o2 = n_o2 + x_post;
        // w
        const T out = n_w;
        s_r1 = n_r1;
        s_r2 = n_r2;
        s_o1 = n_o1;
        s_o2 = n_o2;
        s_w = n_w;
        return out;
    }
};

}  // namespace learning_triplet_stdp

#endif
