"""The reference: a plain, readable PyTorch step, with which every other printer is compared.

The text is Python made from our own tree: it contains only prefixed names (see
`spikex_lab.catalog.program`), numbers and functions of torch, which `check` asserts once more.
Parameters arrive as tensors without dimensions, in the dtype of the input.
"""

from __future__ import annotations

import ast
import math

from spikex_lab.catalog.body import Selection, selections
from spikex_lab.catalog.codegen.text import comment, label, level, suffixes
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.evaluate import evaluate
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
    walk,
)
from spikex_lab.catalog.program import MANGLED, Assign, Program, Propagator
from spikex_lab.errors import SpikexError

_PLAIN = frozenset(
    {"abs", "atan", "ceil", "cos", "cosh", "erf", "exp", "floor", "log", "relu", "round", "sigmoid"}
    | {"sign", "sin", "sinh", "sqrt", "tan", "tanh"}
)
"""Functions that torch has under the same name."""
_EXPREL = '''

def exprel(x):
    """(exp(x) - 1)/x, and 1 at x = 0."""
    small = torch.abs(x) < 1e-5
    safe = torch.where(small, torch.ones_like(x), x)
    return torch.where(small, 1 + x / 2 + x * x / 6, torch.expm1(safe) / safe)
'''
_PROPAGATOR = '''

def propagator(dt, rates):
    """exp(dt*[[A, 1], [0, 0]]) of the matrix A of `rates`: its exact step, and its integral."""
    a = torch.stack([torch.stack([value + 0 * dt for value in row]) for row in rates])
    one = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    zero = torch.zeros_like(a)
    m = torch.cat([torch.cat([a, one], 1), torch.cat([zero, zero], 1)])
    return torch.linalg.matrix_exp(dt * m)
'''


class Printer:
    """Prints trees of one program as torch expressions."""

    def __init__(self, program: Program) -> None:
        self.test = ">" if program.strict else ">="
        first = [
            *(f"s_{name}" for name in program.states),
            *(f"x_{name}" for name in program.inputs),
        ]
        self.like = first[0]

    def show(self, node: Expr) -> str:
        """Return `node` as Python, with no more brackets than the order as written needs."""
        match node:
            case Num(value):
                return repr(value)
            case Name("pi"):
                return "torch.pi"
            case Name(name):
                return name
            case Neg(arg):
                return f"-{self._inside(arg, 3)}"
            case Binary("**", left, right):
                return f"{self._inside(left, 5)} ** {self._inside(right, 4)}"
            case Binary(op, left, right):
                mine = level(node)
                return f"{self._inside(left, mine)} {op} {self._inside(right, mine + 1)}"
            case Choose(test, then, other):
                first = self.show(then)
                if not names(then) | names(other):  # two literals would not have the state's dtype
                    first = f"torch.full_like({self.like}, {first})"
                return f"torch.where({self._truth(test)}, {first}, {self.show(other)})"
            case Call(function, args):
                return self._call(node, function, args)
        raise AssertionError(node)

    def _inside(self, node: Expr, least: int) -> str:
        text = self.show(node)
        bare = level(node) >= least or isinstance(node, Choose)
        return text if bare else f"({text})"

    def _truth(self, node: Expr) -> str:
        match node:
            case Compare(op, left, right):
                return f"{self._inside(left, 1)} {op} {self._inside(right, 1)}"
            case Logic("not", (arg,)):
                return f"torch.logical_not({self._truth(arg)})"
            case Logic(op, args):
                text = self._truth(args[0])
                for arg in args[1:]:
                    text = f"torch.logical_{op}({text}, {self._truth(arg)})"
                return text
        raise AssertionError(node)

    def _call(self, node: Call, function: str, args: tuple[Expr, ...]) -> str:
        if function in ("fire", "hit"):
            if function == "fire":
                return f"fire({', '.join(self.show(arg) for arg in args)})"
            return f"({self._inside(args[0], 1)} {self.test} 0).to({self.like}.dtype)"
        if not any(names(arg) - {"pi"} for arg in args):
            return repr(float(evaluate(node, {"pi": math.pi})))
        shown = [self.show(arg) for arg in args]
        if function == "detach":
            return f"{self._inside(args[0], 5)}.detach()"
        if function == "step":
            return f"({self._inside(args[0], 1)} > 0).to({self.like}.dtype)"
        if function == "exprel":
            return f"exprel({shown[0]})"
        if function in ("min", "max"):
            return self._bounded("max" if function == "min" else "min", args)
        if function == "clip":
            if isinstance(args[1], Num) and isinstance(args[2], Num):
                return f"torch.clamp({', '.join(shown)})"
            return self._bounded("max", (Call("max", args[:2]), args[2]))
        if function not in _PLAIN:
            raise SpikexError(f"{function} cannot be printed", where="codegen")
        return f"torch.{function}({', '.join(shown)})"

    def _bounded(self, bound: str, args: tuple[Expr, ...]) -> str:
        """Print min and max: `bound` is the keyword of clamp that does it for a literal number."""
        first, second = args
        if isinstance(first, Num):
            first, second = second, first
        if isinstance(second, Num):
            return f"torch.clamp({self.show(first)}, {bound}={second.value!r})"
        pair = "minimum" if bound == "max" else "maximum"
        return f"torch.{pair}({self.show(first)}, {self.show(second)})"


