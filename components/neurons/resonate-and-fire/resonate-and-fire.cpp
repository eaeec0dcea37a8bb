// Rendered from components/neurons/resonate-and-fire/component.yaml by `spikex components render`: edit that file, not this.
//
// Resonate-and-fire (neurons/resonate-and-fire), version 1.0.0, licence BSD-3-Clause
// A damped oscillator that fires where its potential swings over the threshold: it listens to
//   rhythm, not to sums.
//
// Papers:
// - Izhikevich E.M. (2001). Resonate-and-fire neurons, doi:10.1016/S0893-6080(01)00078-8
//
// Standard C++17 without dependencies; T is float or double. For exact results compile with
// -ffp-contract=off and never with -ffast-math.
// Names: p_ parameter, c_ constant of the step, s_ state, x_ input, n_ new state, t_ temporary.
#ifndef SPIKEX_NEURONS_RESONATE_AND_FIRE
#define SPIKEX_NEURONS_RESONATE_AND_FIRE

#include <cmath>

namespace neurons_resonate_and_fire {

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
    // Damping per unit of time; 0 rings for ever; at most 0
    T p_b = T(-1.0);
    // Angular frequency, in radians per unit of time
    T p_omega = T(10.0);
    // [ms] How long the unit of time lasts: with 10 ms and omega = 10 the neuron prefers 159 Hz,
    //   and forgets within 10 ms; above 0
    T p_tau = T(10.0);
    // Threshold for the potential y, and where y is put after a spike; above 0
    T p_theta = T(1.0);

    // doublet: Two weak pulses at the neuron's own period (6.28 ms) make it fire; the pair before
    //   that, half a period apart, cancels out.
    static Parameters preset_doublet() {
        Parameters made;
        return made;
    }

    // unit: For networks at dt 1 ms: a low threshold, which is the same as a strong input, and a
    //   period of 31 ms.
    static Parameters preset_unit() {
        Parameters made;
        made.p_omega = T(4.0);
        made.p_tau = T(20.0);
        made.p_theta = T(0.1);
        return made;
    }
};

// One time step.
//   dx/dt = (b*x - omega*y + I)/tau
//   dy/dt = (omega*x + b*y)/tau
//   integrated by: exact
//   spike where y >= theta
//   at a spike: x = 0
//   at a spike: y = theta
template <typename T>
struct Step : Parameters<T> {
    using Parameters<T>::p_b;
    using Parameters<T>::p_omega;
    using Parameters<T>::p_tau;
    using Parameters<T>::p_theta;

    // [ms] Length of a step
    T dt = T(0.1);

    // Follow from parameters and dt; constants() computes them.
    T c_prop_0_0 = T(0);
    T c_prop_0_1 = T(0);
    T c_drive_0_0 = T(0);
    T c_prop_1_0 = T(0);
    T c_prop_1_1 = T(0);
    T c_drive_1_0 = T(0);

    // States.
    // What drives the potential: a current
    T s_x = T(0);
    // Potential: the imaginary part of z = x + iy
    T s_y = T(0);

    explicit Step(const Parameters<T>& given = Parameters<T>(), T length = T(0.1))
        : Parameters<T>(given) {
        constants(length);
        init();
    }

    // Call it again after a change of a parameter or of dt.
    void constants(T length) {
        dt = length;
        // the exact step of x, y together
        {
            const double t_rates[2][2] = {
                {double(p_b / p_tau), double(-p_omega / p_tau)},
                {double(p_omega / p_tau), double(p_b / p_tau)},
            };
            const Propagator<2> t_prop(double(dt), t_rates);
            c_prop_0_0 = T(t_prop.m[0][0]);
            c_prop_0_1 = T(t_prop.m[0][1]);
            c_drive_0_0 = T(t_prop.m[0][2]);
            c_prop_1_0 = T(t_prop.m[1][0]);
            c_prop_1_1 = T(t_prop.m[1][1]);
            c_drive_1_0 = T(t_prop.m[1][2]);
        }
    }

    // Back to the first values of the states.
    void init() {
        s_x = T(0);
        s_y = T(0);
    }

    // One step: returns 1 where it fires, else 0.
    // x_I: Input, constant during a step
    T step(T x_I) {
        // what drives x besides the others
        const T t_drive_x = x_I / p_tau;
        // dx/dt = (b*x - omega*y + I)/tau
        T n_x = c_prop_0_0 * s_x + c_prop_0_1 * s_y + c_drive_0_0 * t_drive_x;
        // dy/dt = (omega*x + b*y)/tau
        T n_y = c_prop_1_0 * s_x + c_prop_1_1 * s_y + c_drive_1_0 * t_drive_x;
        // y >= theta
        const T spike = n_y - p_theta >= T(0) ? T(1) : T(0);
        // where it fired: x = 0
        n_x = spike > T(0) ? T(0) : n_x;
        // where it fired: y = theta
        n_y = spike > T(0) ? p_theta : n_y;
        s_x = n_x;
        s_y = n_y;
        return spike;
    }
};

}  // namespace neurons_resonate_and_fire

#endif
