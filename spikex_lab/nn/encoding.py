"""What encoders share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


def spikes(relation: Callable[..., Any], a: Tensor, b: Tensor, out: Tensor | None = None) -> Tensor:
    """Return 1.0 where ``relation(a, b)`` holds (``torch.eq``, ``torch.lt``), else 0.0.

    Written as numbers at once: by way of booleans it takes several times as long. As anywhere, no
    gradient comes back through a comparison.

    Parameters
    ----------
    out : where to write; may be `a` or `b`.

    Examples
    --------
    >>> spikes(torch.lt, torch.tensor([0.2, 0.7]), torch.tensor(0.5)).tolist()
    [1.0, 0.0]
    """
    with torch.no_grad():
        if out is None:
            shape = torch.broadcast_shapes(a.shape, b.shape)  # type: ignore[no-untyped-call]
            out = a.new_empty(shape)
        relation(a, b, out=out)
    return out
