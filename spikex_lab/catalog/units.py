"""Units as they are written in a component: ``mV``, ``mS/cm**2``, ``1/ms``, ``1`` for none."""

from __future__ import annotations

from spikex_lab.catalog import expr
from spikex_lab.catalog.parser import parse
from spikex_lab.errors import SpikexError, nearest

_UNITS = frozenset(
    [
        "1",
        "s",
        "ms",
        "us",
        "min",
        "h",
        "Hz",
        "kHz",
        "V",
        "mV",
        "uV",
        "A",
        "mA",
        "uA",
        "nA",
        "pA",
        "F",
        "uF",
        "nF",
        "pF",
        "S",
        "mS",
        "uS",
        "nS",
        "pS",
        "ohm",
        "kohm",
        "Mohm",
        "Gohm",
        "M",
        "mM",
        "uM",
        "nM",
        "m",
        "cm",
        "mm",
        "um",
        "nm",
        "mol",
        "K",
        "rad",
        "bit",
        "J",
        "mJ",
        "uJ",
        "nJ",
        "pJ",
    ]
)


def check_unit(unit: str) -> str:
    """Return `unit`; raise `ValueError` unless it is a product of known units and whole powers."""
    if unit == "1":
        return unit
    try:
        tree = parse(unit, where="")
    except SpikexError as error:
        raise ValueError(f'"{unit[:40]}" is no unit: {error.what}') from None
    for part in expr.walk(tree):
        match part:
            case expr.Name(name) if name not in _UNITS:
                raise ValueError(f'unknown unit "{name}"; {nearest(name, sorted(_UNITS))}')
            case expr.Name() | expr.Num(int()) | expr.Binary("*" | "/" | "**") | expr.Neg():
                continue
            case _:
                raise ValueError(f'"{unit[:40]}" is no unit; write it as mS/cm**2')
    return unit
