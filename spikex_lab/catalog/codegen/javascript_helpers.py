"""Functions that rendered JavaScript brings along where it needs them."""

from __future__ import annotations

HELPERS: dict[str, str] = {
    "square": """\
function square(x) {
  return x * x;
}
""",
    "cube": """\
function cube(x) {
  return x * x * x;
}
""",
    "round": """\
// To the nearest whole number, halves to the even one.
function round(x) {
  const low = Math.floor(x);
  const rest = x - low;
  return rest < 0.5 || (rest === 0.5 && low % 2 === 0) ? low : Math.ceil(x);
}
""",
    "exprel": """\
// (exp(x) - 1)/x, and 1 at x = 0
function exprel(x) {
  return Math.abs(x) < 1e-5 ? 1 + x / 2 + (x * x) / 6 : Math.expm1(x) / x;
}
""",
    "erf": """\
// The error function: near 0 its series of positive terms, farther out the continued fraction of
// what it lacks to 1 (Abramowitz and Stegun 1964, 7.1.6 and 7.1.14).
function erf(x) {
  const a = Math.abs(x);
  const factor = Math.exp(-a * a) / Math.sqrt(Math.PI);
  if (a < 2.5) {
    let term = 2 * x;
    let sum = term;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n += 1) {
      term *= (2 * a * a) / (2 * n + 1);
      sum += term;
    }
    return factor * sum;
  }
  let below = a;
  for (let n = 40; n > 0; n -= 1) {
    below = a + n / 2 / below;
  }
  return Math.sign(x) * (1 - factor / below);
}
""",
    "remainder": """\
// What is left of a/b, with the sign of b.
function remainder(a, b) {
  const rest = a % b;
  return rest !== 0 && b < 0 !== rest < 0 ? rest + b : rest;
}
""",
    "floor_divide": """\
// The whole part of a/b, rounded down.
function floor_divide(a, b) {
  return b === 0 ? a / b : Math.round((a - remainder(a, b)) / b);
}
""",
    "propagator": """\
function times(a, b) {
  return a.map((row) => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
}

// exp(dt*[[A, 1], [0, 0]]) for the n x n matrix A: how a linear system goes on for dt (first n
// columns), and what a constant drive adds (the others). Scaling and squaring of the series.
function propagator(dt, rates) {
  const n = rates.length;
  const whole = Array.from({ length: 2 * n }, (_, i) =>
    Array.from({ length: 2 * n }, (_, j) =>
      i >= n ? 0 : dt * (j < n ? rates[i][j] : Number(i === j - n)),
    ),
  );
  const norm = Math.max(...whole.map((row) => row.reduce((sum, x) => sum + Math.abs(x), 0)));
  let halvings = 0;
  while (norm / 2 ** halvings > 0.5 && halvings < 1000) {
    halvings += 1;
  }
  const part = whole.map((row) => row.map((x) => x / 2 ** halvings));
  const one = whole.map((row, i) => row.map((_, j) => Number(i === j)));
  let result = one;
  for (let order = 16; order > 0; order -= 1) {
    result = times(part, result).map((row, i) => row.map((x, j) => x / order + one[i][j]));
  }
  for (; halvings > 0; halvings -= 1) {
    result = times(result, result);
  }
  return result;
}
""",
}
"""The text of each, by its name."""
NEEDS = {"floor_divide": "remainder"}
"""Helpers that call another."""
