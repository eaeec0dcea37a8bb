"""The random numbers of components whose equations use some."""

from __future__ import annotations

import torch
from torch import Tensor

from spikex_lab.catalog import Component

_DRAWS = {"normal": torch.randn, "uniform": torch.rand}


def draw(
    component: Component, like: Tensor, generator: torch.Generator | None = None
) -> list[Tensor]:
    """Return one step's random numbers of `component`, each of the shape of `like`."""
    return [
        _DRAWS[noise.distribution](
            like.shape, generator=generator, dtype=like.dtype, device=like.device
        )
        for noise in component.spec.noise.values()
    ]


def draw_over(
    component: Component, like: Tensor, steps: int, generator: torch.Generator | None = None
) -> list[Tensor]:
    """Return the random numbers of `steps` steps like `like`, ``[T, B, …]`` each.

    They are those that as many calls of `draw` give, in the same order.
    """
    if not component.spec.noise:
        return []
    rows = [draw(component, like, generator) for _ in range(steps)]
    return [torch.stack(series) for series in zip(*rows, strict=True)]
