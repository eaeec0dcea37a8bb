"""Expressions as typeset mathematics: fractions, powers, functions, choices. The order stays."""

from __future__ import annotations

from collections.abc import Mapping

from spikex_lab.catalog.codegen.mathtree import (
    THIN,
    Cases,
    Fence,
    Frac,
    Function,
    Ident,
    Mark,
    Math,
    Number,
    Op,
    Root,
    Row,
    Scripts,
    Words,
    brackets,
    compound,
    indexed,
    joined,
    row,
)
from spikex_lab.catalog.codegen.text import level
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
    children,
    walk,
)

NOW = Ident("t")
BEFORE = row(Ident("t"), Op("−"), Number("1"))
_COMPARE = {"<": "<", "<=": "≤", ">": ">", ">=": "≥", "==": "=", "!=": "≠"}
_SIGNS: dict[str, Math] = {"+": Op("+"), "-": Op("−"), "%": Words(" mod "), "/": Mark("/")}
_FENCES = {"abs": ("|", "|"), "floor": ("⌊", "⌋"), "ceil": ("⌈", "⌉")}
_NAMES = {"atan": "arctan", "log": "ln", "step": "Θ", "sign": "sgn"}
_DOT = Op("·")
_EXPONENT = 9
"""An exponential with more parts than this is written exp(…), not as a power of e."""


class Typesetter:
    """Typesets trees.

    Parameters
    ----------
    symbols : how each name looks.
    timed : names that carry the index of time where they are written bare (in maps).
    """

    def __init__(self, symbols: Mapping[str, Math], timed: frozenset[str] = frozenset()) -> None:
        self.symbols = symbols
        self.timed = timed

    def name(self, name: str, lag: int | None = None) -> Math:
        """Return the symbol of `name`, at this step or the one before."""
        symbol = self.symbols[name]
        if lag is None and name not in self.timed:
            return symbol
        return indexed(symbol, BEFORE if lag == 1 else NOW)

    def show(self, node: Expr, *, flat: bool = False) -> Math:
        """Return `node` typeset; `flat` writes fractions on one line, as ``a/b``."""
        match node:
            case Num(value):
                return number(value)
            case Name(name, lag):
                return self.name(name, lag)
            case Neg(arg):
                return row(Op("−"), self._inside(arg, 2, flat))
            case Binary("**", left, right):
                return Scripts(self._base(left, flat), None, self.show(right, flat=True))
            case Binary("/", Neg(left), right) if not flat:
                return row(Op("−"), self.show(Binary("/", left, right)))
            case Binary("/", left, right) if not flat:
                return Frac(self.show(left, flat=True), self.show(right, flat=True))
            case Binary("//", left, right):
                return Fence("⌊", self.show(Binary("/", left, right), flat=flat), "⌋")
            case Binary(op, left, right):
                return self._binary(node, op, left, right, flat)
            case Call(function, args):
                return self._call(function, args, flat)
            case Choose():
                return self._choices(node)
            case Compare(op, left, right):
                return row(self._inside(left, 1, flat), Op(_COMPARE[op]), self.show_side(right))
            case Logic():
                return self._logic(node)
        raise AssertionError(node)

    def show_side(self, node: Expr) -> Math:
        """Return one side of a comparison."""
        return self._inside(node, 1, flat=True)

    def _inside(self, node: Expr, least: int, flat: bool) -> Math:
        """Return `node`, in brackets where it binds less than `least`."""
        shown = self.show(node, flat=flat)
        loose = level(node) < least or (least > 1 and isinstance(node, Name) and compound(shown))
        standing = isinstance(node, Binary) and isinstance(shown, Frac | Fence)
        return brackets(shown) if loose and not standing else shown

    def _base(self, node: Expr, flat: bool) -> Math:
        """Return what is raised to a power."""
        shown = self._inside(node, 5, flat)
        raised = isinstance(shown, Scripts) and shown.sup is not None
        raised = raised or isinstance(shown, Frac | Row)
        return brackets(shown) if raised else shown

    def _binary(self, node: Expr, op: str, left: Expr, right: Expr, flat: bool) -> Math:
        if op == "*":
            return self._product(node, flat)
        mine = level(node)
        first, second = self._inside(left, mine, flat), self._second(right, mine, flat)
        return row(first, _SIGNS[op], second)

    def _second(self, node: Expr, mine: int, flat: bool) -> Math:
        """Return what stands to the right of a sign: no second sign follows the first."""
        shown = self._inside(node, mine + 1, flat)
        signed = isinstance(shown, Row) and shown.parts[0] == Op("−")
        return brackets(shown) if signed else shown

    def _product(self, node: Expr, flat: bool) -> Math:
        """Return factors side by side; a name that follows itself becomes a power."""
        factors: list[Expr] = []
        while isinstance(node, Binary) and node.op == "*":
            factors.insert(0, node.right)
            node = node.left
        quotient = flat and isinstance(node, Binary) and node.op in ("/", "%")
        parts = [brackets(self.show(node, flat=True)) if quotient else self._inside(node, 2, flat)]
        count, last = 1, node
        for factor in factors:
            count = count + 1 if factor == last and isinstance(factor, Name) else 1
            last, shown = factor, self._second(factor, 2, flat)
            if count > 1:
                parts[-1] = _power(shown, Number(str(count)))
            else:
                parts += [_DOT if isinstance(_first(shown), Number) else THIN, shown]
        return row(*parts)

    def _call(self, function: str, args: tuple[Expr, ...], flat: bool) -> Math:
        if function in _FENCES:
            left, right = _FENCES[function]
            return Fence(left, self.show(args[0], flat=flat), right)
        if function == "sqrt":
            return Root(self.show(args[0], flat=flat))
        if function == "exp" and _short(args[0]):
            return Scripts(Ident("e", "upright"), None, self.show(args[0], flat=True))
        name: Math = Function(_NAMES.get(function, function))
        if function == "step":
            name = Ident(_NAMES[function])
        return row(name, brackets(joined([self.show(arg, flat=flat) for arg in args])))

    def _choices(self, node: Choose) -> Math:
        rows: list[tuple[Math, Math]] = []
        rest: Expr = node
        while isinstance(rest, Choose):
            rows.append((self.show(rest.then), row(Words("if "), self.show(rest.test))))
            rest = rest.other
        return Cases((*rows, (self.show(rest), Words("otherwise"))))

    def _logic(self, node: Logic) -> Math:
        if node.op == "not":
            return row(Mark("¬"), brackets(self.show(node.args[0])))
        parts = [
            brackets(shown) if isinstance(arg, Logic) and arg.op != "not" else shown
            for arg, shown in ((arg, self.show(arg)) for arg in node.args)
        ]
        result: list[Math] = []
        for part in parts:
            result += [Op("∧" if node.op == "and" else "∨"), part] if result else [part]
        return row(*result)


