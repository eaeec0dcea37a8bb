"""Numbers from trees: shape rules, bounds of initial weights, presets. Plain Python, no torch."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping

from spikex_lab.catalog import expr
from spikex_lab.errors import InvalidError

_LIMIT = 2**53
_BINARY: dict[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
    "//": operator.floordiv, "%": operator.mod, "**": operator.pow,
}  # fmt: skip
_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
    "==": operator.eq, "!=": operator.ne,
}  # fmt: skip
_CALLS: dict[str, Callable[..., float]] = {
    "abs": abs, "atan": math.atan, "ceil": math.ceil, "cos": math.cos, "cosh": math.cosh,
    "clip": lambda x, low, high: min(max(x, low), high), "detach": lambda x: x, "erf": math.erf,
    "exp": math.exp, "exprel": lambda x: math.expm1(x) / x if x else 1.0, "floor": math.floor,
    "log": math.log, "max": max, "min": min, "relu": lambda x: max(x, 0), "round": round,
    "sigmoid": lambda x: 0.5 * (1 + math.tanh(x / 2)), "sign": lambda x: (x > 0) - (x < 0),
    "sin": math.sin, "sinh": math.sinh, "sqrt": math.sqrt, "step": lambda x: int(x > 0),
    "tan": math.tan, "tanh": math.tanh,
}  # fmt: skip


def evaluate(node: expr.Expr, values: Mapping[str, float], *, where: str = "") -> float:
    """Return the number that `node` is, with `values` for its names; whole numbers stay whole.

    Raises
    ------
    InvalidError : an unknown name, a division by zero, a result beyond 2^53 or not finite.

    Examples
    --------
    >>> from spikex_lab.catalog.parser import parse
    >>> evaluate(parse("(h + 2*p - k)//s + 1", where=""), {"h": 28, "p": 0, "k": 5, "s": 1})
    24
    """
    try:
        return _value(node, values)
    except KeyError as error:
        raise InvalidError(f"unknown name {error}", where=where) from None
    except (ZeroDivisionError, OverflowError, ValueError, TypeError) as error:
        raise InvalidError(f"no number comes out: {error}", where=where) from None


def holds(node: expr.Expr, values: Mapping[str, float], *, where: str = "") -> bool:
    """Return whether the test `node` is true."""
    match node:
        case expr.Compare(op, left, right):
            return _COMPARE[op](
                evaluate(left, values, where=where), evaluate(right, values, where=where)
            )
        case expr.Logic("not", (arg,)):
            return not holds(arg, values, where=where)
        case expr.Logic("and", args):
            return all(holds(arg, values, where=where) for arg in args)
        case expr.Logic(_, args):
            return any(holds(arg, values, where=where) for arg in args)
    raise InvalidError("a test is expected", where=where)


def _value(node: expr.Expr, values: Mapping[str, float]) -> float:
    match node:
        case expr.Num(value):
            return value
        case expr.Name("pi"):
            return math.pi
        case expr.Name(name):
            return values[name]
        case expr.Neg(arg):
            return -_value(arg, values)
        case expr.Binary(op, left, right):
            return _checked(op, _value(left, values), _value(right, values))
        case expr.Call(function, args):
            return _finite(_CALLS[function](*(_value(arg, values) for arg in args)))
        case expr.Choose(test, then, other):
            return _value(then if holds(test, values) else other, values)
    raise TypeError("a test stands where a number belongs")


def _checked(op: str, left: float, right: float) -> float:
    if op == "**":
        if abs(right) > 64:
            raise OverflowError("exponent above 64")
        if left and abs(right * math.log2(abs(left))) > 1000:
            raise OverflowError("power too large")
    return _finite(_BINARY[op](left, right))


def _finite(value: float) -> float:
    if isinstance(value, complex):
        raise ValueError("not a real number")
    if isinstance(value, int) and abs(value) > _LIMIT:
        raise OverflowError("whole number beyond 2^53")
    if not math.isfinite(value):
        raise OverflowError("not finite")
    return value
