"""A program as elementary operations: one operation a line, every line a name of its own.

That is the form in which a step can be run backwards (`spikex_lab.catalog.codegen.adjoint`). Each
line does what torch does at that place of the reference: ``3/x`` is ``(1/x)*3``, ``x**2`` is
``x*x``, literal arithmetic has been worked out in double precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from spikex_lab.catalog.codegen.scalar import plain
from spikex_lab.catalog.evaluate import evaluate
from spikex_lab.catalog.expr import (
    ONE,
    ZERO,
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
from spikex_lab.catalog.program import Assign

Atom = Name | Num


@dataclass(frozen=True)
class Fire:
    """Where `spike` is 1: a test of `margin` that has a surrogate's slope ``(margin/scale)``."""

    spike: str
    margin: Atom
    scale: Atom | None


@dataclass
class Flat:
    """Elementary lines, and what the names of the program became.

    Attributes
    ----------
    lines : ``target = operation``, whose operands are names and numbers.
    fires : tests with a surrogate, by the line that they are.
    now : the value that each name of the program has after the last line.
    detached : lines that hand on a value but no gradient.
    """

    prefix: str
    strict: bool
    lines: list[Assign] = field(default_factory=list)
    fires: dict[str, Fire] = field(default_factory=dict)
    now: dict[str, Atom] = field(default_factory=dict)
    detached: set[str] = field(default_factory=set)

    def run(self, body: Iterable[Assign]) -> None:
        """Take `body` line by line; a name that gets a second value is from then on that one."""
        for line in body:
            self.now[line.target] = self.atom(line.value)

    def atom(self, node: Expr) -> Atom:
        """Return the name of `node`'s value, after the lines that work it out."""
        if isinstance(node, Name) and node.id != "pi":
            return self.now.get(node.id, node)
        if not isinstance(node, (Compare, Logic)) and names(node) <= {"pi"}:
            return Num(evaluate(node, {"pi": math.pi}, where="codegen"))
        match node:
            case Call("fire", args):
                margin, *scale = [self.atom(arg) for arg in args]
                spike = self._line(self._test(margin))
                self.fires[spike.id] = Fire(spike.id, margin, scale[0] if scale else None)
                return spike
            case Call("detach", (arg,)):
                handed = self._line(self.atom(arg))
                self.detached.add(handed.id)
                return handed
            case Call("hit", (arg,)):
                return self._line(self._test(self.atom(arg)))
            case Call("clip", (arg, low, high)) if not (names(low) or names(high)):
                return self._line(Call("clip", (self.atom(arg), self.atom(low), self.atom(high))))
            case Call("clip", (arg, low, high)):
                return self.atom(Call("min", (Call("max", (arg, low)), high)))
            case Call("relu" | "sigmoid" as function, (arg,)):
                return self._line(Call(function, (self.atom(arg),)))
            case Choose(test, then, other):
                value = Choose(self._truth(test), self.atom(then), self.atom(other))
                return self._line(value)
        return self._plain(node)

    def _plain(self, node: Expr) -> Atom:
        """Take one operation as a C-like language says it; its operands first."""
        match node:
            case Neg(arg):
                return self._line(Neg(self.atom(arg)))
            case Binary(op, left, right):
                node = Binary(op, self.atom(left), self.atom(right))
            case Call(function, args):
                node = Call(function, tuple(self.atom(arg) for arg in args))
            case _:
                raise AssertionError(node)
        tree = plain(node, self.strict)
        if isinstance(tree, Binary) and not _elementary(tree):  # (1/x)*3, 1/square(x)
            tree = Binary(tree.op, self._operand(tree.left), self._operand(tree.right))
        return self._line(tree)

    def _operand(self, node: Expr) -> Atom:
        return node if isinstance(node, (Name, Num)) else self._line(node)

    def _truth(self, node: Expr) -> Expr:
        match node:
            case Compare(op, left, right):
                return Compare(op, self.atom(left), self.atom(right))
            case Logic(op, args):
                return Logic(op, tuple(self._truth(arg) for arg in args))
        raise AssertionError(node)

    def _test(self, margin: Atom) -> Expr:
        return Choose(Compare(">" if self.strict else ">=", margin, ZERO), ONE, ZERO)

    def _line(self, value: Expr) -> Name:
        name = Name(f"{self.prefix}_{len(self.lines)}")
        self.lines.append(Assign(name.id, value))
        return name


def _elementary(node: Binary) -> bool:
    return isinstance(node.left, (Name, Num)) and isinstance(node.right, (Name, Num))


def needed(
    lines: Sequence[Assign], wanted: Iterable[str], known: Iterable[str] = ()
) -> list[Assign]:
    """Return those of `lines` on which the values `wanted` depend, in their order.

    The values `known` are there already: neither they nor what only they depend on is returned.
    """
    given = set(known)
    open_ = set(wanted) - given
    kept = []
    for line in reversed(lines):
        if line.target in open_:
            open_ |= names(line.value) - given
            kept.append(line)
    return kept[::-1]
