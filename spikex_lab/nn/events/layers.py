"""Which components of the library are layers that can run on events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.nn.events import Choice, conv2d, linear

_KNOWN = ("synapses/dense", "synapses/conv2d")


def choice_for(component: Component) -> Choice | None:
    """Return the choice of a layer of that component; None: it always runs its own Python."""
    return Choice() if component.trusted and component.id in _KNOWN else None


def run(
    component: Component, params: Mapping[str, Any], x: Tensor, weights: Mapping[str, Any],
    choice: Choice,
) -> Tensor:  # fmt: skip
    """Return what the Python of such a component makes of `x` ``[N, …]``."""
    weight, bias = weights["weight"], weights.get("bias")
    if component.id == "synapses/dense":
        return linear(x, weight, bias, choice=choice)
    return conv2d(x, weight, bias, params["stride"], params["padding"], choice=choice)
