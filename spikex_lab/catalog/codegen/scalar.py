"""What the printers of C-like languages share: one number at a time, in the order as written.

`plain` turns a tree of the program into one that such a language can say, with exactly the
operations that the reference does: torch computes ``3/x`` as ``(1/x)*3``, ``x**2`` as ``x*x``,
and Python has worked out ``pi/2`` before torch sees it. `ScalarPrinter` then only writes.
"""

from __future__ import annotations

import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from spikex_lab.catalog.codegen.text import comment, level
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
from spikex_lab.catalog.program import MANGLED, Assign, Program
from spikex_lab.errors import SpikexError

_POWERS: dict[float, tuple[str, bool]] = {
    2: ("square", False), 3: ("cube", False), -2: ("square", True),
    0.5: ("sqrt", False), -0.5: ("sqrt", True),
}  # fmt: skip
"""Powers that torch computes without pow: the function, and whether its reciprocal is meant."""
_OPERATORS = {"**": "pow", "//": "floor_divide", "%": "remainder"}
"""Operators that C-like languages lack, or mean otherwise."""


def plain(node: Expr, strict: bool) -> Expr:
    """Return `node` in terms of ``+ - * /``, choices and the functions of a C-like language.

    Literal arithmetic is done here, ``detach`` falls away, ``fire`` is the hard threshold
    (``>`` where `strict`, else ``>=``).

    Examples
    --------
    >>> plain(Binary("**", Name("x"), Num(2)), True)
    Call(function='square', args=(Name(id='x', lag=None),))
    """
    if not isinstance(node, (Compare, Logic)) and names(node) <= {"pi"}:
        return Num(evaluate(node, {"pi": math.pi}, where="codegen"))
    match node:
        case Neg(arg):
            return Neg(plain(arg, strict))
        case Binary("**", base, Num(-1)):
            return Binary("/", ONE, plain(base, strict))
        case Binary("**", base, exponent) if (power := _power(exponent)) is not None:
            value = Call(power[0], (plain(base, strict),))
            return Binary("/", ONE, value) if power[1] else value
        case Binary(op, left, right) if op in _OPERATORS:
            return Call(_OPERATORS[op], (plain(left, strict), plain(right, strict)))
        case Binary(op, left, right):
            first, second = plain(left, strict), plain(right, strict)
            if op == "/" and isinstance(first, Num) and not _power_of_two(first.value):
                return Binary("*", Binary("/", ONE, second), first)
            return Binary(op, first, second)
        case Call(function, args):
            return _function(function, tuple(plain(arg, strict) for arg in args), strict)
        case Choose(test, then, other):
            return Choose(plain(test, strict), plain(then, strict), plain(other, strict))
        case Compare(op, left, right):
            return Compare(op, plain(left, strict), plain(right, strict))
        case Logic(op, args):
            return Logic(op, tuple(plain(arg, strict) for arg in args))
    return node


def _power_of_two(value: float) -> bool:
    """Return whether dividing `value` rounds as multiplying it with a reciprocal does."""
    return abs(math.frexp(value)[0]) == 0.5


def _power(exponent: Expr) -> tuple[str, bool] | None:
    if names(exponent) <= {"pi"}:
        return _POWERS.get(evaluate(exponent, {"pi": math.pi}))
    return None


def _function(function: str, args: tuple[Expr, ...], strict: bool) -> Expr:
    first = args[0]
    match function:
        case "detach":
            return first
        case "fire" | "hit":
            return Choose(Compare(">" if strict else ">=", first, ZERO), ONE, ZERO)
        case "step":
            return Choose(Compare(">", first, ZERO), ONE, ZERO)
        case "relu":
            return Call("max", (first, ZERO))
        case "clip":
            return Call("min", (Call("max", args[:2]), args[2]))
        case "sigmoid":
            return Binary("/", ONE, Binary("+", ONE, Call("exp", (Neg(first),))))
    return Call(function, args)


