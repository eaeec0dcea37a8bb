// Rendered from components/neurons/izhikevich/component.yaml by `spikex components render`: edit that file, not this.
//
// Izhikevich (neurons/izhikevich), version 1.0.0, licence BSD-3-Clause
// Two equations and four numbers that spike, burst, adapt and resonate in all the ways that
//   cortical neurons do.
//
// Papers:
// - Izhikevich E.M. (2003). Simple model of spiking neurons, doi:10.1109/TNN.2003.820440
// - Izhikevich E.M. (2004). Which model to use for cortical spiking neurons?,
//   doi:10.1109/TNN.2004.832719
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, s_ state, x_ input, l_ part that changes,
//   n_ new state, d1_ slope, y2_ state inside a step.
#ifndef SPIKEX_NEURONS_IZHIKEVICH
#define SPIKEX_NEURONS_IZHIKEVICH

#include <cmath>

namespace neurons_izhikevich {

template <typename T>
T smaller(T a, T b) {
    return a <= b || a != a ? a : b;
}

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [1/ms] How fast the recovery u follows: 1/a is its time constant
    T p_a = T(0.02);
    // [1/ms] How strongly u follows the potential below the threshold; above 0.25 the cell
    //   resonates
    T p_b = T(0.2);
    // [mV] Potential after a spike
    T p_c = T(-65.0);
    // [mV/ms] What a spike adds to u
    T p_d = T(8.0);
    // [mV] Top of the spike: reaching it resets. It is no threshold; that one moves
    T p_v_peak = T(30.0);
    // [mV] Potential to start from; u starts at b*v_0
    T p_v_0 = T(-65.0);
    // What an input of 1 is worth. 1: the input is I as published; in networks 10 to 30; above 0
    T p_gain = T(1.0);

    // unit: For networks: an input of 1 makes it fire. Use dt 0.5 or 1 ms.
    static Parameters preset_unit() {
        Parameters made;
        made.p_gain = T(20.0);
        return made;
    }

