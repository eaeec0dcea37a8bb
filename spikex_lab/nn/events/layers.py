"""Which components of the library are layers that can run on events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.nn.events import Choice, conv2d, linear
from spikex_lab.nn.layout import channels_last

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
    lying = channels_last(weight)
    return conv2d(x, lying, bias, params["stride"], params["padding"], choice=choice)


def whole(module: torch.nn.Module, x: Tensor) -> Tensor:
    """Return what a module of torch's makes of `x` ``[T, B, …]``, time folded into the batch.

    A plain ``torch.nn.Linear`` runs as a layer of the library does: on events, where few fired.
    """
    folded = x.flatten(0, 1)
    plain = type(module) is torch.nn.Linear and not _hooked(module)
    if plain and folded.dim() == 2:
        assert isinstance(module, torch.nn.Linear)  # noqa: S101 (said above)
        out = linear(folded, module.weight, module.bias)
    else:
        out = module(folded)
    return torch.unflatten(out, 0, (x.shape[0], -1))


def _hooked(module: torch.nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks or module._backward_hooks)
