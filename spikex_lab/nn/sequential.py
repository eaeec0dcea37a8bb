"""Layers one after the other over ``[T, B, …]``."""

from __future__ import annotations

import torch
from torch import Tensor

from spikex_lab.nn.cell import Cell


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
        steps = x.shape[0]
        for module in self:
            if isinstance(module, (Cell, Sequential)):
                x = module(x)
            else:
                x = module(x.flatten(0, 1)).unflatten(0, (steps, -1))
        return x
