"""A tree back as the text of the equation language: what messages quote."""

from __future__ import annotations

from spikex_lab.catalog.codegen.text import level
from spikex_lab.catalog.expr import Binary, Call, Choose, Compare, Expr, Logic, Name, Neg, Num

_LAGS = {None: "", 0: "[t]", 1: "[t-1]"}


def source(node: Expr, limit: int = 60) -> str:
    """Return `node` as a user would write it, cut at `limit` characters.

    Examples
    --------
    >>> from spikex_lab.catalog.parser import parse
    >>> source(parse("(a+b) * exp(-t_1)", where=""))
    '(a + b)*exp(-t_1)'
    """
    text = _text(node)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _text(node: Expr) -> str:
    match node:
        case Num(value):
            return repr(value)
        case Name(name, lag):
            return name + _LAGS[lag]
        case Neg(arg):
            return f"-{_inside(arg, 3)}"
        case Binary("**", left, right):
            return f"{_inside(left, 5)}**{_inside(right, 4)}"
        case Binary(op, left, right):
            mine = level(node)
            sign = f" {op} " if mine == 1 else op
            return f"{_inside(left, mine)}{sign}{_inside(right, mine + 1)}"
        case Call(function, args):
            return f"{function}({', '.join(_text(arg) for arg in args)})"
        case Choose(test, then, other):
            return f"{_inside(then, 1)} if {_text(test)} else {_inside(other, 0)}"
        case Compare(op, left, right):
            return f"{_inside(left, 1)} {op} {_inside(right, 1)}"
        case Logic("not", (arg,)):
            return f"not ({_text(arg)})"
        case Logic(op, args):
            return f" {op} ".join(
                f"({_text(arg)})" if isinstance(arg, Logic) else _text(arg) for arg in args
            )
    raise AssertionError(node)


def _inside(node: Expr, least: int) -> str:
    text = _text(node)
    return text if level(node) >= least else f"({text})"
