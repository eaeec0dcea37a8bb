"""Functions that rendered C++ brings along where it needs them: templates of the number type."""

from __future__ import annotations

HELPERS: dict[str, str] = {
    "square": """\
template <typename T>
T square(T x) {
    return x * x;
}
""",
    "cube": """\
template <typename T>
T cube(T x) {
    return x * x * x;
}
""",
    "sign": """\
template <typename T>
T sign(T x) {
    return T(x > T(0)) - T(x < T(0));
}
""",
    "larger": """\
template <typename T>
T larger(T a, T b) {
    return a >= b || a != a ? a : b;
}
""",
    "smaller": """\
template <typename T>
T smaller(T a, T b) {
    return a <= b || a != a ? a : b;
}
""",
    "exprel": """\
// (exp(x) - 1)/x, and 1 at x = 0
template <typename T>
T exprel(T x) {
    return std::abs(x) < T(1e-5) ? T(1) + x / T(2) + x * x / T(6) : std::expm1(x) / x;
}
""",
    "remainder": """\
// what is left of a/b, with the sign of b
template <typename T>
T remainder(T a, T b) {
    const T left = std::fmod(a, b);
    return left != T(0) && (b < T(0)) != (left < T(0)) ? left + b : left;
}
""",
    "floor_divide": """\
// the whole part of a/b, rounded down
template <typename T>
T floor_divide(T a, T b) {
    return b == T(0) ? a / b : std::nearbyint((a - remainder(a, b)) / b);
}
""",
    "propagator": """\
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
""",
}
"""The text of each, by its name."""
NEEDS = {"floor_divide": "remainder"}
"""Helpers that call another."""
