"""Typeset mathematics as a tree: what the LaTeX and the MathML printer both walk.

It knows nothing of components. Characters are Unicode; each printer has its own way to write them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Ident:
    """A letter (italic), or a word (upright); `style` overrides."""

    text: str
    style: Literal["", "upright", "bold", "script"] = ""


@dataclass(frozen=True, slots=True)
class Number:
    """Digits, as they are to be read."""

    text: str


@dataclass(frozen=True, slots=True)
class Op:
    """A sign between or before operands: ``+ − · = ≥ ← ∧``."""

    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A sign that stands for itself, without room around it: a prime, a comma, a bracket."""

    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Plain text between formulas."""

    text: str


@dataclass(frozen=True, slots=True)
class Space:
    """Room: thin between factors, wide before a remark."""

    width: Literal["thin", "wide"] = "thin"


@dataclass(frozen=True, slots=True)
class Function:
    """The name of a function (``exp``), to be followed by its arguments in a `Fence`."""

    name: str


@dataclass(frozen=True, slots=True)
class Row:
    """Parts side by side."""

    parts: tuple[Math, ...]


@dataclass(frozen=True, slots=True)
class Frac:
    """A fraction."""

    top: Math
    bottom: Math


@dataclass(frozen=True, slots=True)
class Scripts:
    """`base` with something below or above to its right."""

    base: Math
    sub: Math | None = None
    sup: Math | None = None


@dataclass(frozen=True, slots=True)
class Over:
    """`base` under an accent: ``^ ¯ ~ ˙ ¨ →``."""

    base: Math
    accent: str


@dataclass(frozen=True, slots=True)
class Root:
    """A square root."""

    arg: Math


@dataclass(frozen=True, slots=True)
class Fence:
    """Brackets as tall as what is between them: ``( )``, ``| |``, ``⌊ ⌋``, ``⌈ ⌉``."""

    left: str
    body: Math
    right: str


@dataclass(frozen=True, slots=True)
class Cases:
    """Values with the condition of each, behind a brace."""

    rows: tuple[tuple[Math, Math], ...]


Math = (
    Ident | Number | Op | Mark | Words | Space | Function | Row | Frac | Scripts | Over | Root
    | Fence | Cases
)  # fmt: skip

THIN, WIDE = Space("thin"), Space("wide")


def row(*parts: Math) -> Math:
    """Return `parts` side by side, rows in it opened; one part alone stays what it is."""
    flat: list[Math] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Row) else (part,))
    return flat[0] if len(flat) == 1 else Row(tuple(flat))


def brackets(body: Math) -> Fence:
    """Return `body` in round brackets."""
    return Fence("(", body, ")")


def joined(parts: list[Math], sign: str = ",") -> Math:
    """Return `parts` with a sign and a little room between them."""
    result: list[Math] = []
    for part in parts:
        result += [Mark(sign), THIN, part] if result else [part]
    return row(*result)


def indexed(symbol: Math, index: Math) -> Math:
    """Return `symbol` with one more index, behind those that it has.

    Examples
    --------
    >>> indexed(Scripts(Ident("I"), Ident("syn")), Ident("t")).sub.parts[1:]
    (Mark(text=','), Ident(text='t', style=''))
    """
    match symbol:
        case Scripts(base, None, sup):
            return Scripts(base, index, sup)
        case Scripts(base, sub, sup) if sub is not None:
            return Scripts(base, row(sub, Mark(","), index), sup)
        case Row(parts) if compound(symbol):
            return Scripts(brackets(symbol), index)
        case Row(parts) if parts:
            return row(*parts[:-1], indexed(parts[-1], index))
    return Scripts(symbol, index)


def compound(symbol: Math) -> bool:
    """Return whether `symbol` holds a sign, so that it needs brackets beside another factor."""
    return isinstance(symbol, Row) and any(isinstance(part, Op) for part in symbol.parts)
