// Rendered from components/dendrites/two-compartment/component.yaml by `spikex components render`: edit that file, not this.
//
// Two-compartment neuron (dendrites/two-compartment), version 1.0.0, licence BSD-3-Clause
// A soma that spikes and a passive dendrite, joined by a conductance, each with an input of its
//   own.
//
// Papers:
// - Pinsky P.F., Rinzel J. (1994). Intrinsic and network rhythmogenesis in a reduced Traub
//   model for CA3 neurons, doi:10.1007/BF00962717
// - Urbanczik R., Senn W. (2014). Learning by the dendritic prediction of somatic spiking,
//   doi:10.1016/j.neuron.2013.11.030
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_DENDRITES_TWO_COMPARTMENT
#define SPIKEX_DENDRITES_TWO_COMPARTMENT

#include <cmath>

namespace dendrites_two_compartment {

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
    // [uF/cm**2] Capacitance of the membrane; above 0
    T p_C = T(3.0);
    // [mS/cm**2] Leak conductance of both; above 0
    T p_g_L = T(0.1);
    // [mS/cm**2] Conductance between soma and dendrite; at least 0
    T p_g_c = T(2.1);
    // Share of the soma in the whole membrane; 0 to 1, without the ends
    T p_p = T(0.5);
    // [mV] Resting potential
    T p_E_L = T(-60.0);
    // [mV] The neuron fires where the soma's potential reaches this
    T p_v_th = T(-50.0);
    // [mV] The soma's potential after a spike; the dendrite keeps its own
    T p_v_reset = T(-60.0);
    // [ms] The soma stands still for so long after a spike; at least 0
    T p_t_ref = T(2.0);

    // unit: Without units, for networks: rest 0, threshold 1, time constant 10, no refractory
    //   period.
    static Parameters preset_unit() {
        Parameters made;
        made.p_C = T(10.0);
        made.p_g_L = T(1.0);
        made.p_g_c = T(1.0);
        made.p_E_L = T(0.0);
        made.p_v_th = T(1.0);
        made.p_v_reset = T(0.0);
        made.p_t_ref = T(0.0);
        return made;
    }
};

// One time step.
//   dV_s/dt = (g_L*(E_L - V_s) + g_c/p*(V_d - V_s) + I_s/p)/C
//   dV_d/dt = (g_L*(E_L - V_d) + g_c/(1 - p)*(V_s - V_d) + I_d/(1 - p))/C
//   integrated by: exact
//   spike where V_s >= v_th
//   at a spike: V_s = v_reset
//   after a spike, stand still for: t_ref ms
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_C;
    using Parameters<T>::p_g_L;
    using Parameters<T>::p_g_c;
    using Parameters<T>::p_p;
    using Parameters<T>::p_E_L;
    using Parameters<T>::p_v_th;
    using Parameters<T>::p_v_reset;
    using Parameters<T>::p_t_ref;

    // [ms] Length of a step
    T dt = T(0.05);

    // Follow from parameters and dt; constants() computes them.
    T c_prop_0_0 = T(0);
    T c_prop_0_1 = T(0);
    T c_drive_0_0 = T(0);
    T c_drive_0_1 = T(0);
    T c_prop_1_0 = T(0);
    T c_prop_1_1 = T(0);
    T c_drive_1_0 = T(0);
    T c_drive_1_1 = T(0);
    T c_refractory = T(0);

    // States.
    // [mV] Potential of the soma
    T s_V_s = T(0);
    // [mV] Potential of the dendrite
    T s_V_d = T(0);
    // Steps left to stand still after a spike
    T s_refractory = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.05))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // the exact step of V_s, V_d together
        {
            const double t_rates[2][2] = {
                {double((-p_g_L + -p_g_c / p_p) / p_C), double(p_g_c / p_p / p_C)},
                {double(p_g_c / (T(1) - p_p) / p_C), double((-p_g_L + -p_g_c / (T(1) - p_p)) / p_C)},
            };
            const Propagator<2> t_prop(double(dt), t_rates);
            c_prop_0_0 = T(t_prop.m[0][0]);
            c_prop_0_1 = T(t_prop.m[0][1]);
            c_drive_0_0 = T(t_prop.m[0][2]);
            c_drive_0_1 = T(t_prop.m[0][3]);
            c_prop_1_0 = T(t_prop.m[1][0]);
            c_prop_1_1 = T(t_prop.m[1][1]);
            c_drive_1_0 = T(t_prop.m[1][2]);
            c_drive_1_1 = T(t_prop.m[1][3]);
        }
        // refractory period in steps
        c_refractory = std::nearbyint(p_t_ref / dt);
    }

    // Back to the first values of the states.
    void init() {
        s_V_s = p_E_L;
        s_V_d = p_E_L;
        s_refractory = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I_s: [uA/cm**2] Current into the soma
    // x_I_d: [uA/cm**2] Current into the dendrite: {from: apical, to: pyramidal.I_d}
    T step(T x_I_s, T x_I_d = T(0.0)) {
        // what drives V_s besides the others
        const T t_drive_V_s = (p_g_L * p_E_L + x_I_s / p_p) / p_C;
        // what drives V_d besides the others
        const T t_drive_V_d = (p_g_L * p_E_L + x_I_d / (T(1) - p_p)) / p_C;
        // dV_s/dt = (g_L*(E_L - V_s) + g_c/p*(V_d - V_s) + I_s/p)/C
        T n_V_s = c_prop_0_0 * s_V_s + c_prop_0_1 * s_V_d + c_drive_0_0 * t_drive_V_s + c_drive_0_1 * t_drive_V_d;
        // dV_d/dt = (g_L*(E_L - V_d) + g_c/(1 - p)*(V_s - V_d) + I_d/(1 - p))/C
        const T n_V_d = c_prop_1_0 * s_V_s + c_prop_1_1 * s_V_d + c_drive_1_0 * t_drive_V_s + c_drive_1_1 * t_drive_V_d;
        // stands still while refractory
        n_V_s = s_refractory > T(0) ? s_V_s : n_V_s;
        // V_s >= v_th
        const T spike = s_refractory > T(0) ? T(0) : (n_V_s - p_v_th >= T(0) ? T(1) : T(0));
        // where it fired: V_s = v_reset
        n_V_s = spike > T(0) ? p_v_reset : n_V_s;
        // steps left to stand still
        const T n_refractory = spike > T(0) ? c_refractory : larger(s_refractory - T(1), T(0));
        s_V_s = n_V_s;
        s_V_d = n_V_d;
        s_refractory = n_refractory;
        return spike;
    }
};

}  // namespace dendrites_two_compartment

#endif
