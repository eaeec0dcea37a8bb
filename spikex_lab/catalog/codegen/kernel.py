"""Fused scans: C++ with the loop over time inside, forwards and backwards, for a CPU.

One text per program, surrogate and number type. It goes through time for a tile of columns (one
column: one neuron of one sample) at a time, so that all states stay in the first cache, a vector of
columns at a time. The way back keeps nothing of the way there but the inputs: it computes a tile's
states once more, keeps them in the second cache, and walks back over them. What the arguments mean
is said in ``scan.hpp``, which stands in front of every kernel.

Plain C interface, no dependency; compile with ``-ffp-contract=off`` and never with ``-ffast-math``:
then what a kernel computes with + - * / and roots is the reference's, bit for bit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar, Literal

from spikex_lab.catalog.codegen import adjoint
from spikex_lab.catalog.codegen.flat import needed
from spikex_lab.catalog.codegen.scalar import ScalarPrinter, check, indent
from spikex_lab.catalog.codegen.torch import arguments
from spikex_lab.catalog.expr import Choose, Compare, Expr, Logic, Name, names
from spikex_lab.catalog.program import Assign, Program

Real = Literal["float", "double"]
_FUNCTIONS = {
    "abs": "magnitude", "atan": "arctangent", "ceil": "ceiling", "cos": "cosine",
    "cosh": "hyperbolic_cosine", "cube": "cube", "erf": "error", "exp": "exponential",
    "exprel": "relative", "floor": "floor", "floor_divide": "whole_part", "log": "logarithm",
    "max": "larger", "min": "smaller", "pow": "raised", "remainder": "left_over",
    "round": "nearest", "sign": "sign", "sin": "sine", "sinh": "hyperbolic_sine", "sqrt": "root",
    "square": "square", "tan": "tangent", "tanh": "hyperbolic_tangent",
}  # fmt: skip
_WORDS = re.compile(
    r"[egr]_[A-Za-z0-9_]+|const|auto|Real|pick|both|either|opposite|spread|"
    + "|".join(_FUNCTIONS.values())
)
"""What the lines of a step may hold besides mangled names."""


@dataclass(frozen=True)
class Kernel:
    """What a scan is printed from.

    Attributes
    ----------
    surrogate : the derivative of the threshold, as a program; None where nothing fires.
    learned : those of `fixed` whose gradients are wanted.
    real : the number type.
    """

    program: Program
    surrogate: Program | None
    learned: tuple[str, ...] = ()
    real: Real = "float"

    @property
    def step(self) -> adjoint.Step:
        """One step in elementary lines, both ways."""
        return adjoint.step(self.program, self.surrogate, self.learned)

    @property
    def fixed(self) -> tuple[str, ...]:
        """Names of ``Call.fixed``: what `step` is given besides states and inputs, and the
        surrogate's parameters (``r_…``)."""
        program = self.program
        moving = len(program.states) + len(program.inputs) + len(program.noise)
        own = arguments(program)[:-moving]
        rest = [] if self.surrogate is None else [f"r_{one}" for one in self.surrogate.parameters]
        return (*own, *rest)

    @property
    def moving(self) -> tuple[str, ...]:
        """Names of ``Call.inputs``."""
        program = self.program
        return (*(f"x_{name}" for name in program.inputs), *(f"z_{name}" for name in program.noise))


@cache
def prelude() -> str:
    """Return the text that stands in front of every kernel."""
    return (files(__package__) / "scan.hpp").read_text("utf-8")


def source(kernel: Kernel) -> str:
    """Return the whole text of a kernel: ``forward`` and ``backward``, each of a ``Call``.

    Examples
    --------
    >>> from spikex_lab.catalog import library
    >>> slope = library().get("surrogates/atan").surrogate()
    >>> text = source(Kernel(library().get("neurons/leaky").program(), slope))
    >>> 'extern "C" void forward' in text
    True
    """
    printed = _Text(kernel)
    code = "\n".join(["", *printed.forward(), "", *printed.backward(), ""])
    return f"using Real = {kernel.real};\n{prelude()}{code}"


