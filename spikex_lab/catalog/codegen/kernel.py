"""Fused scans: C++ with the loop over time inside, forwards and backwards, for a CPU.

One text per program, surrogate and number type. It goes through time for a tile of columns (one
column: one neuron of one sample) at a time, so that all states stay in the first cache, a vector of
columns at a time. The way back keeps nothing of the way there but the inputs: it computes a tile's
states once more, keeps them in the second cache, and walks back over them. What the arguments mean
is said in ``scan.hpp``, which stands in front of every scan.

Plain C interface, no dependency; compile with ``-ffp-contract=off`` and never with ``-ffast-math``:
then what a kernel computes with + - * / and roots is the reference's, bit for bit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar, Literal

from spikex_lab.catalog.codegen import adjoint
from spikex_lab.catalog.codegen.scalar import ScalarPrinter, check
from spikex_lab.catalog.codegen.torch import arguments
from spikex_lab.catalog.expr import Call, Choose, Compare, Expr, Logic, Name, names
from spikex_lab.catalog.program import Assign, Program

Real = Literal["float", "double"]
_FUNCTIONS = {
    "abs": "magnitude", "atan": "arctangent", "ceil": "ceiling", "cos": "cosine",
    "cosh": "hyperbolic_cosine", "cube": "cube", "erf": "error", "exp": "exponential",
    "exprel": "relative", "floor": "floor", "floor_divide": "whole_part", "log": "logarithm",
    "max": "larger", "min": "smaller", "pow": "raised", "remainder": "left_over",
    "round": "nearest", "sign": "sign", "sin": "sine", "sinh": "hyperbolic_sine", "slope": "slope",
    "sqrt": "root", "square": "square", "tan": "tangent", "tanh": "hyperbolic_tangent",
}  # fmt: skip
CALL = (
    "steps", "columns", "tile", "threads", "stream", "surrogate", "fixed", "inputs", "strides",
    "begin", "spans", "ends", "out", "kept", "last", "gout", "gkept", "glast", "ginputs", "gbegin",
    "gfixed", "weights", "turned", "bias", "gback", "others", "failed",
)  # fmt: skip
"""The members of ``Call`` in ``scan.hpp``: six numbers, then addresses."""
_WORDS = re.compile(
    r"[egr]_[A-Za-z0-9_]+|const|auto|Real|pick|both|either|opposite|spread|"
    + "|".join(_FUNCTIONS.values())
)
"""What the lines of a step may hold besides mangled names."""


@dataclass(frozen=True)
class Recurrence:
    """What the last step brings back: `port` gets ``weights @ source + bias`` besides its input,
    or of every other neuron's source the same.

    `source` is a state by its name, or ``out``, what went out: that is then one state more behind
    the others. A sample's neurons are then a tile of their own, for each hears all.
    """

    port: str
    source: str


@dataclass(frozen=True)
class Kernel:
    """What a scan is printed from.

    Attributes
    ----------
    surrogate : the derivative of the threshold, as a program; None where nothing fires, and where
        there are `choices`.
    learned : those of `fixed` whose gradients may be wanted.
    real : the number type.
    recurrence : what comes back from the last step; None: nothing.
    masked : whether columns have lengths of their own (``Call.ends``).
    choices : surrogates of which every call names one, by its place.
    """

    program: Program
    surrogate: Program | None
    learned: tuple[str, ...] = ()
    real: Real = "float"
    recurrence: Recurrence | None = None
    masked: bool = False
    choices: tuple[Program, ...] = ()

    @property
    def step(self) -> adjoint.Step:
        """One step in elementary lines, both ways."""
        surrogate = _CHOSEN if self.choices else self.surrogate
        return adjoint.step(self.program, surrogate, self.learned)

    @property
    def fixed(self) -> tuple[str, ...]:
        """Names of ``Call.fixed``: what `step` is given besides states and inputs, and the
        surrogate's parameters (``r_…``); those of a surrogate of `choices` follow, too."""
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
    """Return the text that stands in front of every scan."""
    return text("vectors.hpp") + text("scan.hpp")


def text(name: str) -> str:
    """Return a C++ text that travels along."""
    return (files(__package__) / name).read_text("utf-8")


_CHOSEN = Program(
    parameters=(), inputs=("u",), noise=(), states=(), initial={}, constants=(),
    body=(Assign("out", Call("slope", (Name("x_u"),))),), output="out", strict=True,
)  # fmt: skip
"""A surrogate that is one of several: the text has a function ``slope`` that picks it."""


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
    return opening(kernel.real) + functions(kernel)


def opening(real: Real) -> str:
    """Return what stands in front of the `functions` of any number of kernels."""
    return f"using Real = {real};\n{prelude()}"


def functions(kernel: Kernel, ending: str = "") -> str:
    """Return the two functions of a kernel; `ending` is put to their names."""
    from spikex_lab.catalog.codegen.passes import Passes

    printed = Passes(kernel, ending)
    return "\n".join(["", *printed.forward(), "", *printed.backward(), ""])


class KernelPrinter(ScalarPrinter):
    """Writes elementary lines in vectors and numbers; what is which, the compiler knows."""

    functions: ClassVar[Mapping[str, str]] = _FUNCTIONS

    def number(self, value: float) -> str:
        """Return a literal of type ``Real``."""
        return f"Real({value!r})"

    def line(self, line: Assign) -> str:
        """Return ``const auto target = value;``."""
        return check(f"const auto {line.target} = {self.show(line.value)};", _WORDS)

    def vector(self, atom: Expr) -> str:
        """Return `atom` as a vector."""
        return check(f"spread({self.show(atom)})", _WORDS)

    def scalar(self, atom: Expr) -> str:
        """Return `atom` as one number."""
        return check(f"Real({self.show(atom)})", _WORDS)

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
