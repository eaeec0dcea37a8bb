"""Fused scans for a GPU: two Triton kernels with the loop over time inside, there and back.

Printed from the same step as the kernels for a CPU (`spikex_lab.catalog.codegen.kernel`). A program
instance takes a block of columns (one column: one neuron of one sample) through time, its states in
registers. The way back keeps nothing of the way there but the inputs: it goes through time once
more and leaves a mark, the states before it, at the first step of each segment of about the root of
all steps. Then it takes one segment after the other, the last one first: from its mark forwards,
with the states before each step on a tape, and backwards over the tape. So it needs memory for
twice the root of the steps; the tape, written and read again and again, is small enough for the
GPU's cache. Neurons that hear each other are left to the reference.

An array that is not there is None, of which Triton makes a kernel without it. Launch with
``enable_fp_fusion=False``: then what a kernel computes with + - * / and roots is the reference's,
bit for bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from spikex_lab.catalog.codegen import triton_helpers
from spikex_lab.catalog.codegen.flat import needed
from spikex_lab.catalog.codegen.kernel import Kernel
from spikex_lab.catalog.codegen.scalar import ScalarPrinter, check, indent
from spikex_lab.catalog.expr import Binary, Call, Choose, Expr, Logic, Name, Neg, Num
from spikex_lab.catalog.program import Assign

_HEAD = "import triton\nimport triton.language as tl"
_HELPERS = {
    "atan": "arctangent", "cosh": "hyperbolic_cosine", "exp": "exponential", "exprel": "relative",
    "floor_divide": "whole_part", "pow": "raised", "remainder": "left_over", "round": "nearest",
    "sinh": "hyperbolic_sine", "tan": "tangent", "tanh": "hyperbolic_tangent",
}  # fmt: skip
_OWN = {name: f"tl.{name}" for name in ("abs", "ceil", "cos", "erf", "floor", "log", "sin")}
_WORDS = re.compile(
    r"[eg]_[A-Za-z0-9_]+|r_[A-Za-z0-9_]+|tl|where|full|float32|float64|broadcast_to|block|div_rn|"
    r"sqrt_rn|sqrt|" + "|".join([*_OWN, *_HELPERS.values()])
)
"""What the lines of a step may hold besides mangled names."""


def source(kernel: Kernel) -> str:
    """Return the text of the kernels ``forward`` and ``backward``, which stands alone.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> slope = library().get("surrogates/atan").surrogate()
    >>> text = source(Kernel(library().get("neurons/leaky").program(), slope))
    >>> "def forward(" in text
    True
    """
    printed = _Text(kernel)
    code = [*printed.forward(), "", "", *printed.backward()]
    used = [_HELPERS[name] for name in printed.print.used if name in _HELPERS]
    return "\n".join([_HEAD, *triton_helpers.text(used, kernel.real), "", "", *code, ""])


class _Printer(ScalarPrinter):
    functions: ClassVar[Mapping[str, str]] = _OWN | _HELPERS

    def __init__(self, strict: bool, real: str) -> None:
        super().__init__(strict)
        self.real = real
        self.type = "tl.float32" if real == "float" else "tl.float64"

    def number(self, value: float) -> str:
        return repr(float(value))

    def line(self, line: Assign) -> str:
        """Return ``target = value``."""
        return check(f"{line.target} = {self._typed(line.value)}", _WORDS)

    def block(self, atom: Expr) -> str:
        """Return `atom` as one number for each column."""
        return check(f"tl.broadcast_to({self._typed(atom)}, [block])", _WORDS)

    def _typed(self, node: Expr) -> str:
        """Return `node`; a bare number with its type, which nothing else would say."""
        shown = self.show(node)
        return f"tl.full([], {shown}, {self.type})" if isinstance(node, Num) else shown

    def _show(self, node: Expr) -> str:
        match node:
            case Neg(arg):  # Triton's own minus is 0 - x, which makes 0 of 0
                return f"({self._inside(arg, 2)} * -1.0)"
            case Binary("/", left, right) if self.real == "float":
                return triton_helpers.quotient(self._show(left), self._show(right), self.real)
            case Choose(test, then, other):
                return self._where(self._truth(test), then, other)
            case Call("max" | "min" as function, (one, other)):
                sign = ">=" if function == "max" else "<="
                a, b = self._inside(one, 1), self._inside(other, 1)
                return self._where(f"({a} {sign} {b}) | ({a} != {a})", one, other)
            case Call("sign", (arg,)):
                x = self._inside(arg, 1)
                minus = self._where(f"{x} < 0.0", Num(-1), Num(0))
                return f"tl.where({x} > 0.0, {self._full(Num(1))}, {minus})"
            case Call("square" | "cube" as function, (arg,)):
                times = 2 if function == "square" else 3
                return f"({' * '.join([self._inside(arg, 3)] * times)})"
            case Call("sqrt", (arg,)):
                return triton_helpers.root(self._show(arg), self.real)
            case Call(function, args) if function in self.functions:
                self.used.add(function)
                return f"{self.functions[function]}({', '.join(self._full(arg) for arg in args)})"
        return super()._show(node)

    def _where(self, test: str, then: Expr, other: Expr) -> str:
        return f"tl.where({test}, {self._full(then)}, {self._full(other)})"

    def _full(self, node: Expr) -> str:
        shown = self._show(node)
        return f"tl.full([], {shown}, {self.type})" if isinstance(node, Num) else shown

    def _truth(self, node: Expr) -> str:
        match node:
            case Logic("not", (arg,)):
                return f"~({self._truth(arg)})"
            case Logic(op, args):
                sign = " & " if op == "and" else " | "
                return sign.join(f"({self._truth(arg)})" for arg in args)
        return super()._truth(node)


class _Text:
    """Writes the two kernels. ``lane`` is a column's number, ``at`` its place in an array over
    time, ``wide`` what leads from step to step."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.step = kernel.step
        self.print = _Printer(kernel.program.strict, kernel.real)
        self.states = [f"s_{name}" for name in kernel.program.states]
        self.count = len(self.states)
        self.inputs = kernel.moving
        self.wanted = [f"x_{name}" for name in kernel.program.inputs]

    # -- pieces ------------------------------------------------------------------------------------

    def _lines(self, lines: Iterable[Assign]) -> list[str]:
        return [self.print.line(line) for line in lines]

    def _given(self) -> list[str]:
        """Return the arguments that both kernels have."""
        each = [f"inputs{i}, moves{i}: tl.constexpr" for i, _ in enumerate(self.inputs)]
        own = ["ends"] if self.kernel.masked else []
        return ["fixed", *own, *each, *(f"begin{i}, span{i}" for i in range(self.count))]

    def _start(self) -> list[str]:
        lines = [
            "lane = tl.program_id(0).to(tl.int64) * block + tl.arange(0, block)",
            "there = lane < columns",
            "wide = tl.full([], columns, tl.int64)",
        ]
        lines += [f"{name} = tl.load(fixed + {i})" for i, name in enumerate(self.kernel.fixed)]
        for i, name in enumerate(self.inputs):
            lines += [f"if not moves{i}:", f"    {name} = {_load(f'inputs{i} + lane')}"]
        lines += [
            f"{name} = {_load(f'begin{i} + lane * span{i}')}" for i, name in enumerate(self.states)
        ]
        if self.kernel.masked:
            lines.append(f"stop = lane + {_load('ends + lane')}.to(tl.int64) * wide")
        return lines

    def _if_live(self, value: str, other: str) -> str:
        """Return `value` while a column's time lasts, then `other`."""
        return f"tl.where(at < stop, {value}, {other})" if self.kernel.masked else value

    def _arrive(self) -> list[str]:
        """Return what loads the inputs of a step."""
        return [
            line
            for i, name in enumerate(self.inputs)
            for line in (f"if moves{i}:", f"    {name} = {_load(f'inputs{i} + at')}")
        ]

    def _go_on(self) -> list[str]:
        """Return what puts the new states in the place of the old ones, all at once."""
        new = [
            f"new{i} = {self._if_live(self.print.block(atom), name)}"
            for i, (atom, name) in enumerate(zip(self.step.states, self.states, strict=True))
        ]
        return new + [f"{name} = new{i}" for i, name in enumerate(self.states)]

    # -- forwards ----------------------------------------------------------------------------------

    def forward(self) -> list[str]:
        """Return the kernel ``forward``."""
        row = [*self._arrive(), *self._lines(self.step.forward)]
        row.append(_store("out + at", self._if_live(self.print.block(self.step.out), "0.0")))
        row += self._go_on()
        for i, name in enumerate(self.states):
            row += _where(f"kept{i}", _store(f"kept{i} + at", name))
        body = [*self._start(), "at = lane", *_loop("steps", [*row, "at += wide"])]
        body += [_store(f"last{i} + lane", name) for i, name in enumerate(self.states)]
        more = [f"kept{i}, last{i}" for i in range(self.count)]
        return _function("forward", [*self._given(), "out", *more], ("steps",), body)

    # -- backwards ---------------------------------------------------------------------------------

    def backward(self) -> list[str]:
        """Return the kernel ``backward``."""
        zero = f"tl.full([block], 0.0, {self.print.type})"
        learned = range(len(self.kernel.learned))
        body = self._start()
        for i in range(self.count):
            body += [f"if glast{i} is not None:", f"    back{i} = {_load(f'glast{i} + lane')}"]
            body += ["else:", f"    back{i} = {zero}"]
        body += [f"total{i} = {zero}" for i, _ in enumerate(self.wanted)]
        body += [f"share{i} = {zero}" for i in learned]
        if self.count:
            body += self._in_segments(zero)
        else:
            body += ["at = lane + wide * (steps - 1)"]
            body += _loop("steps", [*self._back(zero), "at -= wide"])
        for i in range(self.count):
            body += _where(f"gbegin{i}", _store(f"gbegin{i} + lane", f"back{i}"))
        for i, _ in enumerate(self.wanted):
            body += [f"if not moves{i}:"]
            body += indent(_where(f"ginputs{i}", _store(f"ginputs{i} + lane", f"total{i}")), 4)
        body += [_store(f"gfixed{i} + lane", f"share{i}") for i in learned]
        more = [f"gkept{i}, glast{i}, gbegin{i}" for i in range(self.count)]
        more += [f"ginputs{i}" for i, _ in enumerate(self.wanted)]
        more += [f"gfixed{i}" for i in learned]
        kept = ("every", "segments") if self.count else ()
        more += ["tape"] if self.count else []
        return _function("backward", [*self._given(), "gout", *more], ("steps", *kept), body)

    def _in_segments(self, zero: str) -> list[str]:
        """Return the way through time once more, and the way back, segment by segment."""
        ends = [atom.id for atom in self.step.states if isinstance(atom, Name)]
        step = [*self._arrive(), *self._lines(needed(self.step.forward, ends)), *self._go_on()]
        step.append("at += wide")

        def keep(place: str) -> list[str]:
            return [
                _store(f"tape + {place} + wide * {i}", name) for i, name in enumerate(self.states)
            ]

        leave = [*keep("mark"), f"mark += wide * {self.count}"]
        take = [
            f"{name} = {_load(f'tape + mark + wide * {i}')}" for i, name in enumerate(self.states)
        ]
        taped = [
            f"{name} = {_load(f'tape + slot + wide * {i}')}" for i, name in enumerate(self.states)
        ]
        return [
            "at = lane",
            f"mark = lane + wide * {self.count} * every",  # the tape of a segment, then the marks
            *_loop("segments - 1", [*leave, *_loop("every", step)]),
            *leave,
            "length = steps - (segments - 1) * every",
            # what is stored in one order and read in another passes through other threads
            *_loop(
                "segments",
                [
                    f"mark -= wide * {self.count}",
                    "tl.debug_barrier()",
                    *take,
                    "slot = lane",
                    *_loop("length", [*keep("slot"), f"slot += wide * {self.count}", *step]),
                    "tl.debug_barrier()",
                    *_loop(
                        "length",
                        [
                            "at -= wide",
                            f"slot -= wide * {self.count}",
                            *taped,
                            *self._back(zero),
                        ],
                    ),
                    "length = every",
                    "at -= wide * every",
                ],
            ),
        ]

    def _back(self, zero: str) -> list[str]:
        """Return one step backwards, from the states before it."""
        gradients = self.step.gradients
        row = self._arrive()
        row += ["if gout is not None:", f"    g_out = {_load('gout + at')}"]
        row += ["else:", f"    g_out = {zero}"]
        for i, name in enumerate(self.states):
            row += [f"if gkept{i} is not None:", f"    back{i} += {_load(f'gkept{i} + at')}"]
            row.append(f"g_n_{name[2:]} = back{i}")
        row += self._lines([*self.step.again, *self.step.backward])
        for i, name in enumerate(self.states):
            value = self._if_live(self.print.block(gradients[name]), f"back{i}")
            row.append(f"back{i} = {value}")
        for i, name in enumerate(self.wanted):
            value = self._if_live(self.print.block(gradients[name]), "0.0")
            row += [f"if not moves{i}:", f"    total{i} += {value}"]
            row += [f"elif ginputs{i} is not None:", f"    {_store(f'ginputs{i} + at', value)}"]
        for i, name in enumerate(self.kernel.learned):
            value = self._if_live(self.print.block(gradients[name]), "0.0")
            row.append(f"share{i} += {value}")
        return row


def _load(place: str) -> str:
    return f"tl.load({place}, mask=there, other=0.0)"


def _store(place: str, value: str) -> str:
    return f"tl.store({place}, {value}, mask=there)"


def _where(name: str, line: str) -> list[str]:
    """Return `line` for where `name` is there."""
    return [f"if {name} is not None:", f"    {line}"]


def _loop(count: str, lines: Sequence[str]) -> list[str]:
    return [f"for _ in range({count}):", *indent(lines, 4)]


def _function(
    name: str, given: Sequence[str], lengths: Sequence[str], lines: Iterable[str]
) -> list[str]:
    """Return a kernel of `given`, and of `lengths` whose values do not make a kernel of their
    own."""
    named = ", ".join(f'"{one}"' for one in lengths)
    head = f"@triton.jit(do_not_specialize=[{named}])"
    own = ", ".join([*given, *lengths, "columns", "block: tl.constexpr"])
    return [head, f"def {name}({own}):", *indent(lines, 4)]