    // RS: Regular spiking (2003): most excitatory cortical cells; the intervals grow during a step.
    static Parameters preset_rs() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.2);
        made.p_c = T(-65.0);
        made.p_d = T(8.0);
        return made;
    }

    // IB: Intrinsically bursting (2003): a burst first, then single spikes.
    static Parameters preset_ib() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.2);
        made.p_c = T(-55.0);
        made.p_d = T(4.0);
        return made;
    }

    // CH: Chattering (2003): bursts of close spikes, again and again.
    static Parameters preset_ch() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.2);
        made.p_c = T(-50.0);
        made.p_d = T(2.0);
        return made;
    }

    // FS: Fast spiking (2003): inhibitory cells; high rate, no adaptation.
    static Parameters preset_fs() {
        Parameters made;
        made.p_a = T(0.1);
        made.p_b = T(0.2);
        made.p_c = T(-65.0);
        made.p_d = T(2.0);
        return made;
    }

    // LTS: Low-threshold spiking (2003): inhibitory cells that fire on little current, and adapt.
    static Parameters preset_lts() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.25);
        made.p_c = T(-65.0);
        made.p_d = T(2.0);
        return made;
    }

    // RZ: Resonator (2003): rests with damped oscillations; a short pulse switches tonic firing on.
    static Parameters preset_rz() {
        Parameters made;
        made.p_a = T(0.1);
        made.p_b = T(0.26);
        made.p_c = T(-65.0);
        made.p_d = T(2.0);
        made.p_v_0 = T(-62.0);
        return made;
    }

    // TC: Thalamo-cortical (2003): from a hyperpolarized state a step of current gives a rebound
    //   burst.
    static Parameters preset_tc() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.25);
        made.p_c = T(-65.0);
        made.p_d = T(0.05);
        made.p_v_0 = T(-63.0);
        return made;
    }

    // tonic-spiking: (A) Tonic spiking: fires on and on while the step lasts.
    static Parameters preset_tonic_spiking() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.2);
        made.p_c = T(-65.0);
        made.p_d = T(6.0);
        made.p_v_0 = T(-70.0);
        return made;
    }

    // phasic-spiking: (B) Phasic spiking: one spike at the onset of the step, then silence.
    static Parameters preset_phasic_spiking() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.25);
        made.p_c = T(-65.0);
        made.p_d = T(6.0);
        made.p_v_0 = T(-64.0);
        return made;
    }

    // tonic-bursting: (C) Tonic bursting: bursts of spikes while the step lasts.
    static Parameters preset_tonic_bursting() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.2);
        made.p_c = T(-50.0);
        made.p_d = T(2.0);
        made.p_v_0 = T(-70.0);
        return made;
    }

    // phasic-bursting: (D) Phasic bursting: one burst at the onset of the step, then silence.
    static Parameters preset_phasic_bursting() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.25);
        made.p_c = T(-55.0);
        made.p_d = T(0.05);
        made.p_v_0 = T(-64.0);
        return made;
    }

    // mixed-mode: (E) Mixed mode: a burst at the onset, single spikes afterwards.
    static Parameters preset_mixed_mode() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.2);
        made.p_c = T(-55.0);
        made.p_d = T(4.0);
        made.p_v_0 = T(-70.0);
        return made;
    }

    // spike-frequency-adaptation: (F) Spike frequency adaptation: the intervals grow while the step
    //   lasts.
    static Parameters preset_spike_frequency_adaptation() {
        Parameters made;
        made.p_a = T(0.01);
        made.p_b = T(0.2);
        made.p_c = T(-65.0);
        made.p_d = T(8.0);
        made.p_v_0 = T(-70.0);
        return made;
    }

    // class-1: (G) Class 1 excitable: under a ramp it begins with a low rate, which then grows. The
    //   published figure uses another fit of the quadratic than the other patterns.
    // Its equations: Step_class_1.
    static Parameters preset_class_1() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(-0.1);
        made.p_c = T(-55.0);
        made.p_d = T(6.0);
        made.p_v_0 = T(-60.0);
        return made;
    }

    // class-2: (H) Class 2 excitable: under a ramp it is silent, then fires at a high rate at once.
    static Parameters preset_class_2() {
        Parameters made;
        made.p_a = T(0.2);
        made.p_b = T(0.26);
        made.p_c = T(-65.0);
        made.p_d = T(0.0);
        made.p_v_0 = T(-64.0);
        return made;
    }

    // spike-latency: (I) Spike latency: the spike comes long after the short pulse that causes it.
    static Parameters preset_spike_latency() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(0.2);
        made.p_c = T(-65.0);
        made.p_d = T(6.0);
        made.p_v_0 = T(-70.0);
        return made;
    }

    // subthreshold-oscillations: (J) Subthreshold oscillations: one spike, then the potential
    //   rings.
    static Parameters preset_subthreshold_oscillations() {
        Parameters made;
        made.p_a = T(0.05);
        made.p_b = T(0.26);
        made.p_c = T(-60.0);
        made.p_d = T(0.0);
        made.p_v_0 = T(-62.0);
        return made;
    }

    // resonator: (K) Resonator: of two pairs of pulses only the one at its own rhythm makes it
    //   fire.
    static Parameters preset_resonator() {
        Parameters made;
        made.p_a = T(0.1);
        made.p_b = T(0.26);
        made.p_c = T(-60.0);
        made.p_d = T(-1.0);
        made.p_v_0 = T(-62.0);
        return made;
    }

    // integrator: (L) Integrator: of two pairs of pulses only the close pair makes it fire. The
    //   published figure uses another fit of the quadratic than the other patterns.
    // Its equations: Step_class_1.
    static Parameters preset_integrator() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(-0.1);
        made.p_c = T(-55.0);
        made.p_d = T(6.0);
        made.p_v_0 = T(-60.0);
        return made;
    }

    // rebound-spike: (M) Rebound spike: inhibition ends, and it fires once.
    static Parameters preset_rebound_spike() {
        Parameters made;
        made.p_a = T(0.03);
        made.p_b = T(0.25);
        made.p_c = T(-60.0);
        made.p_d = T(4.0);
        made.p_v_0 = T(-64.0);
        return made;
    }

    // rebound-burst: (N) Rebound burst: inhibition ends, and it fires a burst.
    static Parameters preset_rebound_burst() {
        Parameters made;
        made.p_a = T(0.03);
        made.p_b = T(0.25);
        made.p_c = T(-52.0);
        made.p_d = T(0.0);
        made.p_v_0 = T(-64.0);
        return made;
    }

    // threshold-variability: (O) Threshold variability: the same pulse does nothing at first, and
    //   makes it fire after a short inhibition.
    static Parameters preset_threshold_variability() {
        Parameters made;
        made.p_a = T(0.03);
        made.p_b = T(0.25);
        made.p_c = T(-60.0);
        made.p_d = T(4.0);
        made.p_v_0 = T(-64.0);
        return made;
    }

    // bistability: (P) Bistability: one pulse switches tonic firing on, the next one off. The
    //   second pulse comes at 207 ms, not at 216 as in the published figure, which was drawn with
    //   Euler steps of 0.25 ms: to switch off it has to meet the right phase of the exact solution.
    static Parameters preset_bistability() {
        Parameters made;
        made.p_a = T(0.1);
        made.p_b = T(0.26);
        made.p_c = T(-60.0);
        made.p_d = T(0.0);
        made.p_v_0 = T(-61.0);
        return made;
    }

    // depolarizing-after-potential: (Q) Depolarizing after-potential: after the spike the potential
    //   stays above rest for a while. With the published d = -21, made for Euler steps of 0.1 ms,
    //   the exact solution fires on; -18 shows the pattern.
    static Parameters preset_depolarizing_after_potential() {
        Parameters made;
        made.p_a = T(1.0);
        made.p_b = T(0.2);
        made.p_c = T(-60.0);
        made.p_d = T(-18.0);
        made.p_v_0 = T(-70.0);
        return made;
    }

    // accommodation: (R) Accommodation: a slow ramp leaves it silent, a fast one of the same height
    //   makes it fire. The published figure uses an equation of its own for u.
    // Its equations: Step_accommodation.
    static Parameters preset_accommodation() {
        Parameters made;
        made.p_a = T(0.02);
        made.p_b = T(1.0);
        made.p_c = T(-55.0);
        made.p_d = T(4.0);
        made.p_v_0 = T(-65.0);
        return made;
    }

    // inhibition-induced-spiking: (S) Inhibition-induced spiking: fires while the current is lower.
    static Parameters preset_inhibition_induced_spiking() {
        Parameters made;
        made.p_a = T(-0.02);
        made.p_b = T(-1.0);
        made.p_c = T(-60.0);
        made.p_d = T(8.0);
        made.p_v_0 = T(-63.8);
        return made;
    }

    // inhibition-induced-bursting: (T) Inhibition-induced bursting: fires bursts while the current
    //   is lower. With d = 0, as in the paper's list; with the -2 of the program for its figure the
    //   exact solution runs away.
    static Parameters preset_inhibition_induced_bursting() {
        Parameters made;
        made.p_a = T(-0.026);
        made.p_b = T(-1.0);
        made.p_c = T(-45.0);
        made.p_d = T(0.0);
        made.p_v_0 = T(-63.8);
        return made;
    }
};

