"""Fused scans as Python that Numba compiles: where there is neither a kernel pack nor a compiler.

The same steps, the same ``Call`` and the same results as `spikex_lab.catalog.codegen.kernel` prints
in C++, one number at a time on one thread. Where this text is compiled, ``np``, ``math``, Numba's
``carray`` and ``jit``, and ``pointer`` of an address are there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from spikex_lab.catalog.codegen.flat import needed
from spikex_lab.catalog.codegen.kernel import CALL, Kernel
from spikex_lab.catalog.codegen.scalar import ScalarPrinter, check, indent
from spikex_lab.catalog.expr import Choose, Compare, Expr, Logic, Name, names
from spikex_lab.catalog.program import Assign

_HELPERS = """\
@jit
def row(address, first, count):
    return carray(pointer(address + first*size), count, Real)

@jit
def copy(to, of, count):
    for i in range(count):
        to[i] = of[i]

@jit
def add(to, of, count):
    for i in range(count):
        to[i] += of[i]

@jit
def longs(address, count):
    return carray(pointer(address), count, np.int64)

@jit
def larger(a, b):
    return a if a >= b or a != a else b

@jit
def smaller(a, b):
    return a if a <= b or a != a else b

@jit
def square(x):
    return x * x

@jit
def cube(x):
    return x * x * x

@jit
def relative(x):
    small = abs(x) < Real(1e-5)
    safe = Real(1.0) if small else x
    near = Real(1.0) + x / Real(2.0) + x * x / Real(6.0)
    return near if small else np.expm1(safe) / safe

@jit
def left_over(x, y):
    left = Real(np.fmod(x, y))
    return left + y if left != Real(0.0) and (y < Real(0.0)) != (left < Real(0.0)) else left

@jit
def whole_part(x, y):
    return x / y if y == Real(0.0) else np.rint((x - left_over(x, y)) / y)
