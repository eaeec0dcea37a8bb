// Rendered from components/neurons/srm0/component.yaml by `spikex components render`: edit that file, not this.
//
// Spike response model (SRM0) (neurons/srm0), version 1.0.0, licence BSD-3-Clause
// No equation for a membrane but kernels: what an incoming spike adds, and what the neuron's
//   own last spike takes away.
//
// Papers:
// - Gerstner W. (1995). Time structure of the activity in neural network models,
//   doi:10.1103/PhysRevE.51.738
// - Gerstner W., Kistler W.M. (2002). Spiking Neuron Models, doi:10.1017/CBO9780511815706
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state.
#ifndef SPIKEX_NEURONS_SRM0
#define SPIKEX_NEURONS_SRM0

#include <cmath>

namespace neurons_srm0 {

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
    // [ms] An incoming spike has its full effect after this time; above 0
    T p_tau_s = T(5.0);
    // [ms] How fast the neuron's own spike is forgotten; above 0
    T p_tau_r = T(10.0);
    // Threshold, and how far a spike throws the potential down; above 0
    T p_theta = T(1.0);

    // summation: Three weak spikes: far apart they do nothing, close together they reach the
    //   threshold.
    static Parameters preset_summation() {
        Parameters made;
        return made;
    }
};

// One time step.
//   h = u - r
//   dz/dt = -z/tau_s
//   dr/dt = -r/tau_r
//   du/dt = (z - h)/tau_s - r/tau_r
//   integrated by: exact
//   then, at every step: z += exp(1)*I
//   spike where u >= theta
//   at a spike: u -= theta + r
//   at a spike: r = -theta
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_tau_s;
    using Parameters<T>::p_tau_r;
    using Parameters<T>::p_theta;

    // [ms] Length of a step
    T dt = T(1.0);

    // Follow from parameters and dt; constants() computes them.
    T c_prop_0_0 = T(0);
    T c_prop_1_1 = T(0);
    T c_prop_2_0 = T(0);
    T c_prop_2_1 = T(0);
    T c_prop_2_2 = T(0);

    // States.
    // Rising part of the responses
    T s_z = T(0);
    // Refractory kernel: what the neuron's own last spike has left
    T s_r = T(0);
    // Potential: responses plus refractory kernel
    T s_u = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(1.0))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // the exact step of z, r, u together
        {
            const double t_rates[3][3] = {
                {double(T(-1) / p_tau_s), double(T(0)), double(T(0))},
                {double(T(0)), double(T(-1) / p_tau_r), double(T(0))},
                {double(T(1) / p_tau_s), double(T(1) / p_tau_s + T(-1) / p_tau_r), double(T(-1) / p_tau_s)},
            };
            const Propagator<3> t_prop(double(dt), t_rates);
            c_prop_0_0 = T(t_prop.m[0][0]);
            c_prop_1_1 = T(t_prop.m[1][1]);
            c_prop_2_0 = T(t_prop.m[2][0]);
            c_prop_2_1 = T(t_prop.m[2][1]);
            c_prop_2_2 = T(t_prop.m[2][2]);
        }
    }

    // Back to the first values of the states.
    void init() {
        s_z = T(0);
        s_r = T(0);
        s_u = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Incoming spikes times their weights: pulses, not a current
    T step(T x_I) {
        // dz/dt = -z/tau_s
        T n_z = c_prop_0_0 * s_z;
        // dr/dt = -r/tau_r
        T n_r = c_prop_1_1 * s_r;
        // du/dt = (z - h)/tau_s - r/tau_r
        T n_u = c_prop_2_0 * s_z + c_prop_2_1 * s_r + c_prop_2_2 * s_u;
        // z += exp(1)*I
        n_z = n_z + T(2.718281828459045) * x_I;
        // u >= theta
        const T spike = n_u - p_theta >= T(0) ? T(1) : T(0);
        // where it fired: u -= theta + r
        n_u = n_u - spike * (p_theta + n_r);
        // where it fired: r = -theta
        n_r = spike > T(0) ? -p_theta : n_r;
        s_z = n_z;
        s_r = n_r;
        s_u = n_u;
        return spike;
    }
};

}  // namespace neurons_srm0

#endif