def arguments(program: Program) -> list[str]:
    """Return the arguments of ``step`` after ``fire``: what is fixed, states, inputs."""
    used = {name for line in program.body for name in names(line.value)}
    fixed = [
        *(f"p_{name}" for name in program.parameters),
        *(name for line in program.constants for name in line.targets),
        "dt",
    ]
    return [
        *(name for name in fixed if name in used),
        *(f"s_{name}" for name in program.states),
        *(f"x_{name}" for name in program.inputs),
        *(f"z_{name}" for name in program.noise),
    ]


def step_source(
    program: Program, name: str = "step", words: str = "", by: type[Printer] = Printer
) -> str:
    """Return ``def step(fire, …)``: one time step; returns what goes out, then the new states."""
    printer = by(program)
    lines = [f"def {name}({', '.join(['fire', *arguments(program)])}):"]
    if words:
        lines.append(f'    """{comment(words)}"""')
    known = ""
    for line in program.body:
        if line.note and comment(line.note) != known:
            known = comment(line.note)
            lines.append(f"    # {known}")
        lines.append(f"    {line.target} = {printer.show(line.value)}")
    results = [program.output, *(f"n_{state}" for state in program.states)]
    lines.append(f"    return {', '.join(results)}")
    return "\n".join(lines) + "\n"


def constants_source(program: Program, name: str = "constants") -> str:
    """Return ``def constants(dt, p_…)``: what stays the same over time, and the first states."""
    printer = _FixedPrinter(program)
    given = ["dt", *(f"p_{parameter}" for parameter in program.parameters)]
    lines = [
        f"def {name}({', '.join(given)}):",
        '    """What does not change from step to step, then the first value of each state."""',
    ]
    for line in program.constants:
        if line.note:
            lines.append(f"    # {comment(line.note)}")
        if isinstance(line, Propagator):
            rows = [", ".join(printer.show(rate) for rate in row) for row in line.rates]
            lines.append(f"    t_prop = propagator(dt, [{', '.join(f'[{row}]' for row in rows)}])")
            lines += [f"    {name} = t_prop[{i}, {j}]" for name, i, j in line.elements]
        else:
            value = printer.show(line.value)
            # a tensor even of a bare number: torch.maximum and its kind take nothing else
            value = value if names(line.value) - {"pi"} else f"torch.full_like(dt, {value})"
            lines.append(f"    {line.target} = {value}")
    results = [name for line in program.constants for name in line.targets]
    results += [printer.show(program.initial[state]) for state in program.states]
    lines.append(f"    return [{', '.join(results)}]")
    return "\n".join(lines) + "\n"


class _FixedPrinter(Printer):
    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.like = "dt"


def helpers(*programs: Program) -> str:
    """Return the text of the helper functions that the text of `programs` calls."""
    calls = {
        part.function
        for program in programs
        for tree in program.trees()
        for part in walk(tree)
        if isinstance(part, Call)
    }
    text = _EXPREL if "exprel" in calls else ""
    if any(isinstance(line, Propagator) for program in programs for line in program.constants):
        text += _PROPAGATOR
    return text


