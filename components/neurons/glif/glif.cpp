// Rendered from components/neurons/glif/component.yaml by `spikex components render`: edit that file, not this.
//
// Generalized leaky integrate-and-fire (GLIF) (neurons/glif), version 1.0.0, licence
//   BSD-3-Clause
// A leaky membrane with after-spike currents and a threshold that spikes and potential move:
//   the Allen Institute's five levels in one.
//
// Papers:
// - Teeter C., Iyer R., Menon V. et al. (2018). Generalized leaky integrate-and-fire models
//   classify multiple neuron types, doi:10.1038/s41467-017-02717-4
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, k_ part that stays the same, c_ constant of the step, s_ state, x_
//   input, n_ new state, t_ temporary.
#ifndef SPIKEX_NEURONS_GLIF
#define SPIKEX_NEURONS_GLIF

#include <cmath>

namespace neurons_glif {

template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}

// exp(dt*[[A, 1], [0, 0]]) for the N x N matrix A: how a linear system goes on for dt (first N
// columns), and what a constant drive adds (the others). Scaling and squaring of the series.
template <int N>
struct Propagator {
    double m[2 * N][2 * N];

    Propagator(double dt, const double (&rates)[N][N]) {
        double x[2 * N][2 * N] = {};
        double norm = 0;
        for (int i = 0; i < N; ++i) {
            double row = std::abs(dt);
            x[i][N + i] = dt;
            for (int j = 0; j < N; ++j) {
                x[i][j] = dt * rates[i][j];
                row += std::abs(x[i][j]);
            }
            norm = norm < row ? row : norm;
        }
        int halvings = 0;
        for (; norm > 0.5 && halvings < 1000; ++halvings) {
            norm /= 2;
        }
        for (auto& row : x) {
            for (double& value : row) {
                value = std::ldexp(value, -halvings);
            }
        }
        for (int i = 0; i < 2 * N; ++i) {
            for (int j = 0; j < 2 * N; ++j) {
                m[i][j] = i == j ? 1 : 0;
            }
        }
        for (int term = 16; term > 0; --term) {  // 1 + x/1*(1 + x/2*(1 + ...))
            multiply(x, m, 1.0 / term);
            for (int i = 0; i < 2 * N; ++i) {
                m[i][i] += 1;
            }
        }
        for (; halvings > 0; --halvings) {
            multiply(m, m, 1);
        }
    }

private:
    void multiply(const double (&a)[2 * N][2 * N], const double (&b)[2 * N][2 * N], double factor) {
        double product[2 * N][2 * N] = {};
        for (int i = 0; i < 2 * N; ++i) {
            for (int k = 0; k < 2 * N; ++k) {
                for (int j = 0; j < 2 * N; ++j) {
                    product[i][j] += factor * a[i][k] * b[k][j];
                }
            }
        }
        for (int i = 0; i < 2 * N; ++i) {
            for (int j = 0; j < 2 * N; ++j) {
                m[i][j] = product[i][j];
            }
        }
    }
};

// The parameters and their defaults.
template <typename T>
struct Parameters {
    // [pF] Membrane capacitance; above 0
    T p_C_m = T(58.72);
    // [nS] Leak conductance; C_m/g is the membrane time constant; above 0
    T p_g = T(9.43);
    // [mV] Resting potential
    T p_E_L = T(-78.85);
    // [mV] Threshold at rest
    T p_V_th = T(-51.68);
    // [ms] Refractory period: everything stands still for so long after a spike; at least 0
    T p_t_ref = T(3.75);
    // Reset: the share of the potential above rest that a spike leaves; 0 to 1
    T p_f_v = T(0.2);
    // [mV] Reset: what is added to that share
    T p_V_add = T(18.51);
    // [mV] What a spike adds to the threshold
    T p_th_add = T(0.37);
    // [1/ms] How fast that fades; above 0
    T p_b_s = T(0.009);
    // [1/ms] How strongly the potential moves the threshold
    T p_a_v = T(0.005);
    // [1/ms] How fast that fades; above 0
    T p_b_v = T(0.09);
    // [pA] What a spike adds to the slow after-spike current
    T p_amp_1 = T(-9.18);
    // [1/ms] How fast the slow after-spike current fades; above 0
    T p_k_1 = T(0.003);
    // The share of the slow after-spike current that a spike leaves; 0 to 1
    T p_r_1 = T(1.0);
    // [pA] What a spike adds to the fast after-spike current
    T p_amp_2 = T(-198.94);
    // [1/ms] How fast the fast after-spike current fades; above 0
    T p_k_2 = T(0.1);
    // The share of the fast after-spike current that a spike leaves; 0 to 1
    T p_r_2 = T(1.0);

    // glif1: GLIF1, plain leaky integrate-and-fire: resets to the rest, nothing adapts.
    static Parameters preset_glif1() {
        Parameters made;
        made.p_f_v = T(0.0);
        made.p_V_add = T(0.0);
        made.p_th_add = T(0.0);
        made.p_a_v = T(0.0);
        made.p_amp_1 = T(0.0);
        made.p_amp_2 = T(0.0);
        return made;
    }

