"""Functions that a Triton kernel brings along where it needs them.

They are made of + - * /, comparisons and whole numbers wherever Triton's own are missing or rough
(its float32 ``exp`` is the hardware's approximation), so that they are the same numbers on every
machine, Triton's interpreter included.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache


def quotient(left: str, right: str, real: str) -> str:
    """Return the text of ``left/right``, rounded once: Triton's ``/`` of float32 is not."""
    return f"tl.div_rn({left}, {right})" if real == "float" else f"{left} / {right}"


def root(x: str, real: str) -> str:
    """Return the text of a square root, rounded once."""
    return f"tl.sqrt_rn({x})" if real == "float" else f"tl.sqrt({x})"


def text(used: Iterable[str], real: str) -> list[str]:
    """Return the lines of the helpers `used`, and of those that these use, in order."""
    known = _helpers(real)
    wanted: set[str] = set()
    more = set(used)
    while more - wanted:
        wanted |= more
        more = {word for name in wanted for word in re.findall(r"\w+", known[name])} & set(known)
    return [
        line
        for name, body in known.items()
        if name in wanted
        for line in ["", "", "@triton.jit", *body.splitlines()]
    ]


@cache
def _helpers(real: str) -> dict[str, str]:
    single = real == "float"
    # ln 2 in two parts, the first so short that a whole number of them is exact
    short = 2 ** (15 if single else 32)
    high = round(math.log(2) * short) / short
    low = float(Decimal(2).ln() - Decimal(high))
    whole, digits, bias = ("int32", 23, 127) if single else ("int64", 52, 1023)
    kind = "float32" if single else "float64"
    least, most, even = (-104.0, 89.0, -20.0) if single else (-746.0, 710.0, -40.0)
    exp_series = _horner("r", [1 / math.factorial(k) for k in range(2, 8 if single else 15)])
    arc_series = _horner("s", [(-1) ** k / (2 * k + 1) for k in range(6 if single else 12)])

    def over(left: str, right: str) -> str:
        return quotient(left, right, real)

    def reduced(least: float) -> str:
        return f"""\
    # x = n ln 2 + r with |r| <= ln 2 / 2: less = exp(r) - 1 by its series
    within = tl.where(x > {least}, x, {least})
    within = tl.where(within < {most}, within, {most})
    n = tl.floor(within * {1 / math.log(2)!r} + 0.5)
    r = within - n * {high!r}
    r = r - n * {low!r}
    less = r + r * r * ({exp_series})
    power = n.to(tl.{whole})
    half = power >> 1"""

    def two_to(n: str) -> str:
        return f"(({n} + {bias}) << {digits}).to(tl.{kind}, bitcast=True)"

    bodies = f"""\
def exponential(x):
{reduced(least)}
    # in two steps: 2^n alone may lie beyond the largest number, or below the smallest
    result = (less + 1.0) * {two_to("half")} * {two_to("(power - half)")}
    return tl.where(x != x, x, result)

def less_one(x):
{reduced(even)}
    low = {two_to("half")}
    result = {two_to("(power - half)")} * (low * less + (low - {two_to("(half - power)")}))
    return tl.where(x != x, x, result)

def hyperbolic_tangent(x):
    size = tl.abs(x)
    size = tl.where(size < 24.0, size, 24.0)
    t = less_one(size + size)
    result = {over("t", "(t + 2.0)")}
    return tl.where(x != x, x, tl.where(x < 0.0, -result, result))

def hyperbolic_cosine(x):
    half = exponential(tl.abs(x) * 0.5)
    return half * (half * 0.5) + {over(over("0.5", "half"), "half")}

def hyperbolic_sine(x):
    size = tl.abs(x)
    half = exponential(size * 0.5)
    t = less_one(size)
    large = half * (half * 0.5)
    small = (t + {over("t", "(t + 1.0)")}) * 0.5
    result = tl.where(size > 20.0, large, small)
    return tl.where(x != x, x, tl.where(x < 0.0, -result, result))

def relative(x):
    # (exp(x) - 1)/x, and 1 at x = 0
    small = tl.abs(x) < 1e-5
    safe = tl.where(small, 1.0, x)
    near = x * 0.5 + 1.0 + {over("x * x", "6.0")}
    return tl.where(small, near, {over("less_one(safe)", "safe")})

def tangent(x):
    return {over("tl.sin(x)", "tl.cos(x)")}

def arctangent(x):
    # of 1/x where x is large; twice of half the angle; then its series
    size = tl.abs(x)
    large = size > 1.0
    y = tl.where(large, {over("1.0", "size")}, size)
    y = {over("y", f"({root('y * y + 1.0', real)} + 1.0)")}
    y = {over("y", f"({root('y * y + 1.0', real)} + 1.0)")}
    s = y * y
    angle = y * ({arc_series}) * 4.0
    angle = tl.where(large, {math.pi / 2!r} - angle, angle)
    return tl.where(x < 0.0, -angle, angle)

def nearest(x):
    # the even one of two that are equally near; what has no fraction (or is none) as it is
    down = tl.floor(x)
    rest = x - down
    odd = down - tl.floor(down * 0.5) * 2.0 == 1.0
    up = (rest > 0.5) | ((rest == 0.5) & odd)
    return tl.where(rest == rest, tl.where(up, down + 1.0, down), x)

def left_over(x, y):
    # what is left of x/y, with the sign of y; in float64, where a float32's quotient is exact
    x, y = tl.broadcast(x, y)
    wide = y.to(tl.float64)
    left = x.to(tl.float64) % wide
    other = (left != 0.0) & ((wide < 0.0) != (left < 0.0))
    return tl.where(other, left + wide, left).to(tl.{kind})

def whole_part(x, y):
    # x/y rounded down
    x, y = tl.broadcast(x, y)
    wide = y.to(tl.float64)
    left = x.to(tl.float64) % wide
    other = (left != 0.0) & ((wide < 0.0) != (left < 0.0))
    whole = nearest((x.to(tl.float64) - left) / wide)
    whole = tl.where(other, whole - 1.0, whole).to(tl.{kind})
    return tl.where(y == 0.0, {over("x", "y")}, whole)

def raised(x, y):
    # |x|^y = exp(y log |x|) in float64; a negative x only to whole numbers
    x, y = tl.broadcast(x, y)
    base = tl.abs(x).to(tl.float64)
    power = y.to(tl.float64)
    size = tl.exp(power * tl.log(base))
    size = tl.where((power == 0.0) | (base == 1.0), 1.0, size)
    whole = tl.floor(power) == power
    odd = whole & (tl.floor(power * 0.5) * 2.0 != power)
    size = tl.where((x < 0.0) & odd, -size, size)
    broken = (x < 0.0) & (whole == 0) & (base - base == 0.0)
    return tl.where(broken, float("nan"), size).to(tl.{kind})
"""
    return {body.split("(")[0][4:]: body for body in bodies.split("\n\n")}


def _horner(x: str, series: list[float]) -> str:
    """Return the text of a polynomial, whose coefficients begin with that of 1."""
    result = repr(series[-1])
    for one in reversed(series[:-1]):
        result = f"({result}) * {x} + {one!r}"
    return result
