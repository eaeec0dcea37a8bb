"""The unit that an expression has, from the units of its names; refusals that say how to mend."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from spikex_lab.catalog.codegen.source import source
from spikex_lab.catalog.expr import (
    Binary,
    Call,
    Choose,
    Compare,
    Expr,
    Logic,
    Name,
    Neg,
    Num,
    names,
)
from spikex_lab.catalog.parser import MAX_EXPONENT
from spikex_lab.catalog.units import ONE, Unit
from spikex_lab.errors import InvalidError

_PURE = frozenset(
    {"atan", "cos", "cosh", "erf", "exp", "exprel", "log", "sigmoid", "sin", "sinh", "tan", "tanh"}
    | {"ceil", "floor", "round"}
)
"""Functions of a number without a unit."""
_KEEPING = frozenset({"abs", "detach", "relu", "max", "min", "clip"})
"""Functions whose value has the one unit of their arguments."""


def infer(node: Expr, units: Mapping[str, Unit], where: str) -> Unit | None:
    """Return the unit of `node`; None for zero, which fits any.

    Raises
    ------
    InvalidError : parts that do not go together, a function of something that has a unit.
    """
    match node:
        case Num(value):
            return ONE if value else None
        case Name(name):
            if name not in units:
                raise unknown(name, where)
            return units[name]
        case Neg(arg):
            return infer(arg, units, where)
        case Binary("**", left, right):
            return _power(node, infer(left, units, where), right, units, where)
        case Binary("*" | "/" as op, left, right):
            first, second = infer(left, units, where), infer(right, units, where)
            if first is None or second is None:
                return None
            return _bounded(first * second if op == "*" else first / second, node, where)
        case Binary(op, left, right):
            common = _common((left, right), units, where)
            return ONE if op == "//" else common
        case Compare(_, left, right):
            _common((left, right), units, where)
            return ONE
        case Logic(_, args):
            for arg in args:
                infer(arg, units, where)
            return ONE
        case Choose(test, then, other):
            infer(test, units, where)
            return _common((then, other), units, where)
        case Call(function, args):
            return _call(function, args, units, where)
    raise AssertionError(node)


def _call(
    function: str, args: tuple[Expr, ...], units: Mapping[str, Unit], where: str
) -> Unit | None:
    if function in _KEEPING:
        return _common(args, units, where)
    found = infer(args[0], units, where)
    if function == "sqrt":
        return None if found is None else found ** Fraction(1, 2)
    if function in _PURE and found is not None and not found.agrees(ONE):
        raise InvalidError(
            f"{function} takes a number without a unit, but {source(args[0])} {named(found)}",
            where=where,
            hint=_mend(args[0], found, ONE),
        )
    return ONE  # `sign` and `step` too, which take any unit


def _power(
    node: Binary, base: Unit | None, exponent: Expr, units: Mapping[str, Unit], where: str
) -> Unit | None:
    found = infer(exponent, units, where)
    if found is not None and not found.agrees(ONE):
        raise InvalidError(
            f"the exponent of {source(node)} {named(found)}",
            where=where,
            hint="an exponent has no unit",
        )
    if base is None:
        return None
    if isinstance(exponent, Num):
        return _bounded(base**exponent.value, node, where)
    if base.agrees(ONE):
        return ONE
    raise InvalidError(
        f"the unit of {source(node)} depends on {source(exponent)}",
        where=where,
        hint=f"divide {source(node.left)} by something in {base} first",
    )


def _common(parts: tuple[Expr, ...], units: Mapping[str, Unit], where: str) -> Unit | None:
    """Return the unit that all `parts` share."""
    known: tuple[Expr, Unit] | None = None
    for part in parts:
        found = infer(part, units, where)
        if found is None:
            continue
        if known is not None and not found.agrees(known[1]):
            first, second = known, (part, found)
            if first[1].agrees(ONE):  # what has no unit is the likelier slip
                first, second = second, first
            raise clash(f"{source(first[0])} {named(first[1])}", *second, first[1], where)
        known = known or (part, found)
    return None if known is None else known[1]


def _bounded(unit: Unit, node: Expr, where: str) -> Unit:
    """Return `unit`; raise where powers of powers have run away."""
    if any(abs(power) > MAX_EXPONENT for _, power in unit.powers):
        raise InvalidError(
            f"a unit of {source(node)} has a power above {MAX_EXPONENT}", where=where
        )
    return unit


def clash(first: str, tree: Expr, found: Unit, wanted: Unit, where: str) -> InvalidError:
    """Return the error that `first` (``v is in mV``) and `tree`, in `found`, do not agree."""
    return InvalidError(
        f"{first}, but {source(tree)} {named(found)}",
        where=where,
        hint=_mend(tree, found, wanted),
    )


def _mend(tree: Expr, found: Unit, wanted: Unit) -> str:
    """Return how `tree`, which is in `found`, may become `wanted`."""
    ratio = found.ratio(wanted)
    if ratio is not None:
        return (
            f"the same quantity on another scale: multiply by a constant from let: "
            f"{{value: {ratio:.6g}, unit: {(wanted / found)}}}"
        )
    if found.agrees(ONE) and not names(tree):
        return f"give {source(tree)} a name and a unit: let: {{value: …, unit: {wanted.folded}}}"
    return f"a factor in {(wanted / found).folded} is missing"


def named(unit: Unit) -> str:
    """Return ``is in pA*ms/pF = mV`` or ``has no unit``."""
    written, folded = str(unit), unit.folded
    if written == "1":
        return "has no unit"
    if folded == "1":
        return f"is in {written}, which is no unit"
    return f"is in {written}" if written == folded else f"is in {written} = {folded}"


def unknown(name: str, where: str) -> InvalidError:
    """Return the error that nothing is called `name`."""
    return InvalidError(f'"{name}" has no unit here', where=where)
