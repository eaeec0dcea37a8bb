"""The lowered form: one time step as straight-line assignments. Every value printer walks this.

Names carry a prefix that says what they are, so nothing a user writes can collide or mean anything:

==========  =====================================================================
``p_``      parameter
``k_``      part that does not change from step to step (from ``let:``)
``c_``      constant of the integrator
``s_``      state as the last step left it
``x_``      input of this step
``z_``      random number of this step
``l_``      part that changes (from ``let:``)
``n_``      new state
``d1_`` …   slopes, ``y2_`` … intermediate states of the integrator; ``t_`` other temporaries
==========  =====================================================================

Besides those: ``spike``, ``spiked``, ``out``, ``dt``. Two functions exist only here:
``fire(u[, scale])`` is 1 where ``u > 0`` (``u >= 0`` unless the program is `strict`) with the
surrogate as its derivative; ``hit(u)`` is the same without any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from spikex_lab.catalog.expr import Expr

MANGLED = re.compile(
    r"(?:[pkcsxzlnt]|d[1-4]|y[2-4])_[A-Za-z][A-Za-z0-9_]*|spike|spiked|out|dt|fire"
)
"""Every name a generated program may contain."""


@dataclass(frozen=True, slots=True)
class Assign:
    """``target = value``; `note` is the line of the component it comes from."""

    target: str
    value: Expr
    note: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The name that gets a value."""
        return (self.target,)

    @property
    def trees(self) -> tuple[Expr, ...]:
        """The expression."""
        return (self.value,)


@dataclass(frozen=True, slots=True)
class Propagator:
    """Elements of ``M = exp(dt*[[A, 1], [0, 0]])``: the exact step of ``x' = A x + b``, b constant.

    `rates` is A, row by row (n × n). Each of `elements` is (name, row, column) of M (2n × 2n). In
    the first n columns of the first n rows stands exp(A dt), in the others its integral from 0 to
    dt, which multiplies b.
    """

    elements: tuple[tuple[str, int, int], ...]
    rates: tuple[tuple[Expr, ...], ...]
    note: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The names that get a value."""
        return tuple(name for name, _, _ in self.elements)

    @property
    def trees(self) -> tuple[Expr, ...]:
        """The expressions: A, row by row."""
        return tuple(rate for row in self.rates for rate in row)


@dataclass(frozen=True)
class Program:
    """One step of a component, for one choice of its variants.

    Attributes
    ----------
    parameters, inputs, states : the component's own names, in the order of the file. A refractory
        neuron has one more state, ``refractory``: the steps it still stands still.
    initial : first value of each state, of parameters and constants.
    noise : names of the random numbers that each step draws anew; the last inputs of a step.
    constants : assignments made once per call.
    body : assignments of one step.
    output : the name that goes out: ``spike`` or ``out``.
    strict : the threshold test is ``>``, not ``>=``.
    """

    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    noise: tuple[str, ...]
    states: tuple[str, ...]
    initial: dict[str, Expr]
    constants: tuple[Assign | Propagator, ...]
    body: tuple[Assign, ...]
    output: str
    strict: bool

    def trees(self) -> Iterator[Expr]:
        """Yield every expression of the program."""
        for line in (*self.constants, *self.body):
            yield from line.trees
        yield from self.initial.values()

    @property
    def spiking(self) -> bool:
        """Whether spikes (0 or 1) go out."""
        return self.output == "spike"