def number(value: float) -> Math:
    """Return a number: ``1e-05`` as a power of ten."""
    text = repr(value)
    digits, _, power = text.partition("e")
    sign: tuple[Math, ...] = (Op("−"),) if digits.startswith("-") else ()
    digits = digits.lstrip("-").removesuffix(".0")
    if not power:
        return row(*sign, Number(digits))
    exponent = int(power)
    raised: Math = Number(str(abs(exponent)))
    ten = Scripts(Number("10"), None, row(Op("−"), raised) if exponent < 0 else raised)
    return row(*sign, ten) if digits == "1" else row(*sign, Number(digits), Op("·"), ten)


def _power(base: Math, exponent: Math) -> Math:
    """Return `base` raised; an index stays below it."""
    match base:
        case Scripts(inner, sub, None):
            return Scripts(inner, sub, exponent)
        case Scripts() | Frac() | Row():
            return Scripts(brackets(base), None, exponent)
    return Scripts(base, None, exponent)


def _first(node: Math) -> Math:
    """Return what is read first in `node`."""
    match node:
        case Row(parts) if parts:
            return _first(parts[0])
        case Frac(top, _):
            return _first(top)
        case Scripts(base):
            return _first(base)
    return node


def _short(node: Expr) -> bool:
    """Whether `node` is small enough to stand in an exponent."""
    parts = list(walk(node))
    deep = any(isinstance(part, Choose) or _is_exp(part) for part in parts)
    return not deep and sum(not children(part) for part in parts) <= _EXPONENT


def _is_exp(node: Expr) -> bool:
    return isinstance(node, Call) and node.function in ("exp", "min", "max", "clip")