    // glif2: GLIF2: a reset that remembers the potential, and a threshold that spikes raise.
    static Parameters preset_glif2() {
        Parameters made;
        made.p_a_v = T(0.0);
        made.p_amp_1 = T(0.0);
        made.p_amp_2 = T(0.0);
        return made;
    }

    // glif3: GLIF3: after-spike currents.
    static Parameters preset_glif3() {
        Parameters made;
        made.p_f_v = T(0.0);
        made.p_V_add = T(0.0);
        made.p_th_add = T(0.0);
        made.p_a_v = T(0.0);
        return made;
    }

    // glif4: GLIF4: after-spike currents, reset rule and a threshold that spikes raise.
    static Parameters preset_glif4() {
        Parameters made;
        made.p_a_v = T(0.0);
        return made;
    }

    // glif5: GLIF5: all of it, the threshold following the potential too (the component's own).
    static Parameters preset_glif5() {
        Parameters made;
        return made;
    }

    // unit: Without units, for networks: rest 0, threshold 1, resistance 1, time constant 10 ms,
    //   mild adaptation, no refractory period.
    static Parameters preset_unit() {
        Parameters made;
        made.p_C_m = T(10.0);
        made.p_g = T(1.0);
        made.p_E_L = T(0.0);
        made.p_V_th = T(1.0);
        made.p_t_ref = T(0.0);
        made.p_f_v = T(0.0);
        made.p_V_add = T(0.0);
        made.p_th_add = T(0.1);
        made.p_b_s = T(0.01);
        made.p_a_v = T(0.0);
        made.p_amp_1 = T(-0.05);
        made.p_amp_2 = T(-0.1);
        return made;
    }
};

