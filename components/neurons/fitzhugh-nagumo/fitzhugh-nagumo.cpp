// Rendered from components/neurons/fitzhugh-nagumo/component.yaml by `spikex components render`: edit that file, not this.
//
// FitzHugh-Nagumo (neurons/fitzhugh-nagumo), version 1.0.0, licence BSD-3-Clause
// Hodgkin and Huxley's four equations boiled down to two: a cubic that fires and a line that
//   recovers, all seen in one plane.
//
// Papers:
// - FitzHugh R. (1961). Impulses and physiological states in theoretical models of nerve
//   membrane, doi:10.1016/S0006-3495(61)86902-6
// - Nagumo J., Arimoto S., Yoshizawa S. (1962). An active pulse transmission line simulating
//   nerve axon, doi:10.1109/JRPROC.1962.288235
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, s_ state, x_ input, l_ part that changes, n_ new state, t_ temporary,
//   d1_ slope, y2_ state inside a step.
#ifndef SPIKEX_NEURONS_FITZHUGH_NAGUMO
#define SPIKEX_NEURONS_FITZHUGH_NAGUMO

#include <cmath>

namespace neurons_fitzhugh_nagumo {

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
    // Where the recovery has its zero: -a
    T p_a = T(0.7);
    // How strongly the recovery damps itself
    T p_b = T(0.8);
    // How much slower the recovery is than the potential; above 0
    T p_epsilon = T(0.08);
    // [ms] How long the model's unit of time lasts; an oscillation takes about 40 of them; above 0
    T p_tau = T(1.0);
    // A spike is counted where the potential rises through this value. Nothing is reset
    T p_v_th = T(1.0);

    // oscillation: The constant input of the textbooks: an endless train of spikes.
    static Parameters preset_oscillation() {
        Parameters made;
        return made;
    }

    // excitation-block: Too much of a good thing: above an input of about 1.42 the potential stays
    //   up and nothing fires.
    static Parameters preset_excitation_block() {
        Parameters made;
        return made;
    }

    // anodal-break: A spike after inhibition ends, without any excitation.
    static Parameters preset_anodal_break() {
        Parameters made;
        return made;
    }

    // unit: For networks at dt 1 ms: slower, so that a step is half a unit of time; an input of 0.5
    //   makes it fire.
    static Parameters preset_unit() {
        Parameters made;
        made.p_tau = T(2.0);
        return made;
    }
};

// One time step.
//   x = clip(v, -10, 10)
//   dv/dt = (x - x*x*x/3 - w + I)/tau
//   dw/dt = epsilon*(v + a - b*w)/tau
//   integrated by: rk4
//   spike where v >= v_th begins to hold
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_a;
    using Parameters<T>::p_b;
    using Parameters<T>::p_epsilon;
    using Parameters<T>::p_tau;
    using Parameters<T>::p_v_th;

    // [ms] Length of a step
    T dt = T(0.1);

    // States.
    // Recovery
    T s_w = T(0);
    // Potential; starts where the defaults are at rest
    T s_v = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
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
        s_w = T(-0.624260044055);
        s_v = T(-1.19940803524);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input, constant during a step. The rest gives way to oscillations at about 0.33, and
    //   comes back at about 1.42
    T step(T x_I) {
        T l_x = smaller(larger(s_v, T(-10)), T(10));
        // dv/dt = (x - x*x*x/3 - w + I)/tau
        const T d1_v = (l_x - l_x * l_x * l_x / T(3) - s_w + x_I) / p_tau;
        // dw/dt = epsilon*(v + a - b*w)/tau
        const T d1_w = p_epsilon * (s_v + p_a - p_b * s_w) / p_tau;
        const T y2_v = s_v + dt / T(2) * d1_v;
        const T y2_w = s_w + dt / T(2) * d1_w;
        l_x = smaller(larger(y2_v, T(-10)), T(10));
        // dv/dt = (x - x*x*x/3 - w + I)/tau
        const T d2_v = (l_x - l_x * l_x * l_x / T(3) - y2_w + x_I) / p_tau;
        // dw/dt = epsilon*(v + a - b*w)/tau
        const T d2_w = p_epsilon * (y2_v + p_a - p_b * y2_w) / p_tau;
        const T y3_v = s_v + dt / T(2) * d2_v;
        const T y3_w = s_w + dt / T(2) * d2_w;
        l_x = smaller(larger(y3_v, T(-10)), T(10));
        // dv/dt = (x - x*x*x/3 - w + I)/tau
        const T d3_v = (l_x - l_x * l_x * l_x / T(3) - y3_w + x_I) / p_tau;
        // dw/dt = epsilon*(v + a - b*w)/tau
        const T d3_w = p_epsilon * (y3_v + p_a - p_b * y3_w) / p_tau;
        const T y4_v = s_v + dt * d3_v;
        const T y4_w = s_w + dt * d3_w;
        l_x = smaller(larger(y4_v, T(-10)), T(10));
        // dv/dt = (x - x*x*x/3 - w + I)/tau
        const T d4_v = (l_x - l_x * l_x * l_x / T(3) - y4_w + x_I) / p_tau;
        // dw/dt = epsilon*(v + a - b*w)/tau
        const T d4_w = p_epsilon * (y4_v + p_a - p_b * y4_w) / p_tau;
        const T n_v = s_v + dt / T(6) * (d1_v + T(2) * d2_v + T(2) * d3_v + d4_v);
        const T n_w = s_w + dt / T(6) * (d1_w + T(2) * d2_w + T(2) * d3_w + d4_w);
        // 1 where the last step left it below
        const T t_below = T(1) - (s_v - p_v_th >= T(0) ? T(1) : T(0));
        // v >= v_th
        const T spike = (n_v - p_v_th >= T(0) ? T(1) : T(0)) * t_below;
        s_w = n_w;
        s_v = n_v;
        return spike;
    }
};

}  // namespace neurons_fitzhugh_nagumo

#endif
