"""One element over time in plain Python: what simulates where there is no compiler.

The text is one function, ``run``, whose loop holds scalars in local names. It needs nothing but the
functions of `SPACE`, which answer where Python's own would raise: 1/0 is infinite, as it is for
the compiled printers and for torch.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from spikex_lab.catalog.codegen.scalar import ScalarPrinter
from spikex_lab.catalog.codegen.text import comment
from spikex_lab.catalog.expr import Binary, Choose, Expr, Logic, Num
from spikex_lab.catalog.program import MANGLED, Program, Propagator
from spikex_lab.errors import SpikexError


def divide(left: float, right: float) -> float:
    """Return ``left / right``; infinite or not a number where `right` is 0."""
    if right != 0:
        return left / right
    if left == 0 or left != left:
        return math.nan
    return math.copysign(math.inf, left) * math.copysign(1.0, right)


def modulo(left: float, right: float) -> float:
    """Return ``left % right`` with the sign of `right`; not a number where `right` is 0."""
    return left % right if right != 0 and math.isfinite(left) else math.nan


def power(base: float, exponent: float) -> float:
    """Return ``base ** exponent``; not a number where it is none that is real."""
    try:
        value = base**exponent
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ZeroDivisionError:
        return math.inf
    return value if isinstance(value, float) else math.nan


def exp(x: float) -> float:
    """Return e**x; infinite where it is too large."""
    return math.exp(x) if x < 709.0 else _grown(math.exp, x)


def _grown(function: Callable[[float], float], x: float) -> float:
    try:
        return function(x)
    except OverflowError:
        return math.inf


def exprel(x: float) -> float:
    """Return (e**x - 1)/x, and 1 at 0."""
    if x == 0:
        return 1.0
    return math.expm1(x) / x if x < 709.0 else divide(_grown(math.expm1, x), x)


def matrix_exponential(rows: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return exp of a small square matrix: halved until small, Taylor's series, squared back.

    For the few rows of a propagator it agrees with Padé's form to the last digits; its error in
    relation to the norm is that of 18 terms at norm 1/2, 1e-22, times the squarings' rounding.
    """
    size = len(rows)
    norm = max((sum(abs(value) for value in row) for row in rows), default=0.0)
    halvings = max(0, math.frexp(norm)[1] + 1) if math.isfinite(norm) else 0
    small = [[value / 2**halvings for value in row] for row in rows]
    result = [[float(i == j) for j in range(size)] for i in range(size)]
    term = [list(row) for row in result]
    for order in range(1, 19):
        term = [[value / order for value in row] for row in _times(term, small)]
        result = [
            [a + b for a, b in zip(*pair, strict=True)] for pair in zip(result, term, strict=True)
        ]
    for _ in range(halvings):
        result = _times(result, result)
    return result


