"""Layers one after the other over ``[T, B, …]``."""

from __future__ import annotations

import torch
from torch import Tensor

from spikex_lab.nn.cell import Cell
from spikex_lab.nn.events.layers import whole


class Sequential(torch.nn.Sequential):
    """Like ``torch.nn.Sequential``, for inputs ``[T, B, …]``.

    Neurons scan over time; every other module sees time folded into the batch, so that
    convolutions, pooling and batch norm work unchanged.

    Examples
    --------
    >>> from spikex_lab.nn import Neuron
    >>> net = Sequential(torch.nn.Conv2d(1, 4, 3), Neuron("leaky"), torch.nn.Flatten())
    >>> net(torch.rand(5, 2, 1, 8, 8)).shape
    torch.Size([5, 2, 144])
    """

    def forward(self, x: Tensor) -> Tensor:
        """Return ``[T, B, …]`` for `x` ``[T, B, …]``."""
        for module in self:
            x = module(x) if isinstance(module, (Cell, Sequential)) else whole(module, x)
        return x