// One time step.
//   quadratic = 0.04
//   linear = 5.0
//   constant = 140.0
//   x = min(v, v_peak)
//   dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
//   du/dt = a*(b*x - u)
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = c
//   at a spike: u += d
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_a;
    using Parameters<T>::p_b;
    using Parameters<T>::p_c;
    using Parameters<T>::p_d;
    using Parameters<T>::p_v_peak;
    using Parameters<T>::p_v_0;
    using Parameters<T>::p_gain;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T k_quadratic = T(0);
    T k_linear = T(0);
    T k_constant = T(0);

    // States.
    // [mV/ms] Recovery: potassium on, sodium off; pulls the potential down
    T s_u = T(0);
    // [mV] Membrane potential
    T s_v = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // fit of the upstroke: quadratic part
        k_quadratic = T(0.04);
        // fit of the upstroke: linear part
        k_linear = T(5.0);
        // fit of the upstroke: constant part
        k_constant = T(140.0);
    }

    // Back to the first values of the states.
    void init() {
        s_u = p_b * p_v_0;
        s_v = p_v_0;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [mV/ms] Input; a current over a capacitance of 1, hence mV/ms
    T step(T x_I) {
        T l_x = smaller(s_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d1_u = p_a * (p_b * l_x - s_u);
        const T y2_v = s_v + dt / T(2) * d1_v;
        const T y2_u = s_u + dt / T(2) * d1_u;
        l_x = smaller(y2_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d2_u = p_a * (p_b * l_x - y2_u);
        const T y3_v = s_v + dt / T(2) * d2_v;
        const T y3_u = s_u + dt / T(2) * d2_u;
        l_x = smaller(y3_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d3_u = p_a * (p_b * l_x - y3_u);
        const T y4_v = s_v + dt * d3_v;
        const T y4_u = s_u + dt * d3_u;
        l_x = smaller(y4_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d4_u = p_a * (p_b * l_x - y4_u);
        T n_v = s_v + dt / T(6) * (d1_v + T(2) * d2_v + T(2) * d3_v + d4_v);
        T n_u = s_u + dt / T(6) * (d1_u + T(2) * d2_u + T(2) * d3_u + d4_u);
        // v >= v_peak
        const T spike = n_v - p_v_peak >= T(0) ? T(1) : T(0);
        // where it fired: v = c
        n_v = spike > T(0) ? p_c : n_v;
        // where it fired: u += d
        n_u = n_u + spike * p_d;
        s_u = n_u;
        s_v = n_v;
        return spike;
    }
};

// One time step with preset=class-1 or preset=integrator.
//   quadratic = 0.04
//   linear = 4.1
//   constant = 108.0
//   x = min(v, v_peak)
//   dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
//   du/dt = a*(b*x - u)
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = c
//   at a spike: u += d
template <typename T>
struct Step_class_1 : Parameters<T> {
    using Parameters<T>::p_a;
    using Parameters<T>::p_b;
    using Parameters<T>::p_c;
    using Parameters<T>::p_d;
    using Parameters<T>::p_v_peak;
    using Parameters<T>::p_v_0;
    using Parameters<T>::p_gain;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T k_quadratic = T(0);
    T k_linear = T(0);
    T k_constant = T(0);

    // States.
    // [mV/ms] Recovery: potassium on, sodium off; pulls the potential down
    T s_u = T(0);
    // [mV] Membrane potential
    T s_v = T(0);

    explicit Step_class_1(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // fit of the upstroke: quadratic part
        k_quadratic = T(0.04);
        // fit of the upstroke: linear part
        k_linear = T(4.1);
        // fit of the upstroke: constant part
        k_constant = T(108.0);
    }

    // Back to the first values of the states.
    void init() {
        s_u = p_b * p_v_0;
        s_v = p_v_0;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [mV/ms] Input; a current over a capacitance of 1, hence mV/ms
    T step(T x_I) {
        T l_x = smaller(s_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d1_u = p_a * (p_b * l_x - s_u);
        const T y2_v = s_v + dt / T(2) * d1_v;
        const T y2_u = s_u + dt / T(2) * d1_u;
        l_x = smaller(y2_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d2_u = p_a * (p_b * l_x - y2_u);
        const T y3_v = s_v + dt / T(2) * d2_v;
        const T y3_u = s_u + dt / T(2) * d2_u;
        l_x = smaller(y3_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d3_u = p_a * (p_b * l_x - y3_u);
        const T y4_v = s_v + dt * d3_v;
        const T y4_u = s_u + dt * d3_u;
        l_x = smaller(y4_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I;
        // du/dt = a*(b*x - u)
        const T d4_u = p_a * (p_b * l_x - y4_u);
        T n_v = s_v + dt / T(6) * (d1_v + T(2) * d2_v + T(2) * d3_v + d4_v);
        T n_u = s_u + dt / T(6) * (d1_u + T(2) * d2_u + T(2) * d3_u + d4_u);
        // v >= v_peak
        const T spike = n_v - p_v_peak >= T(0) ? T(1) : T(0);
        // where it fired: v = c
        n_v = spike > T(0) ? p_c : n_v;
        // where it fired: u += d
        n_u = n_u + spike * p_d;
        s_u = n_u;
        s_v = n_v;
        return spike;
    }
};

// One time step with preset=accommodation.
//   quadratic = 0.04
//   linear = 5.0
//   constant = 140.0
//   x = min(v, v_peak)
//   v_rest = -65.0
//   u_0 = -16.0
//   dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
//   du/dt = a*b*(x - v_rest)
//   integrated by: rk4
//   spike where v >= v_peak
//   at a spike: v = c
//   at a spike: u += d
template <typename T>
struct Step_accommodation : Parameters<T> {
    using Parameters<T>::p_a;
    using Parameters<T>::p_b;
    using Parameters<T>::p_c;
    using Parameters<T>::p_d;
    using Parameters<T>::p_v_peak;
    using Parameters<T>::p_v_0;
    using Parameters<T>::p_gain;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T k_quadratic = T(0);
    T k_linear = T(0);
    T k_constant = T(0);
    T k_v_rest = T(0);
    T k_u_0 = T(0);

    // States.
    // [mV/ms] Recovery: integrates the distance from rest; it has no decay of its own
    T s_u = T(0);
    // [mV] Membrane potential
    T s_v = T(0);

    explicit Step_accommodation(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // fit of the upstroke: quadratic part
        k_quadratic = T(0.04);
        // fit of the upstroke: linear part
        k_linear = T(5.0);
        // fit of the upstroke: constant part
        k_constant = T(140.0);
        // where u stands still
        k_v_rest = T(-65.0);
        // u to start from
        k_u_0 = T(-16.0);
    }

    // Back to the first values of the states.
    void init() {
        s_u = k_u_0;
        s_v = p_v_0;
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [mV/ms] Input; a current over a capacitance of 1, hence mV/ms
    T step(T x_I) {
        T l_x = smaller(s_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I;
        // du/dt = a*b*(x - v_rest)
        const T d1_u = p_a * p_b * (l_x - k_v_rest);
        const T y2_v = s_v + dt / T(2) * d1_v;
        const T y2_u = s_u + dt / T(2) * d1_u;
        l_x = smaller(y2_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I;
        // du/dt = a*b*(x - v_rest)
        const T d2_u = p_a * p_b * (l_x - k_v_rest);
        const T y3_v = s_v + dt / T(2) * d2_v;
        const T y3_u = s_u + dt / T(2) * d2_u;
        l_x = smaller(y3_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I;
        // du/dt = a*b*(x - v_rest)
        const T d3_u = p_a * p_b * (l_x - k_v_rest);
        const T y4_v = s_v + dt * d3_v;
        const T y4_u = s_u + dt * d3_u;
        l_x = smaller(y4_v, p_v_peak);
        // dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
        const T d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I;
        // du/dt = a*b*(x - v_rest)
        const T d4_u = p_a * p_b * (l_x - k_v_rest);
        T n_v = s_v + dt / T(6) * (d1_v + T(2) * d2_v + T(2) * d3_v + d4_v);
        T n_u = s_u + dt / T(6) * (d1_u + T(2) * d2_u + T(2) * d3_u + d4_u);
        // v >= v_peak
        const T spike = n_v - p_v_peak >= T(0) ? T(1) : T(0);
        // where it fired: v = c
        n_v = spike > T(0) ? p_c : n_v;
        // where it fired: u += d
        n_u = n_u + spike * p_d;
        s_u = n_u;
        s_v = n_v;
        return spike;
    }
};

}  // namespace neurons_izhikevich

#endif