class ScalarPrinter(ABC):
    """Writes trees of one program as expressions of a C-like language.

    Attributes
    ----------
    functions : what a function of the language of equations is called there.
    used : the functions written so far, so that their helpers can be printed.
    """

    functions: ClassVar[Mapping[str, str]]

    def __init__(self, strict: bool) -> None:
        self.strict = strict
        self.used: set[str] = set()

    @abstractmethod
    def number(self, value: float) -> str:
        """Return a literal."""

    def show(self, node: Expr) -> str:
        """Return `node`, with no more brackets than the order as written needs."""
        return self._show(plain(node, self.strict))

    def _show(self, node: Expr) -> str:
        match node:
            case Num(value):
                return self.number(value)
            case Name(name):
                return name
            case Neg(arg):
                return f"-{self._inside(arg, 4)}"  # 4: two minus signs would run together
            case Binary(op, left, right):
                mine = level(node)
                return f"{self._inside(left, mine)} {op} {self._inside(right, mine + 1)}"
            case Choose(test, then, other):
                shown = f"{self._truth(test)} ? {self._inside(then, 1)}"
                return f"{shown} : {self._inside(other, 1)}"
            case Call(function, args):
                if function not in self.functions:
                    raise SpikexError(f"{function} cannot be printed", where="codegen")
                self.used.add(function)
                return f"{self.functions[function]}({', '.join(self._show(arg) for arg in args)})"
        raise AssertionError(node)

    def _inside(self, node: Expr, least: int) -> str:
        text = self._show(node)
        return text if level(node) >= least else f"({text})"

    def _truth(self, node: Expr) -> str:
        match node:
            case Compare(op, left, right):
                return f"{self._inside(left, 1)} {op} {self._inside(right, 1)}"
            case Logic("not", (arg,)):
                return f"!({self._truth(arg)})"
            case Logic(op, args):
                parts = [
                    f"({self._truth(arg)})"
                    if isinstance(arg, Logic) and arg.op != "not"
                    else self._truth(arg)
                    for arg in args
                ]
                return (" && " if op == "and" else " || ").join(parts)
        raise AssertionError(node)


def statements(
    lines: Sequence[Assign],
    results: Iterable[str],
    printer: ScalarPrinter,
    *,
    once: str,
    again: str,
    unused: str = "",
) -> list[str]:
    """Return the text of `lines`, each target declared where it first gets a value.

    A state itself (a reset that has waited for this step) is there already.

    Parameters
    ----------
    results : names that are read after the last line.
    once, again : how a variable is declared that gets one value, or several.
    unused : what goes before a variable that nobody reads.
    """
    targets = [line.target for line in lines]
    read = {name for line in lines for name in names(line.value)} | set(results)
    found: list[str] = []
    known: set[str] = set()
    note = ""
    for line in lines:
        if line.note and line.note != note:
            note = line.note
            found += remark(note)
        before = ""
        if line.target not in known and not line.target.startswith("s_"):
            before = again if targets.count(line.target) > 1 else once
            before = before if line.target in read else unused + before
        known.add(line.target)
        found.append(f"{before}{line.target} = {printer.show(line.value)};")
    return found


def remark(text: str, width: int = 96) -> list[str]:
    """Return `text` as ``//`` comments that no text can leave; spaces before it are kept.

    Examples
    --------
    >>> remark("a\\n}; b")
    ['// a }; b']
    """
    line = comment(text, limit=4_000)
    line = re.sub(r"\?(?=\?)", "? ", line)  # ??/ at the end of a line once meant a backslash
    margin = " " * (len(text) - len(text.lstrip(" ")))
    parts = [f"// {margin}"]
    for word in line.split(" "):
        if len(parts[-1]) + len(word) > width and parts[-1].split() != ["//"]:
            parts.append(f"//   {margin}")
        parts[-1] += f"{word} "
    return [part.rstrip() for part in parts]


def indent(lines: Iterable[str], spaces: int) -> list[str]:
    """Return `lines` moved to the right; empty ones stay empty."""
    return [" " * spaces + line if line else "" for line in lines]


def program_names(program: Program) -> dict[str, list[str]]:
    """Return the names in generated code: parameters, constants, states, inputs, noise."""
    return {
        "parameters": [f"p_{name}" for name in program.parameters],
        "constants": [name for line in program.constants for name in line.targets],
        "states": [f"s_{name}" for name in program.states],
        "inputs": [f"x_{name}" for name in program.inputs],
        "noise": [f"z_{name}" for name in program.noise],
    }


_TOKEN = re.compile(
    r"""(?P<space>\s+) | (?P<comment>//[^\n]*)
      | (?P<text>"(?:[^"\\\n]|\\u[0-9a-f]{4}|\\[\\"])*")
      | (?P<number>[0-9]+(?:\.[0-9]*)?(?:e[+-]?[0-9]+)?(?![A-Za-z0-9_]))
      | (?P<name>[A-Za-z_][A-Za-z0-9_]*) | (?P<sign>[-+*/%<>=!&|~?:;,.(){}\[\]])""",
    re.VERBOSE,
)


def check(source: str, words: re.Pattern[str], *, texts: bool = False) -> str:
    """Return `source`; raise unless it is mangled names, numbers, signs and `words`.

    Parameters
    ----------
    words : keywords and functions of the language, and what a printer calls its variants.
    texts : whether strings may occur.
    """
    position = 0
    while position < len(source):
        token = _TOKEN.match(source, position)
        kind, word = (token.lastgroup, token.group()) if token else ("", source[position])
        allowed = bool(kind) and (kind != "text" or texts)
        if kind == "name":
            allowed = bool(MANGLED.fullmatch(word) or words.fullmatch(word))
        if not allowed:
            raise SpikexError(f"generated code holds {word[:40]!a}", where="codegen")
        position += len(word)
    return source
