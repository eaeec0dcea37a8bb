"""The expression tree: what an equation is once read. It keeps the order of operations as written.

Sums are not sorted, products not flattened: one reordered sum differs from its neighbour by a unit
in the last place, and a spike by a whole step. Every printer walks this tree in this order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Num:
    """A literal number."""

    value: float | int


@dataclass(frozen=True, slots=True)
class Name:
    """A name; `lag` 0 for ``x[t]``, 1 for ``x[t-1]``, None where written bare."""

    id: str
    lag: int | None = None


@dataclass(frozen=True, slots=True)
class Neg:
    """Minus in front of `arg`."""

    arg: Expr


@dataclass(frozen=True, slots=True)
class Binary:
    """``left op right`` with op one of ``+ - * / // % **``."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the equation language."""

    function: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """``left op right`` with op one of ``< <= > >= == !=``: true or false."""

    op: str
    left: Expr
    right: Expr


@dataclass(frozen=True, slots=True)
class Logic:
    """``and``, ``or`` of several tests, ``not`` of one."""

    op: str
    args: tuple[Expr, ...]


@dataclass(frozen=True, slots=True)
class Choose:
    """``then if test else other``."""

    test: Expr
    then: Expr
    other: Expr


Expr = Num | Name | Neg | Binary | Call | Compare | Logic | Choose


def children(node: Expr) -> tuple[Expr, ...]:
    """Return the parts of `node`, in the order written."""
    match node:
        case Neg(arg):
            return (arg,)
        case Binary(_, left, right) | Compare(_, left, right):
            return (left, right)
        case Call(_, args) | Logic(_, args):
            return args
        case Choose(test, then, other):
            return (test, then, other)
    return ()


def walk(node: Expr) -> Iterator[Expr]:
    """Yield `node` and everything in it."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(children(current)))


def names(node: Expr) -> set[str]:
    """Return the names that `node` uses (functions not counted)."""
    return {part.id for part in walk(node) if isinstance(part, Name)}


def rename(node: Expr, new: Callable[[Name], Expr]) -> Expr:
    """Return `node` with every name replaced by ``new(name)``; the order stays."""
    return rewrite(node, lambda part: new(part) if isinstance(part, Name) else part)


def rewrite(node: Expr, change: Callable[[Expr], Expr]) -> Expr:
    """Return `node` with every part replaced by ``change(part)``, the innermost first."""
    match node:
        case Neg(arg):
            node = Neg(rewrite(arg, change))
        case Binary(op, left, right):
            node = Binary(op, rewrite(left, change), rewrite(right, change))
        case Compare(op, left, right):
            node = Compare(op, rewrite(left, change), rewrite(right, change))
        case Call(function, args):
            node = Call(function, tuple(rewrite(arg, change) for arg in args))
        case Logic(op, args):
            node = Logic(op, tuple(rewrite(arg, change) for arg in args))
        case Choose(test, then, other):
            node = Choose(rewrite(test, change), rewrite(then, change), rewrite(other, change))
    return change(node)


ZERO, ONE = Num(0), Num(1)


def neg(arg: Expr) -> Expr:
    """Return ``-arg``, tidied."""
    match arg:
        case Num(value):
            return Num(-value)
        case Neg(inner):
            return inner
        case Binary("/", top, bottom):
            return Binary("/", neg(top), bottom)
    return Neg(arg)


def add(left: Expr, right: Expr) -> Expr:
    """Return ``left + right`` without zeros."""
    if left == ZERO:
        return right
    if right == ZERO:
        return left
    if isinstance(right, Neg):
        return Binary("-", left, right.arg)
    return Binary("+", left, right)


def mul(left: Expr, right: Expr) -> Expr:
    """Return ``left * right`` without ones and zeros."""
    if ZERO in (left, right):
        return ZERO
    if left == ONE:
        return right
    if right == ONE:
        return left
    if left == Num(-1):
        return neg(right)
    if right == Num(-1):
        return neg(left)
    if isinstance(left, Neg):
        return neg(mul(left.arg, right))
    if isinstance(left, Binary) and left.op == "/" and left.left in (ONE, Num(-1)):
        return Binary("/", right if left.left == ONE else neg(right), left.right)
    return Binary("*", left, right)


def div(left: Expr, right: Expr) -> Expr:
    """Return ``left / right``, tidied."""
    if left == ZERO or right == ONE:
        return left
    if right == Num(-1):
        return neg(left)
    if isinstance(right, Neg):
        return neg(div(left, right.arg))
    if isinstance(right, Binary) and right.op == "/":
        if isinstance(left, Binary) and left.op == "/" and left.right == right.right:
            return div(left.left, right.left)
        return div(mul(left, right.right), right.left)
    return Binary("/", left, right)


def affine(node: Expr, name: str) -> tuple[Expr, Expr] | None:
    """Return ``(a, b)`` with ``node = a*name + b``, or None where `node` is not linear in `name`.

    Examples
    --------
    >>> affine(Binary("-", Name("E"), Name("v")), "v")
    (Num(value=-1), Name(id='E', lag=None))
    """
    if name not in names(node):
        return ZERO, node
    match node:
        case Name():
            return ONE, ZERO
        case Neg(arg):
            parts = affine(arg, name)
            return None if parts is None else (neg(parts[0]), neg(parts[1]))
        case Binary("+" | "-" as op, left, right):
            first, second = affine(left, name), affine(right, name)
            if first is None or second is None:
                return None
            sign = neg if op == "-" else _same
            return add(first[0], sign(second[0])), add(first[1], sign(second[1]))
        case Binary("*", left, right):
            if name not in names(left):
                parts = affine(right, name)
                return None if parts is None else (mul(left, parts[0]), mul(left, parts[1]))
            if name not in names(right):
                parts = affine(left, name)
                return None if parts is None else (mul(parts[0], right), mul(parts[1], right))
        case Binary("/", left, right) if name not in names(right):
            parts = affine(left, name)
            return None if parts is None else (div(parts[0], right), div(parts[1], right))
    return None


def _same(node: Expr) -> Expr:
    return node
