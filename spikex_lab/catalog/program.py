"""The lowered form: one time step as straight-line assignments. Every value printer walks this.

Names carry a prefix that says what they are, so nothing a user writes can collide or mean anything:

==========  =====================================================================
``p_``      parameter
``k_``      part that does not change from step to step (from ``let:``)
``c_``      constant of the integrator
``s_``      state as the last step left it
``x_``      input of this step
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
from dataclasses import dataclass

from spikex_lab.catalog.expr import Expr

MANGLED = re.compile(r"(?:[pkcsxlnt]|d[1-4]|y[2-4])_[A-Za-z][A-Za-z0-9_]*|spike|spiked|out|dt|fire")
"""Every name a generated program may contain."""


@dataclass(frozen=True, slots=True)
class Assign:
    """``target = value``; `note` is the line of the component it comes from."""

    target: str
    value: Expr
    note: str = ""


@dataclass(frozen=True)
class Program:
    """One step of a component, for one choice of its variants.

    Attributes
    ----------
    parameters, inputs, states : the component's own names, in the order of the file. A refractory
        neuron has one more state, ``refractory``: the steps it still stands still.
    initial : first value of each state, of parameters and constants.
    constants : assignments made once per call.
    body : assignments of one step.
    output : the name that goes out: ``spike`` or ``out``.
    strict : the threshold test is ``>``, not ``>=``.
    """

    parameters: tuple[str, ...]
    inputs: tuple[str, ...]
    states: tuple[str, ...]
    initial: dict[str, Expr]
    constants: tuple[Assign, ...]
    body: tuple[Assign, ...]
    output: str
    strict: bool

    @property
    def spiking(self) -> bool:
        """Whether spikes (0 or 1) go out."""
        return self.output == "spike"
