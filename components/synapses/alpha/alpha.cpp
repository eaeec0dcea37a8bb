// Rendered from components/synapses/alpha/component.yaml by `spikex components render`: edit that file, not this.
//
// Alpha synapse (synapses/alpha), version 1.0.0, licence BSD-3-Clause
// Every spike starts a current that rises smoothly, peaks after tau_s at its weight, and
//   decays.
//
// Papers:
// - Rall W. (1967). Distinguishing theoretical synaptic potentials computed for different
//   soma-dendritic distributions of synaptic input, doi:10.1152/jn.1967.30.5.1138
// - Rotter S., Diesmann M. (1999). Exact digital simulation of time-invariant linear systems
//   with applications to neuronal modeling, doi:10.1007/s004220050570
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_SYNAPSES_ALPHA
#define SPIKEX_SYNAPSES_ALPHA

#include <cmath>

namespace synapses_alpha {

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
    // [ms] Time from the spike to the current's peak, and the time constant of its decay; above 0
    T p_tau_s = T(2.0);
};

// One time step.
//   dy/dt = -y/tau_s
//   dI/dt = y - I/tau_s
//   integrated by: exact
//   then, at every step: y += exp(1)*x/tau_s
//   goes out: I
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau_s;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T c_prop_0_0 = T(0);
    T c_prop_1_0 = T(0);
    T c_prop_1_1 = T(0);

    // States.
    // [pA/ms] What drives the current: decays from each spike on
    T s_y = T(0);
    // [pA] Synaptic current
    T s_I = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // the exact step of y, I together
        {
            const double t_rates[2][2] = {
                {double(T(-1) / p_tau_s), double(T(0))},
                {double(T(1)), double(T(-1) / p_tau_s)},
            };
            const Propagator<2> t_prop(double(dt), t_rates);
            c_prop_0_0 = T(t_prop.m[0][0]);
            c_prop_1_0 = T(t_prop.m[1][0]);
            c_prop_1_1 = T(t_prop.m[1][1]);
        }
    }

    // Back to the first values of the states.
    void init() {
        s_y = T(0);
        s_I = T(0);
    }

    // One step: returns what goes out.
    // x_x: [pA] Sum of the weights of the spikes that arrive in this step: peaks of the current
    T step(T x_x) {
        // dy/dt = -y/tau_s
        T n_y = c_prop_0_0 * s_y;
        // dI/dt = y - I/tau_s
        const T n_I = c_prop_1_0 * s_y + c_prop_1_1 * s_I;
        // y += exp(1)*x/tau_s
        n_y = n_y + T(2.718281828459045) * x_x / p_tau_s;
        // I
        const T out = n_I;
        s_y = n_y;
        s_I = n_I;
        return out;
    }
};

}  // namespace synapses_alpha

#endif