def program_source(program: Program, by: type[Printer] = Printer) -> str:
    """Return the two functions ``constants`` and ``step`` of one program, ready to be compiled."""
    step = step_source(program, by=by)
    return helpers(program) + check(f"\n{constants_source(program)}\n\n{step}")


def surrogate_source(program: Program) -> str:
    """Return ``derivative(u, p_…, z_…)`` of a surrogate."""
    printer = Printer(program)
    given = [
        f"x_{program.inputs[0]}",
        *(f"p_{name}" for name in program.parameters),
        *(f"z_{name}" for name in program.noise),
    ]
    lines = [f"def derivative({', '.join(given)}):"]
    lines += [
        f"    {line.target} = {_FixedPrinter(program).show(line.value)}"
        for line in program.constants
        if isinstance(line, Assign)
    ]
    lines += [f"    {line.target} = {printer.show(line.value)}" for line in program.body]
    return helpers(program) + check("\n" + "\n".join([*lines, "    return out"]) + "\n")


def render(component: Component) -> str:
    """Return the file ``<name>.py`` of `component`: its step in PyTorch, one function per variant.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> "def step(fire" in render(library().get("neurons/leaky"))
    True
    """
    plural, name = component.id.split("/")
    source = f"components/{plural}/{name}/component.yaml"
    about = f"{comment(component.name)}, version {component.spec.version}."
    head = (
        f"# Rendered from {source} by `spikex components render`: edit that file, not this.\n"
        f'"""{about} {comment(component.summary)}"""\n\nimport torch\n'
    )
    if component.kind == "surrogate":
        return head + "\n" + surrogate_source(component.surrogate())
    chosen = selections(component.spec)
    seen: dict[str, tuple[Program, list[Selection], str]] = {}
    for one, ending in zip(chosen, suffixes(chosen), strict=True):
        program = component.program(one)
        key = constants_source(program) + step_source(program)
        seen.setdefault(key, (program, [], ending))[1].append(one)
    parts: list[str] = []
    fixed: dict[str, str] = {}
    for program, found, ending in seen.values():
        words = "One time step" + (
            f" with {' or '.join(label(one) for one in found)}" if found[0] else ""
        )
        words += ": what goes out, then the new state." if program.states else "."
        if program.constants or program.states:
            plain = constants_source(program, "constants")
            if plain not in fixed:
                fixed[plain] = f"constants{ending}"
                parts.append("\n\n" + constants_source(program, fixed[plain]))
            words += f" Constants: {fixed[plain]}()." if program.constants else ""
        parts.append("\n\n" + step_source(program, f"step{ending}", words))
    return head + helpers(*(program for program, _, _ in seen.values())) + check("".join(parts))


_NODES = (
    ast.Module, ast.FunctionDef, ast.arguments, ast.arg, ast.Return, ast.Assign, ast.Expr, ast.Name,
    ast.Load, ast.Store, ast.Constant, ast.BinOp, ast.UnaryOp, ast.USub, ast.operator, ast.Compare,
    ast.cmpop, ast.Call, ast.Attribute, ast.Tuple, ast.List, ast.keyword, ast.Subscript,
    ast.Import, ast.alias,
)  # fmt: skip
_FREE = frozenset({"torch", "exprel", "propagator"})


def check(source: str) -> str:
    """Return `source`; raise unless it is prefixed names, numbers and torch's functions."""
    for node in ast.walk(ast.parse(source)):
        allowed = isinstance(node, _NODES)
        if isinstance(node, ast.Name):
            allowed = node.id in _FREE or MANGLED.fullmatch(node.id) is not None
        elif isinstance(node, ast.Attribute):
            allowed = node.attr in ("dtype", "to", "detach") or (
                isinstance(node.value, ast.Name) and node.value.id == "torch"
            )
        elif isinstance(node, ast.Import):
            allowed = [alias.name for alias in node.names] == ["torch"]
        elif isinstance(node, ast.Subscript):
            allowed = isinstance(node.value, ast.Name) and node.value.id == "t_prop"
        if not allowed:
            raise SpikexError(f"generated code holds {type(node).__name__}", where="codegen")
    return source