def _times(left: Sequence[Sequence[float]], right: Sequence[Sequence[float]]) -> list[list[float]]:
    columns = list(zip(*right, strict=True))
    return [
        [sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left
    ]


def propagator(rates: Sequence[Sequence[float]], dt: float) -> list[list[float]]:
    """Return ``exp(dt*[[A, 1], [0, 0]])`` of `rates` A (n × n): 2n × 2n."""
    size = len(rates)
    top = [
        [*(dt * rate for rate in row), *(dt * (i == j) for j in range(size))]
        for i, row in enumerate(rates)
    ]
    return matrix_exponential([*top, *([0.0] * (2 * size) for _ in range(size))])


SPACE: dict[str, Callable[..., Any]] = {
    "abs": abs,
    "atan": math.atan,
    "ceil": lambda x: float(math.ceil(x)) if math.isfinite(x) else x,
    "cos": lambda x: math.cos(x) if math.isfinite(x) else math.nan,
    "cosh": lambda x: _grown(math.cosh, x),
    "cube": lambda x: x * x * x,
    "divide": divide,
    "erf": math.erf,
    "exp": exp,
    "exprel": exprel,
    "floor_divide": lambda x, y: SPACE["floor"](divide(x, y)),
    "floor": lambda x: float(math.floor(x)) if math.isfinite(x) else x,
    "log": lambda x: math.log(x) if x > 0 else (-math.inf if x == 0 else math.nan),
    "max": max,
    "min": min,
    "pow": power,
    "propagator": propagator,
    "range": range,
    "remainder": modulo,
    "round": lambda x: float(round(x)) if math.isfinite(x) else x,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "sin": lambda x: math.sin(x) if math.isfinite(x) else math.nan,
    "sinh": lambda x: math.copysign(_grown(math.sinh, abs(x)), x),
    "square": lambda x: x * x,
    "sqrt": lambda x: math.sqrt(x) if x >= 0 else math.nan,
    "tan": lambda x: math.tan(x) if math.isfinite(x) else math.nan,
    "tanh": math.tanh,
}
"""The functions that the text of `source` calls."""


def source(program: Program) -> str:
    """Return ``run(dt, p, x, z, count, results, states)`` of `program`.

    ``p`` are the parameters' values, ``x`` and ``z`` one list per input and per noise with `count`
    values each; ``results`` (one list) and ``states`` (one list per state) take the values after
    each step.
    """
    show = PythonPrinter(program.strict).show
    lines = ["def run(dt, p, x, z, count, results, states):"]
    lines += [f"    p_{name} = p[{i}]" for i, name in enumerate(program.parameters)]
    for line in program.constants:
        if isinstance(line, Propagator):
            rows = ", ".join(f"[{', '.join(map(show, row))}]" for row in line.rates)
            lines.append(f"    matrix = propagator([{rows}], dt)")
            lines += [f"    {name} = matrix[{i}][{j}]" for name, i, j in line.elements]
        else:
            lines.append(f"    {line.target} = {show(line.value)}")
    lines += [f"    s_{name} = {show(program.initial[name])}" for name in program.states]
    lines.append("    for k in range(count):")
    lines += [f"        x_{name} = x[{i}][k]" for i, name in enumerate(program.inputs)]
    lines += [f"        z_{name} = z[{i}][k]" for i, name in enumerate(program.noise)]
    known = ""
    for line in program.body:
        if line.note and comment(line.note) != known:
            known = comment(line.note)
            lines.append(f"        # {known}")
        lines.append(f"        {line.target} = {show(line.value)}")
    lines.append(f"        results[k] = {program.output}")
    for index, name in enumerate(program.states):
        lines.append(f"        states[{index}][k] = s_{name} = n_{name}")
    return check("\n".join(lines) + "\n")


class PythonPrinter(ScalarPrinter):
    """Writes expressions on scalars; what the operators mean is what `plain` says they do."""

    functions: ClassVar[Mapping[str, str]] = {name: name for name in SPACE}

    def number(self, value: float) -> str:
        """Return a literal; a negative one in brackets, for a power may stand behind it."""
        return f"({float(value)!r})" if value < 0 else repr(float(value))

    def _show(self, node: Expr) -> str:
        match node:
            case Choose(test, then, other):
                truth = self._truth(test)
                return f"({self._show(then)} if {truth} else {self._show(other)})"
            case Binary("/", left, right) if not (isinstance(right, Num) and right.value):
                return f"divide({self._show(left)}, {self._show(right)})"
        return super()._show(node)

    def _truth(self, node: Expr) -> str:
        match node:
            case Logic("not", (arg,)):
                return f"(not {self._truth(arg)})"
            case Logic(op, args):
                return f"({f' {op} '.join(map(self._truth, args))})"
        return super()._truth(node)


_NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Assign, ast.For, ast.Name, ast.Load,
    ast.Store, ast.Constant, ast.BinOp, ast.UnaryOp, ast.USub, ast.Not, ast.operator, ast.Compare,
    ast.cmpop, ast.BoolOp, ast.boolop, ast.IfExp, ast.Call, ast.Subscript, ast.List,
)  # fmt: skip
_FREE = frozenset({"run", "p", "x", "z", "k", "count", "results", "states", "matrix", *SPACE})


def check(text: str) -> str:
    """Return `text`; raise unless it is prefixed names, numbers and the functions of `SPACE`."""
    for node in ast.walk(ast.parse(text)):
        allowed = isinstance(node, _NODES)
        if isinstance(node, ast.Name):
            allowed = node.id in _FREE or MANGLED.fullmatch(node.id) is not None
        elif isinstance(node, ast.Call):
            allowed = isinstance(node.func, ast.Name) and node.func.id in SPACE
        if not allowed:
            raise SpikexError(f"generated code holds {type(node).__name__}", where="codegen")
    return text
