"""What losses and decoders read off an output: the membrane, and when a neuron fired first."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

MEMBRANES = ("mem", "v", "V", "u")
"""Names of the state that is the membrane, looked for in this order; else the last state."""


def membrane(result: Any) -> Tensor:
    """Return the output node's membrane ``[T, B, K]``; its output where it has no state.

    `result` is what a network's run gives (`spikex_lab.nn.Result`).
    """
    states: dict[str, Tensor] = dict(result.states)
    for name in MEMBRANES:
        if name in states:
            return states[name]
    return [*states.values()][-1] if states else result.output


def first_spike(spikes: Tensor) -> Tensor:
    """Return the step of each neuron's first spike ``[B, K]``, T where it never fired.

    `spikes` ``[T, B, K]`` holds zeros and ones. The time is written as the sum over all steps of
    the chance of not having fired yet, a product, so that a gradient reaches every step up to the
    first spike, and of those after it the ones that would become the first without it.

    Examples
    --------
    >>> first_spike(torch.tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]])[:, None]).tolist()
    [[1.0, 3.0]]
    """
    return torch.cumprod(1 - spikes, dim=0).sum(0)


def one_hot(target: Tensor, classes: int, like: Tensor) -> Tensor:
    """Return ``[B, classes]``: 1 at each label of `target` ``[B]``, else 0; of the type of `like`.

    torch's own waits for the device to look at the labels; datasets have checked them.

    Examples
    --------
    >>> one_hot(torch.tensor([1, 0]), 3, torch.zeros(1)).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]
    """
    return like.new_zeros(len(target), classes).scatter_(-1, target[:, None], 1.0)


def at_least_float32(tensor: Tensor) -> Tensor:
    """Return `tensor` in float32, or as it is where it has more digits."""
    return tensor.to(torch.promote_types(tensor.dtype, torch.float32))