class _Printer(ScalarPrinter):
    functions: ClassVar[Mapping[str, str]] = _FUNCTIONS

    def number(self, value: float) -> str:
        return f"Real({value!r})"

    def _show(self, node: Expr) -> str:
        if isinstance(node, Choose):
            parts = (self._truth(node.test), self._show(node.then), self._show(node.other))
            return f"pick({', '.join(parts)})"
        return super()._show(node)

    def _truth(self, node: Expr) -> str:
        match node:
            case Compare(op, left, right) if not names(left) and names(right):
                return self._truth(Compare(_TURNED[op], right, left))
            case Logic("not", (arg,)):
                return f"opposite({self._truth(arg)})"
            case Logic(op, args):
                text = self._truth(args[0])
                for arg in args[1:]:
                    text = f"{'both' if op == 'and' else 'either'}({text}, {self._truth(arg)})"
                return text
        return super()._truth(node)


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}


class _Text:
    """Writes the two functions of one kernel."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.step = kernel.step
        self.print = _Printer(kernel.program.strict)
        self.states = kernel.program.states
        self.count = range(len(self.states))

    # -- pieces ------------------------------------------------------------------------------------

    def _lines(self, lines: Iterable[Assign]) -> list[str]:
        texts = [f"const auto {line.target} = {self.print.show(line.value)};" for line in lines]
        return [check(text, _WORDS) for text in texts]

    def _vector(self, atom: Expr) -> str:
        return check(f"spread({self.print.show(atom)})", _WORDS)

    def _fixed(self) -> list[str]:
        read = self._read([*self.step.forward, *self.step.again, *self.step.backward])
        read |= self._atoms()
        return [
            f"const Real {name} = call->fixed[{place}];"
            for place, name in enumerate(self.kernel.fixed)
            if name in read
        ]

    def _atoms(self) -> set[str]:
        step = self.step
        atoms = (step.out, *step.states, *step.gradients.values())
        return {atom.id for atom in atoms if isinstance(atom, Name)}

    @staticmethod
    def _read(lines: Iterable[Assign]) -> set[str]:
        return {name for line in lines for name in names(line.value)}

    def _inputs(self, lines: Sequence[Assign], extra: Iterable[Expr] = ()) -> list[tuple[int, str]]:
        """Return the place and name of each input that `lines` read."""
        read = self._read(lines) | {atom.id for atom in extra if isinstance(atom, Name)}
        return [(i, name) for i, name in enumerate(self.kernel.moving) if name in read]

    @staticmethod
    def _rows(inputs: Iterable[tuple[int, str]]) -> list[str]:
        return [
            f"const Real* x{i} = tile.read(call->inputs[{i}] + t*call->strides[{i}], x{i}buffer);"
            for i, _ in inputs
        ]

    @staticmethod
    def _loads(inputs: Iterable[tuple[int, str]]) -> list[str]:
        return [f"const Vector {name} = get(x{i} + i);" for i, name in inputs]

    def _loop(
        self, arrays: Iterable[str], inside: Iterable[str], memory: bool = False
    ) -> list[str]:
        """Return the loop over tiles, shared out among the threads; `arrays` are a tile wide."""
        lines = [f"alignas(64) Real {name}[widest];" for name in arrays]
        body = ["const Tile tile(*call, index);", *lines, *inside]
        head = "#pragma omp parallel num_threads(call->threads)"
        share = "#pragma omp for schedule(static)"
        loop = [share, "for (long index = 0; index < tiles; ++index) {", *indent(body, 4), "}"]
        if memory:
            width = f"call->steps*{len(self.states)}*call->tile"
            loop = [
                "Real* tape = static_cast<Real*>(std::aligned_alloc(64, "
                f"static_cast<std::size_t>({width})*sizeof(Real)));",
                *loop,
                "std::free(tape);",
            ]
        return [
            "const long tiles = (call->columns + call->tile - 1)/call->tile;",
            head,
            "{",
            *indent([*loop, "settle();"], 4),
            "}",
        ]

    def _first(self) -> list[str]:
        return [
            f"tile.first(s{i}, call->begin[{i}], call->spans[{i}]);  // {name}"
            for i, name in enumerate(self.states)
        ]

    # -- forwards ----------------------------------------------------------------------------------

    def forward(self) -> list[str]:
        step = self.step
        inputs = self._inputs(step.forward, (step.out, *step.states))
        row = [f"const Vector s_{name} = get(s{i} + i);" for i, name in enumerate(self.states)]
        row += [*self._loads(inputs), *self._lines(step.forward)]
        row += [f"const Vector n{i} = {self._vector(atom)};" for i, atom in enumerate(step.states)]
        row += [f"put(s{i} + i, n{i});" for i in self.count]
        row += [
            line
            for i in self.count
            for line in (f"if (k{i} != nullptr) {{", f"    put(k{i} + i, n{i}, call->stream);", "}")
        ]
        row.append(f"put(out + i, {self._vector(step.out)}, call->stream);")
        time = [*self._rows(inputs)]
        time.append("Real* out = tile.write(call->out + t*call->columns, outbuffer);")
        for i in self.count:
            time += [
                f"Real* k{i}row = call->kept[{i}];",
                f"k{i}row = k{i}row == nullptr ? nullptr : k{i}row + t*call->columns;",
                f"Real* k{i} = k{i}row == nullptr ? nullptr : tile.write(k{i}row, k{i}buffer);",
            ]
        time += ["for (long i = 0; i < tile.padded; i += lanes) {", *indent(row, 4), "}"]
        time.append("tile.done(call->out + t*call->columns, outbuffer);")
        for i in self.count:
            time += [f"if (k{i} != nullptr) {{", f"    tile.done(k{i}row, k{i}buffer);", "}"]
        inside = [
            *self._first(),
            "for (long t = 0; t < call->steps; ++t) {",
            *indent(time, 4),
            "}",
            *(f"tile.finish(call->last[{i}], s{i});" for i in self.count),
        ]
        arrays = [
            *(f"s{i}" for i in self.count),
            *(f"x{i}buffer" for i, _ in inputs),
            *(f"k{i}buffer" for i in self.count),
            "outbuffer",
        ]
        return _function("forward", [*self._fixed(), *self._loop(arrays, inside)])

    # -- backwards ---------------------------------------------------------------------------------

    def backward(self) -> list[str]:
        step, count = self.step, len(self.states)
        gradients = step.gradients
        wanted = list(enumerate(self.kernel.program.inputs))
        advance = needed(step.forward, [atom.id for atom in step.states if isinstance(atom, Name)])
        before = self._inputs(advance, step.states)
        lines = [*step.again, *step.backward]
        inputs = self._inputs(lines, gradients.values())
        arrays = [f"x{i}buffer" for i in sorted({i for i, _ in (*before, *inputs)})]
        arrays += [f"{letter}{i}" for letter in "sa" for i in self.count]
        arrays += [f"g{i}buffer" for i, _ in wanted] + [f"u{i}" for i, _ in wanted]
        arrays += [f"f{i}" for i, _ in enumerate(self.kernel.learned)]
        arrays += [f"z{i}buffer" for i in self.count] + ["gbuffer"]
        inside = [*self._first()]
        if count:
            row = [f"const Vector s_{name} = get(s{i} + i);" for i, name in enumerate(self.states)]
            row += [f"put(tape + (t*{count} + {i})*call->tile + i, s_{name});"
                    for i, name in enumerate(self.states)]  # fmt: skip
            row += [*self._loads(before), *self._lines(advance)]
            row += [f"put(s{i} + i, {self._vector(atom)});" for i, atom in enumerate(step.states)]
            inside += [
                "for (long t = 0; t < call->steps; ++t) {",
                *indent(self._rows(before), 4),
                "    for (long i = 0; i < tile.padded; i += lanes) {",
                *indent(row, 8),
                "    }",
                "}",
            ]
        inside += [f"tile.start(a{i}, call->glast[{i}]);" for i in self.count]
        inside += [f"tile.start(u{i}, nullptr);" for i, _ in wanted]
        inside += [f"tile.start(f{i}, nullptr);" for i, _ in enumerate(self.kernel.learned)]
        inside += [
            "for (long t = call->steps - 1; t >= 0; --t) {",
            *indent(self._back_in_time(inputs, wanted), 4),
            "}",
        ]
        inside += [f"tile.finish(call->gbegin[{i}], a{i});" for i in self.count]
        for i, _ in wanted:
            inside += [f"if (call->strides[{i}] == 0) {{"]
            inside += [f"    tile.finish(call->ginputs[{i}], u{i});", "}"]
        inside += [
            f"tile.finish(call->gfixed[{i}], f{i});" for i, _ in enumerate(self.kernel.learned)
        ]
        return _function(
            "backward", [*self._fixed(), *self._loop(arrays, inside, memory=count > 0)]
        )

    def _back_in_time(
        self, inputs: list[tuple[int, str]], wanted: list[tuple[int, str]]
    ) -> list[str]:
        step, count = self.step, len(self.states)
        time = self._rows(inputs)
        time += _given("gout", "call->gout", "gbuffer")
        for i in self.count:
            time += _given(f"z{i}", f"call->gkept[{i}]", f"z{i}buffer")
        for i, _ in wanted:
            time += [
                f"Real* g{i}row = call->strides[{i}] == 0 ? nullptr : call->ginputs[{i}];",
                f"g{i}row = g{i}row == nullptr ? nullptr : g{i}row + t*call->columns;",
                f"Real* g{i} = g{i}row == nullptr ? nullptr : tile.write(g{i}row, g{i}buffer);",
            ]
        row = [
            f"const Vector s_{name} = get(tape + (t*{count} + {i})*call->tile + i);"
            for i, name in enumerate(self.states)
        ]
        row += self._loads(inputs)
        row.append("const Vector g_out = gout == nullptr ? Vector{} : get(gout + i);")
        for i, name in enumerate(self.states):
            row.append(
                f"const Vector g_n_{name} = "
                f"z{i} == nullptr ? get(a{i} + i) : get(a{i} + i) + get(z{i} + i);"
            )
        row += self._lines([*step.again, *step.backward])
        gradients = step.gradients
        row += [
            f"put(a{i} + i, {self._vector(gradients[f's_{name}'])});"
            for i, name in enumerate(self.states)
        ]
        for i, name in wanted:
            row += [
                f"const Vector t{i} = {self._vector(gradients[f'x_{name}'])};",
                f"if (g{i} != nullptr) {{",
                f"    put(g{i} + i, t{i}, call->stream);",
                f"}} else if (call->strides[{i}] == 0) {{",
                f"    put(u{i} + i, get(u{i} + i) + t{i});",
                "}",
            ]
        row += [
            f"put(f{i} + i, get(f{i} + i) + {self._vector(gradients[name])});"
            for i, name in enumerate(self.kernel.learned)
        ]
        time += ["for (long i = 0; i < tile.padded; i += lanes) {", *indent(row, 4), "}"]
        for i, _ in wanted:
            time += [f"if (g{i} != nullptr) {{", f"    tile.done(g{i}row, g{i}buffer);", "}"]
        return time


def _given(name: str, start: str, buffer: str) -> list[str]:
    """Return the row of a gradient that may not be there."""
    there = f"tile.read({start} + t*call->columns, {buffer})"
    return [f"const Real* {name} = {start} == nullptr ? nullptr : {there};"]


def _function(name: str, lines: Iterable[str]) -> list[str]:
    return [f'extern "C" void {name}(const Call* call) {{', *indent(lines, 4), "}"]