// One time step.
//   fade_1 = r_1*exp(-k_1*t_ref)
//   fade_2 = r_2*exp(-k_2*t_ref)
//   fade_s = exp(-b_s*t_ref)
//   dV/dt = (-g*(V - E_L) + I + I_1 + I_2)/C_m
//   dI_1/dt = -k_1*I_1
//   dI_2/dt = -k_2*I_2
//   dtheta_s/dt = -b_s*theta_s
//   dtheta_v/dt = a_v*(V - E_L) - b_v*theta_v
//   integrated by: exact
//   spike where V > V_th + theta_s + theta_v
//   at a spike: V = E_L + f_v*(V - E_L) + V_add
//   at a spike: theta_s = fade_s*theta_s + th_add
//   at a spike: I_1 = fade_1*I_1 + amp_1
//   at a spike: I_2 = fade_2*I_2 + amp_2
//   after a spike, stand still for: t_ref ms
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C_m;
    using Parameters<T>::p_g;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_V_th;
    using Parameters<T>::p_t_ref;
    using Parameters<T>::p_f_v;
    using Parameters<T>::p_V_add;
    using Parameters<T>::p_th_add;
    using Parameters<T>::p_b_s;
    using Parameters<T>::p_a_v;
    using Parameters<T>::p_b_v;
    using Parameters<T>::p_amp_1;
    using Parameters<T>::p_k_1;
    using Parameters<T>::p_r_1;
    using Parameters<T>::p_amp_2;
    using Parameters<T>::p_k_2;
    using Parameters<T>::p_r_2;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T k_fade_1 = T(0);
    T k_fade_2 = T(0);
    T k_fade_s = T(0);
    T c_prop_0_0 = T(0);
    T c_prop_0_1 = T(0);
    T c_prop_0_2 = T(0);
    T c_drive_0_0 = T(0);
    T c_prop_1_1 = T(0);
    T c_prop_2_2 = T(0);
    T c_prop_4_0 = T(0);
    T c_prop_4_1 = T(0);
    T c_prop_4_2 = T(0);
    T c_prop_4_4 = T(0);
    T c_drive_4_0 = T(0);
    T c_drive_4_4 = T(0);
    T c_decay_theta_s = T(0);
    T c_refractory = T(0);

    // States.
    // [pA] Slow after-spike current
    T s_I_1 = T(0);
    // [pA] Fast after-spike current
    T s_I_2 = T(0);
    // [mV] What spikes have added to the threshold
    T s_theta_s = T(0);
    // [mV] What the potential has added to the threshold
    T s_theta_v = T(0);
    // [mV] Membrane potential
    T s_V = T(0);
    // Steps left to stand still after a spike
    T s_refractory = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // what is left of the slow after-spike current after the refractory period
        k_fade_1 = p_r_1 * std::exp(-p_k_1 * p_t_ref);
        // what is left of the fast after-spike current after the refractory period
        k_fade_2 = p_r_2 * std::exp(-p_k_2 * p_t_ref);
        // what is left of the raised threshold after the refractory period
        k_fade_s = std::exp(-p_b_s * p_t_ref);
        // the exact step of V, I_1, I_2, theta_v together
        {
            const double t_rates[4][4] = {
                {double(-p_g / p_C_m), double(T(1) / p_C_m), double(T(1) / p_C_m), double(T(0))},
                {double(T(0)), double(-p_k_1), double(T(0)), double(T(0))},
                {double(T(0)), double(T(0)), double(-p_k_2), double(T(0))},
                {double(p_a_v), double(T(0)), double(T(0)), double(-p_b_v)},
            };
            const Propagator<4> t_prop(double(dt), t_rates);
            c_prop_0_0 = T(t_prop.m[0][0]);
            c_prop_0_1 = T(t_prop.m[0][1]);
            c_prop_0_2 = T(t_prop.m[0][2]);
            c_drive_0_0 = T(t_prop.m[0][4]);
            c_prop_1_1 = T(t_prop.m[1][1]);
            c_prop_2_2 = T(t_prop.m[2][2]);
            c_prop_4_0 = T(t_prop.m[3][0]);
            c_prop_4_1 = T(t_prop.m[3][1]);
            c_prop_4_2 = T(t_prop.m[3][2]);
            c_prop_4_4 = T(t_prop.m[3][3]);
            c_drive_4_0 = T(t_prop.m[3][4]);
            c_drive_4_4 = T(t_prop.m[3][7]);
        }
        // how much of theta_s is left after one step
        c_decay_theta_s = std::exp(-(p_b_s * dt));
        // refractory period in steps
        c_refractory = std::nearbyint(p_t_ref / dt);
    }

    // Back to the first values of the states.
    void init() {
        s_I_1 = T(0);
        s_I_2 = T(0);
        s_theta_s = T(0);
        s_theta_v = T(0);
        s_V = p_E_L;
        s_refractory = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: [pA] Input current, constant during a step
    T step(T x_I) {
        // what drives V besides the others
        const T t_drive_V = (-(p_g * -p_E_L) + x_I) / p_C_m;
        // what drives theta_v besides the others
        const T t_drive_theta_v = p_a_v * -p_E_L;
        // dV/dt = (-g*(V - E_L) + I + I_1 + I_2)/C_m
        T n_V = c_prop_0_0 * s_V + c_prop_0_1 * s_I_1 + c_prop_0_2 * s_I_2 + c_drive_0_0 * t_drive_V;
        // dI_1/dt = -k_1*I_1
        T n_I_1 = c_prop_1_1 * s_I_1;
        // dI_2/dt = -k_2*I_2
        T n_I_2 = c_prop_2_2 * s_I_2;
        // dtheta_v/dt = a_v*(V - E_L) - b_v*theta_v
        T n_theta_v = c_prop_4_0 * s_V + c_prop_4_1 * s_I_1 + c_prop_4_2 * s_I_2 + c_prop_4_4 * s_theta_v + c_drive_4_0 * t_drive_V + c_drive_4_4 * t_drive_theta_v;
        // where theta_s is heading
        const T t_rest_theta_s = T(0);
        // dtheta_s/dt = -b_s*theta_s
        T n_theta_s = t_rest_theta_s + (s_theta_s - t_rest_theta_s) * c_decay_theta_s;
        // stands still while refractory
        n_I_1 = s_refractory > T(0) ? s_I_1 : n_I_1;
        n_I_2 = s_refractory > T(0) ? s_I_2 : n_I_2;
        n_theta_s = s_refractory > T(0) ? s_theta_s : n_theta_s;
        n_theta_v = s_refractory > T(0) ? s_theta_v : n_theta_v;
        n_V = s_refractory > T(0) ? s_V : n_V;
        // V > V_th + theta_s + theta_v
        const T spike = s_refractory > T(0) ? T(0) : (n_V - (p_V_th + n_theta_s + n_theta_v) > T(0) ? T(1) : T(0));
        // where it fired: V = E_L + f_v*(V - E_L) + V_add
        n_V = spike > T(0) ? p_E_L + p_f_v * (n_V - p_E_L) + p_V_add : n_V;
        // where it fired: theta_s = fade_s*theta_s + th_add
        n_theta_s = spike > T(0) ? k_fade_s * n_theta_s + p_th_add : n_theta_s;
        // where it fired: I_1 = fade_1*I_1 + amp_1
        n_I_1 = spike > T(0) ? k_fade_1 * n_I_1 + p_amp_1 : n_I_1;
        // where it fired: I_2 = fade_2*I_2 + amp_2
        n_I_2 = spike > T(0) ? k_fade_2 * n_I_2 + p_amp_2 : n_I_2;
        // steps left to stand still
        const T n_refractory = spike > T(0) ? c_refractory : larger(s_refractory - T(1), T(0));
        s_I_1 = n_I_1;
        s_I_2 = n_I_2;
        s_theta_s = n_theta_s;
        s_theta_v = n_theta_v;
        s_V = n_V;
        s_refractory = n_refractory;
        return spike;
    }
};

}  // namespace neurons_glif

#endif
