"""How a layer of neurons moves with its own past and its input: what e-prop's traces are made of.

The derivatives are taken from the component's own rendered step, so that every neuron of the
library learns by e-prop, whatever its equations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from spikex_lab.errors import InvalidError
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.network import Network
from spikex_lab.nn.result import Result


@dataclass(frozen=True)
class Slopes:
    """One layer's derivatives at every step: ``[T, B, N]``, or one number where they never change.

    ``states[k][l]`` is that of new state k in old state l, ``inputs[k]`` in the input;
    ``before[l]`` and ``now`` are those of what is sent. None stands for 0. States on which nothing
    depends are left out; `names` are those that stay.
    """

    names: Sequence[str]
    states: Sequence[Sequence[Tensor | None]]
    inputs: Sequence[Tensor | None]
    before: Sequence[Tensor | None]
    now: Tensor | None

    def of(self, part: slice) -> Slopes:
        """Return those of some neurons, ``[T, n, B, 1]``, to be multiplied with their traces."""

        def some(slope: Tensor | None) -> Tensor | None:
            if slope is None or not slope.dim():
                return slope
            return by_neuron(slope, part)[..., None]

        return Slopes(
            self.names,
            [[some(one) for one in row] for row in self.states],
            [some(one) for one in self.inputs],
            [some(one) for one in self.before],
            some(self.now),
        )


def slopes(network: Network, name: str, result: Result) -> Slopes:
    """Return the derivatives of neurons `name` along the run `result`, which recorded them."""
    cell = cast(Cell, network.node(name))
    recorded = result.recorded[name]
    x = recorded["input"].detach().to(network.dtype, copy=True).requires_grad_()
    fixed, first = cell.begin(x[0])
    old = []
    for state, fresh in zip(cell.states, first, strict=True):
        moments = torch.cat([fresh.detach()[None], recorded[state][:-1].to(fresh)])
        old.append(moments.requires_grad_())
    with torch.enable_grad():  # one step, all moments at once: a graph one step deep
        others = cell.others(x)
        sent, *new = cell.compiled.step(cell.fire(), *fixed, *old, x, *others)
        table = [_derivatives(one, [*old, x]) for one in (*new, sent)]
    kept = _needed(table, len(old))
    return Slopes(
        [cell.states[k] for k in kept],
        [[table[k][place] for place in kept] for k in kept],
        [table[k][-1] for k in kept],
        [table[-1][place] for place in kept],
        table[-1][-1],
    )


def _derivatives(value: Tensor, leaves: Sequence[Tensor]) -> list[Tensor | None]:
    """Return each neuron's derivative of its `value` in its own `leaves`."""
    if not value.requires_grad:
        return [None] * len(leaves)
    found = torch.autograd.grad(value.sum(), leaves, retain_graph=True, allow_unused=True)
    return [None if one is None else _reduced(one) for one in found]


def _reduced(slope: Tensor) -> Tensor | None:
    """Return None for zeros, one number for a slope that is the same everywhere, or `slope`."""
    first = slope.flatten()[0]
    if not bool((slope == first).all()):
        return slope
    return first if float(first) else None


def _needed(table: Sequence[Sequence[Tensor | None]], count: int) -> list[int]:
    """Return the states on which what is sent depends, at once or by way of other states."""
    needed: set[int] = set()
    while True:
        rows = [*needed, -1]
        # a state that only remembers itself is needed by nobody
        more = {k for k in range(count) if any(table[row][k] is not None for row in rows)}
        if more <= needed:
            return sorted(needed)
        needed |= more


def constant_filter(readout: Slopes, name: str) -> None:
    """Refuse a readout that is no filter with constant factors.

    Raises
    ------
    InvalidError : one of its states depends on the old ones as they just happen to be.
    """
    factors = [*(one for row in readout.states for one in row), *readout.inputs]
    if any(one is not None and one.dim() for one in factors):
        raise InvalidError(
            f"e-prop filters what comes to the readout {name} by constant factors, and its "
            "neurons have none: a spike changes how they go on",
            where="training/algorithm",
            hint='use neurons/leaky there (reset: subtract or "none"), or bptt',
        )


def by_neuron(series: Tensor, part: slice) -> Tensor:
    """Return ``[T, n, B]`` of ``[T, B, N]``."""
    return series[:, :, part].transpose(1, 2).contiguous()
