// Rendered from components/synapses/gaba-a/component.yaml by `spikex components render`: edit that file, not this.
//
// GABA-A receptor (synapses/gaba-a), version 1.0.0, licence BSD-3-Clause
// Fast inhibition: every spike opens a conductance that pulls the potential towards the
//   reversal potential of chloride.
//
// Papers:
// - Destexhe A., Mainen Z.F., Sejnowski T.J. (1994). Synthesis of models for excitable
//   membranes, synaptic transmission and neuromodulation using a common kinetic formalism,
//   doi:10.1007/BF00961734
// - Roth A., van Rossum M.C.W. (2009). Modeling synapses,
//   doi:10.7551/mitpress/9780262013277.003.0007
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, c_ constant of the step, s_ state, x_
//   input, n_ new state, t_ temporary.
#ifndef SPIKEX_SYNAPSES_GABA_A
#define SPIKEX_SYNAPSES_GABA_A

#include <cmath>

namespace synapses_gaba_a {

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [mV] Reversal potential: where the current changes its sign
    T p_E_rev = T(-75.0);
    // [ms] Rise time constant; shorter than tau_d; above 0
    T p_tau_r = T(0.5);
    // [ms] Decay time constant; above 0
    T p_tau_d = T(6.0);
};

// One time step.
//   t_peak = tau_d*tau_r/(tau_d - tau_r)*log(tau_d/tau_r)
//   scale = 1/(exp(-t_peak/tau_d) - exp(-t_peak/tau_r))
//   dslow/dt = -slow/tau_d
//   dfast/dt = -fast/tau_r
//   integrated by: exact
//   then, at every step: slow += x
//   then, at every step: fast += x
//   goes out: scale*(slow - fast)*(E_rev - V)
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_E_rev;
    using Parameters<T>::p_tau_r;
    using Parameters<T>::p_tau_d;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T k_t_peak = T(0);
    T k_scale = T(0);
    T c_decay_slow = T(0);
    T c_decay_fast = T(0);

    // States.
    // [nS] The part of the conductance that decays with tau_d
    T s_slow = T(0);
    // [nS] The part that is taken off, and decays with tau_r
    T s_fast = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // time from the spike to the peak
        k_t_peak = p_tau_d * p_tau_r / (p_tau_d - p_tau_r) * std::log(p_tau_d / p_tau_r);
        // makes the peak 1
        k_scale = T(1) / (std::exp(-k_t_peak / p_tau_d) - std::exp(-k_t_peak / p_tau_r));
        // how much of slow is left after one step
        c_decay_slow = std::exp(-dt / p_tau_d);
        // how much of fast is left after one step
        c_decay_fast = std::exp(-dt / p_tau_r);
    }

    // Back to the first values of the states.
    void init() {
        s_slow = T(0);
        s_fast = T(0);
    }

    // One step: returns what goes out.
    // x_x: [nS] Sum of the weights of the spikes that arrive in this step: peaks of the conductance
    // x_V: [mV] Potential of the neuron behind it: an edge from its state, as {from: n.v, to:
    //   gaba-a.V, delay: 1}. Without one the potential is held
    T step(T x_x, T x_V = T(-65.0)) {
        // where slow is heading
        const T t_rest_slow = T(0);
        // dslow/dt = -slow/tau_d
        T n_slow = t_rest_slow + (s_slow - t_rest_slow) * c_decay_slow;
        // where fast is heading
        const T t_rest_fast = T(0);
        // dfast/dt = -fast/tau_r
        T n_fast = t_rest_fast + (s_fast - t_rest_fast) * c_decay_fast;
        // slow += x
        n_slow = n_slow + x_x;
        // fast += x
        n_fast = n_fast + x_x;
        // scale*(slow - fast)*(E_rev - V)
        const T out = k_scale * (n_slow - n_fast) * (p_E_rev - x_V);
        s_slow = n_slow;
        s_fast = n_fast;
        return out;
    }
};

}  // namespace synapses_gaba_a

#endif
