"""Units as they are written in a component: ``mV``, ``mS/cm**2``, ``1/ms``, ``1`` for none.

Reading and multiplying units is done here; what a unit is (how many kilograms, metres, seconds …)
stands in a table. The checker asks pint whether it agrees: loading pint takes longer than a
definition may take to be refused.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

from spikex_lab.catalog.expr import Binary, Expr, Name, Num
from spikex_lab.catalog.parser import parse
from spikex_lab.errors import SpikexError, nearest

KNOWN = (
    "s", "ms", "us", "min", "h", "Hz", "kHz",
    "V", "mV", "uV", "A", "mA", "uA", "nA", "pA", "F", "uF", "nF", "pF",
    "S", "mS", "uS", "nS", "pS", "ohm", "kohm", "Mohm", "Gohm",
    "M", "mM", "uM", "nM", "mol", "m", "cm", "mm", "um", "nm",
    "K", "rad", "bit", "C", "pC", "J", "mJ", "uJ", "nJ", "pJ", "W", "mW", "uW",
)  # fmt: skip
"""The units that a component may use; pint knows each under the same name."""

_PREFIXES = {
    "": 1.0, "p": 1e-12, "n": 1e-9, "u": 1e-6, "m": 1e-3, "c": 1e-2, "k": 1e3, "M": 1e6, "G": 1e9,
}  # fmt: skip
_PARTS = ("[mass]", "[length]", "[time]", "[current]", "[temperature]", "[substance]")
_SI = {
    "s": (1.0, (0, 0, 1)), "min": (60.0, (0, 0, 1)), "h": (3600.0, (0, 0, 1)),
    "Hz": (1.0, (0, 0, -1)), "m": (1.0, (0, 1)), "K": (1.0, (0, 0, 0, 0, 1)),
    "mol": (1.0, (0, 0, 0, 0, 0, 1)), "M": (1e3, (0, -3, 0, 0, 0, 1)), "rad": (1.0, ()),
    "bit": (1.0, ()), "A": (1.0, (0, 0, 0, 1)), "C": (1.0, (0, 0, 1, 1)),
    "V": (1.0, (1, 2, -3, -1)), "F": (1.0, (-1, -2, 4, 2)), "S": (1.0, (-1, -2, 3, 2)),
    "ohm": (1.0, (1, 2, -3, -2)), "J": (1.0, (1, 2, -2)), "W": (1.0, (1, 2, -3)),
}  # fmt: skip
"""What a unit without a prefix is: its size in SI base units, and the powers of `_PARTS`."""

MAX_POWER = 8
_FOLDED = (
    *KNOWN,
    "mV/ms",
    *(f"{unit}/cm**2" for unit in ("A", "mA", "uA", "F", "uF", "S", "mS", "uS")),
)
_TOLERANCE = 1e-9
_LARGEST = 700.0
"""The exponential of more is no float."""
_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"

Dimensions = tuple[tuple[str, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Unit:
    """A product of powers of known units, in the order written; no powers at all is ``1``.

    Examples
    --------
    >>> str(Unit.read("pA") * Unit.read("ms") / Unit.read("pF"))
    'pA*ms/pF'
    """

    powers: tuple[tuple[str, Fraction], ...] = ()

    @classmethod
    def read(cls, text: str) -> Unit:
        """Read a unit.

        Raises
        ------
        ValueError : what `text` says is no product of known units and whole powers.
        """
        if text == "1":
            return ONE
        try:
            tree = parse(text, where="")
        except SpikexError as error:
            raise ValueError(f"{text[:40]!a} is no unit: {error.what}") from None
        return _unit(tree, text)

    def __mul__(self, other: Unit) -> Unit:
        powers = dict(self.powers)
        for name, power in other.powers:
            powers[name] = powers.get(name, Fraction(0)) + power
        return Unit(tuple((name, power) for name, power in powers.items() if power))

    def __truediv__(self, other: Unit) -> Unit:
        return self * other**-1

    def __pow__(self, power: float | Fraction) -> Unit:
        exponent = Fraction(power).limit_denominator(64)
        return Unit(tuple((name, old * exponent) for name, old in self.powers if exponent))

    def __str__(self) -> str:
        above = [_power(name, power) for name, power in self.powers if power > 0]
        below = [_power(name, -power) for name, power in self.powers if power < 0]
        product = "*".join(above) or "1"
        return "/".join([product, *below]) if len(below) < 2 else f"{product}/({'*'.join(below)})"

    @property
    def shown(self) -> str:
        """The unit for people: ``µA/cm²``; empty where there is none."""
        text = "" if self == ONE else str(self).replace("ohm", "Ω").replace("*", "·")
        text = re.sub(r"\bu(?=[A-Z])|\bu(?=[ms]\b)", "µ", text)
        return re.sub(r"··(\d)", lambda match: _RAISED[int(match[1])], text)

    @property
    def base(self) -> tuple[float, Dimensions]:
        """The logarithm of the size in SI base units, and the powers of the dimensions."""
        size, dimensions = 0.0, dict[str, Fraction]()
        for name, power in self.powers:
            one, parts = _base(name)
            size += float(power) * math.log(one)
            for part, exponent in parts:
                dimensions[part] = dimensions.get(part, Fraction(0)) + exponent * power
        return size, tuple(sorted((part, power) for part, power in dimensions.items() if power))

    def ratio(self, other: Unit) -> float | None:
        """Return how many `other` one of this unit is; None: they measure different things."""
        (mine, dimensions), (theirs, others) = self.base, other.base
        return math.exp(min(mine - theirs, _LARGEST)) if dimensions == others else None

    def agrees(self, other: Unit) -> bool:
        """Return whether both are the same unit, in dimension and in magnitude."""
        if self == other:
            return True
        ratio = self.ratio(other)
        return ratio is not None and math.isclose(ratio, 1.0, rel_tol=_TOLERANCE)

    @property
    def folded(self) -> str:
        """The unit in the fewest words: ``mV`` for ``pA*ms/pF``, where there is such a name."""
        if len(self.powers) > 1:
            for text in _FOLDED:
                if self.agrees(Unit.read(text)):
                    return text
        return "1" if self.agrees(ONE) else str(self)


ONE = Unit()


def check_unit(unit: str) -> str:
    """Return `unit`; raise `ValueError` unless it is a product of known units and whole powers."""
    Unit.read(unit)
    return unit


def _unit(tree: Expr, text: str) -> Unit:
    match tree:
        case Num(1):
            return ONE
        case Name(name, None):
            if name not in KNOWN:
                raise ValueError(f'unknown unit "{name}"; {nearest(name, KNOWN)}')
            return Unit(((name, Fraction(1)),))
        case Binary("*", left, right):
            return _unit(left, text) * _unit(right, text)
        case Binary("/", left, right):
            return _unit(left, text) / _unit(right, text)
        case Binary("**", left, Num(int(power))) if 0 < abs(power) <= MAX_POWER:
            return _unit(left, text) ** power
    raise ValueError(f"{text[:40]!a} is no unit; write it as mS/cm**2")


def _power(name: str, power: Fraction) -> str:
    if power == 1:
        return name
    return f"{name}**{power}" if power.denominator == 1 else f"{name}**({power})"


@cache
def _base(name: str) -> tuple[float, Dimensions]:
    prefix, root = ("", name) if name in _SI else (name[0], name[1:])
    size, powers = _SI[root]
    parts = zip(_PARTS, powers, strict=False)
    return _PREFIXES[prefix] * size, tuple(sorted((p, Fraction(n)) for p, n in parts if n))


@cache
def pint_agrees(name: str) -> bool:
    """Say whether pint takes the unit called `name` for what this module takes it for."""
    quantity = _registry().Quantity(1.0, name).to_base_units()
    theirs = quantity.dimensionality.items()
    size, mine = _base(name)
    return math.isclose(float(quantity.magnitude), size, rel_tol=_TOLERANCE) and mine == tuple(
        sorted((str(part), Fraction(power).limit_denominator(64)) for part, power in theirs)
    )


@cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(cache_folder=None)