"""
_FUNCTIONS = {
    "abs": "abs", "atan": "np.arctan", "ceil": "np.ceil", "cos": "np.cos", "cosh": "np.cosh",
    "cube": "cube", "erf": "math.erf", "exp": "np.exp", "exprel": "relative", "floor": "np.floor",
    "floor_divide": "whole_part", "log": "np.log", "max": "larger", "min": "smaller",
    "pow": "np.power", "remainder": "left_over", "round": "np.rint", "sign": "np.sign",
    "sin": "np.sin", "sinh": "np.sinh", "sqrt": "np.sqrt", "square": "square", "tan": "np.tan",
    "tanh": "np.tanh",
}  # fmt: skip
_WORDS = re.compile(
    r"[egr]_[A-Za-z0-9_]+|Real|if|else|and|or|not|np|math|"
    + "|".join({word.rpartition(".")[2] for word in _FUNCTIONS.values()})
)
"""What the lines of a step may hold besides mangled names."""
_TAKEN = {name: place for place, name in enumerate(CALL)}


class _Printer(ScalarPrinter):
    functions: ClassVar[Mapping[str, str]] = _FUNCTIONS

    def number(self, value: float) -> str:
        return f"Real({value!r})"

    def _show(self, node: Expr) -> str:
        if isinstance(node, Choose):
            then, other = self._show(node.then), self._show(node.other)
            return f"({then} if {self._truth(node.test)} else {other})"
        return super()._show(node)

    def _truth(self, node: Expr) -> str:
        match node:
            case Compare(op, left, right):
                return f"({self._show(left)} {op} {self._show(right)})"
            case Logic("not", (arg,)):
                return f"(not {self._truth(arg)})"
            case Logic(op, args):
                return f"({f' {op} '.join(self._truth(arg) for arg in args)})"
        raise AssertionError(node)


def source(kernel: Kernel) -> str:
    """Return the text of a kernel for Numba: ``forward`` and ``backward``, each of a ``Call`` as an
    array of whole numbers.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> slope = library().get("surrogates/atan").surrogate()
    >>> text = source(Kernel(library().get("neurons/leaky").program(), slope))
    >>> "def backward(call):" in text
    True
    """
    printed = _Text(kernel)
    bits = 32 if kernel.real == "float" else 64
    parts = [f"Real, size = np.float{bits}, {bits // 8}", "", _HELPERS]
    for name, lines in (("forward", printed.forward()), ("backward", printed.backward())):
        parts += ["@jit", f"def {name}(call):", *indent(lines, 4), ""]
    return "\n".join(parts)


class _Text:
    """Writes the two functions of one kernel."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.step = kernel.step
        self.print = _Printer(kernel.program.strict)
        self.states = list(enumerate(kernel.program.states))
        self.moving = list(enumerate(kernel.moving))
        self.inputs = list(enumerate(kernel.program.inputs))
        self.learned = list(enumerate(kernel.learned))

    # -- pieces ------------------------------------------------------------------------------------

    def _value(self, atom: Expr) -> str:
        return check(self.print.show(atom), _WORDS)

    def _lines(self, lines: Iterable[Assign]) -> list[str]:
        texts = [f"{line.target} = {self.print.show(line.value)}" for line in lines]
        return [check(text, _WORDS) for text in texts]

    def _given(self) -> list[str]:
        """Return what both functions begin with: sizes, fixed values, inputs, first states."""
        kernel = self.kernel
        lines = ["steps, columns, width = call[0], call[1], call[2]"]
        lines += [f"fixed = row({_place('fixed')}, 0, {max(1, len(kernel.fixed))})"]
        lines += [f"{name} = fixed[{i}]" for i, name in enumerate(kernel.fixed)]
        for name, each in (("strides", self.moving), ("spans", self.states)):
            lines.append(f"{name} = longs({_place(name)}, {max(1, len(each))})")
            lines += [f"{name}{i} = {name}[{i}]" for i, _ in each]
        lines += _arrays("x", "inputs", self.moving)
        lines += _arrays("b", "begin", self.states)
        return lines

    def _first(self) -> list[str]:
        lines = [f"s{i} = np.empty(width, Real)  # {name}" for i, name in self.states]
        for i, _ in self.states:
            lines.append(f"rb{i} = row(b{i}, at if spans{i} else 0, count if spans{i} else 1)")
        row = [f"s{i}[i] = rb{i}[i if spans{i} else 0]" for i, _ in self.states]
        return [*lines, *_each("i", "count", row)]

    def _needed(self, lines: Iterable[Assign], atoms: Iterable[Expr]) -> list[tuple[int, str]]:
        """Return the inputs that are read."""
        read = {name for line in lines for name in names(line.value)}
        read |= {atom.id for atom in atoms if isinstance(atom, Name)}
        return [(i, name) for i, name in self.moving if name in read]

    @staticmethod
    def _step(
        inputs: Iterable[tuple[int, str]], rows: Iterable[str], inside: Sequence[str]
    ) -> list[str]:
        """Return one step: a tile's part of each row, then the loop over it."""
        inputs = list(inputs)
        lines = [f"rx{i} = row(x{i}, t*strides{i} + at, count)" for i, _ in inputs]
        lines += [f"r{name} = {_row(name)}" for name in rows]
        return [*lines, *_each("i", "count", [*(f"{n} = rx{i}[i]" for i, n in inputs), *inside])]

    @staticmethod
    def _tiles(inside: Sequence[str]) -> list[str]:
        body = ["count = min(width, columns - at)", *inside]
        return ["for at in range(0, columns, width):", *indent(body, 4)]

    # -- forwards ----------------------------------------------------------------------------------

    def forward(self) -> list[str]:
        step = self.step
        lines = [*self._given(), f"out = {_place('out')}"]
        lines += _arrays("k", "kept", self.states)
        lines += _arrays("l", "last", self.states)
        row = [f"s_{name} = s{i}[i]" for i, name in self.states]
        row += self._lines(step.forward)
        for i, _ in self.states:
            row += [f"n{i} = {self._value(step.states[i])}", f"s{i}[i] = n{i}"]
        row.append(f"rout[i] = {self._value(step.out)}")
        inputs = self._needed(step.forward, (step.out, *step.states))
        steps = self._step(inputs, ["out"], row)
        for i, _ in self.states:  # not in the loop: it would be too many arrays for vectors
            steps += [f"if k{i}:", f"    copy({_row(f'k{i}')}, s{i}, count)"]
        inside = [
            *self._first(),
            *_each("t", "steps", steps),
            *(f"copy(row(l{i}, at, count), s{i}, count)" for i, _ in self.states),
        ]
        return [*lines, *self._tiles(inside)]

    # -- backwards ---------------------------------------------------------------------------------

    def backward(self) -> list[str]:
        lines = [*self._given(), f"gout = {_place('gout')}"]
        lines += _arrays("z", "gkept", self.states)
        lines += _arrays("y", "glast", self.states)
        lines += _arrays("d", "gbegin", self.states)
        lines += _arrays("w", "ginputs", self.inputs)
        lines += _arrays("f", "gfixed", self.learned)
        inside = [*self._first(), *self._record()]
        inside += [f"a{i} = np.zeros(width, Real)" for i, _ in self.states]
        for i, _ in self.states:
            inside += [f"if y{i}:", f"    copy(a{i}, row(y{i}, at, count), count)"]
        inside += [f"u{i} = np.zeros(width, Real)" for i, _ in self.inputs]
        inside += [f"h{i} = np.zeros(width, Real)" for i, _ in self.learned]
        inside += ["for t in range(steps - 1, -1, -1):", *indent(self._back(), 4)]
        for i, _ in self.states:
            inside += [f"if d{i}:", f"    copy(row(d{i}, at, count), a{i}, count)"]
        for i, _ in self.inputs:
            inside += [f"if w{i} and strides{i} == 0:"]
            inside += [f"    copy(row(w{i}, at, count), u{i}, count)"]
        inside += [f"copy(row(f{i}, at, count), h{i}, count)" for i, _ in self.learned]
        return [*lines, *self._tiles(inside)]

    def _record(self) -> list[str]:
        """Return the way there once more, which keeps the states before each step."""
        step = self.step
        wanted = [atom.id for atom in step.states if isinstance(atom, Name)]
        advance = needed(step.forward, wanted)
        row = [f"s_{name} = s{i}[i]" for i, name in self.states]
        row += [f"rtape{i}[i] = s_{name}" for i, name in self.states]
        row += self._lines(advance)
        row += [f"s{i}[i] = {self._value(step.states[i])}" for i, _ in self.states]
        tapes = [f"tape{i}" for i, _ in self.states]
        steps = self._step(self._needed(advance, step.states), [], row)
        return [
            *(f"{name} = np.empty((steps, width), Real)" for name in tapes),
            *_each("t", "steps", [*(f"r{name} = {name}[t]" for name in tapes), *steps]),
        ]

    def _back(self) -> list[str]:
        step = self.step
        lines = [*step.again, *step.backward]
        row = [f"s_{name} = rtape{i}[i]" for i, name in self.states]
        row.append("g_out = rgout[i] if gout else Real(0.0)")
        row += [f"g_n_{name} = a{i}[i]" for i, name in self.states]
        row += self._lines(lines)
        row += [f"a{i}[i] = {self._value(step.gradients[f's_{name}'])}" for i, name in self.states]
        for i, name in self.inputs:
            row += [f"v{i} = {self._value(step.gradients[f'x_{name}'])}"]
            row += [f"if strides{i} == 0:", f"    u{i}[i] += v{i}"]
            row += [f"elif w{i}:", f"    rw{i}[i] = v{i}"]
        row += [f"h{i}[i] += {self._value(step.gradients[name])}" for i, name in self.learned]
        before = [f"rtape{i} = tape{i}[t]" for i, _ in self.states]
        for i, _ in self.states:
            before += [f"if z{i}:", f"    add(a{i}, {_row(f'z{i}')}, count)"]
        return [
            *before,
            *(f"rw{i} = row(w{i}, t*strides{i} + at, count)" for i, _ in self.inputs),
            *self._step(self._needed(lines, step.gradients.values()), ["gout"], row),
        ]


def _place(field: str) -> str:
    return f"call[{_TAKEN[field]}]"


def _row(name: str) -> str:
    """Return the tile's part of a row of the array over time at the address `name`.

    Numba sees that no index in it is negative, which it would look for in the whole array.
    """
    return f"row({name}, t*columns + at, count)"


def _arrays(letter: str, field: str, each: Sequence[tuple[int, str]]) -> list[str]:
    """Return the lines that name the addresses in a table: 0 where there is nothing."""
    lines = [f"{field}_ = longs({_place(field)}, {max(1, len(each))})"]
    return lines + [f"{letter}{i} = {field}_[{i}]" for i, _ in each]


def _each(name: str, count: str, lines: Sequence[str]) -> list[str]:
    return [f"for {name} in range({count}):", *indent(lines or ["pass"], 4)]
