"""Delays as kernels over past steps, which a gradient can move.

A delay between two steps is shared between them; its derivative is the difference of what they
carry: I. Khalfaoui-Hassani, T. Pellegrini, T. Masquelier, "Dilated convolution with learnable
spacings", ICLR 2023, arXiv:2112.03740. A bell spreads it further: I. Hammouamri,
I. Khalfaoui-Hassani, T. Masquelier, ICLR 2024, arXiv:2306.17670.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def reach(delay: float, dt: float) -> int:
    """Return how many steps back a delay of up to `delay` ms looks.

    Examples
    --------
    >>> reach(2.0, 0.1)
    20
    """
    return math.ceil(delay / dt - 1e-9)


def bounded(delay: Tensor, longest: float) -> Tensor:
    """Return `delay` within 0 and `longest`; what is cut keeps its gradient, so it can come back.

    Examples
    --------
    >>> bounded(torch.tensor([-1.0, 3.0, 9.0]), 5.0).tolist()
    [0.0, 3.0, 5.0]
    """
    return delay + (delay.clamp(0, longest) - delay).detach()


def kernel(delay: Tensor, taps: int, width: float = 0.0) -> Tensor:
    """Return ``[…, taps]``: how much of what came k steps ago is heard at `delay` ``[…]`` steps.

    Parameters
    ----------
    delay : in steps, 0 to `taps` - 1; not necessarily whole. `taps` is 2 at least.
    width : deviation of a bell around it, in steps; 0: the two nearest steps share it.

    Examples
    --------
    >>> kernel(torch.tensor(1.25), 4).tolist()
    [0.0, 0.75, 0.25, 0.0]
    """
    steps = torch.arange(taps, device=delay.device)
    delay = delay.unsqueeze(-1)
    if width == 0:
        low = delay.detach().floor().clamp(max=taps - 2)  # the longest delay has a slope too
        share = delay - low
        return torch.where(steps == low, 1 - share, torch.where(steps == low + 1, share, 0.0))
    bell = torch.exp(-(((steps - delay) / width) ** 2) / 2)
    return bell / bell.sum(-1, keepdim=True)
