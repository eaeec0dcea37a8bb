"""What a neuron's own past brings back to it, through the weights of its ``recurrence:``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spikex_lab.errors import InvalidError

if TYPE_CHECKING:
    from spikex_lab.nn.cell import Cell


class Recurrence:
    """Computes one input of `cell` from one of its states: ``weight @ state + bias``.

    The state is flattened for it, so that every neuron of a node reaches every other.

    Raises
    ------
    InvalidError : `like` ``[B, …]`` does not have the shape that the weights were made for.
    """

    def __init__(self, cell: Cell, like: Tensor) -> None:
        back = cell.component.spec.recurrence
        assert back is not None  # noqa: S101 (see `of`)
        if tuple(like.shape[1:]) != cell.shape:
            raise InvalidError(
                f"the recurrent weights join neurons of shape {list(cell.shape or ())}, "
                f"the input has {list(like.shape[1:])}",
                where=cell.component.id,
            )
        self._input = list(cell.component.spec.inputs).index(back.input) - 1
        self._state = cell.states.index(back.state)
        self._weight = cell.tensor(back.weight).to(like.dtype)
        self._bias = None if back.bias is None else cell.tensor(back.bias).to(like.dtype)

    @classmethod
    def of(cls, cell: Cell, like: Tensor) -> Recurrence | None:
        """Return the recurrence of `cell`; None where it has none, or its weights are not there."""
        back = cell.component.spec.recurrence
        if back is None or not cell.has_tensor(back.weight):
            return None
        return cls(cell, like)

    def into(self, others: Sequence[Tensor], states: Sequence[Tensor]) -> list[Tensor]:
        """Return the inputs besides the first with the recurrent one filled in."""
        state = states[self._state]
        flat = state.flatten(1) if state.dim() > 1 else state.reshape(-1, 1)  # one neuron
        fed = torch.nn.functional.linear(flat, self._weight, self._bias)
        result = list(others)
        result[self._input] = fed.view_as(state)
        return result
