"""Counts synaptic operations: what a spiking chip would do, and what a dense one has to."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.engine import environment
from spikex_lab.engine.measure import Place, evaluating
from spikex_lab.engine.protocols import Poll
from spikex_lab.engine.rng import Streams

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Split


@dataclass(frozen=True)
class Operations:
    """Operations per sample; None where the network has no weights of the kind."""

    synops: float | None
    macs: float | None


def count(
    network: torch.nn.Module,
    split: Split,
    samples: int,
    place: Place,
    streams: Streams,
    poll: Poll | None = None,
) -> Operations:
    """Return the mean operations of a sample, over the first `samples` of `split`.

    A spike at the input of a weight layer costs one synaptic operation for each output that it
    reaches (convolutions: the border's missing ones are left out of account, so this is an upper
    bound). A layer whose input is not made of zeros and ones costs its full multiply-accumulates.
    """
    import torch

    events: list[tuple[bool, float]] = []

    def watch(module: torch.nn.Module, inputs: tuple[Any, ...]) -> None:
        weight = getattr(module, "weight", None)
        x = inputs[0] if inputs else None
        if not isinstance(x, torch.Tensor) or not isinstance(weight, torch.Tensor):
            return
        if weight.ndim not in (2, 4):
            return
        fan = _fan_out(module, weight)
        binary = bool(((x == 0) | (x == 1)).all())
        active = float(x.count_nonzero()) if binary else float(x.numel())
        events.append((binary, active * fan))

    handles = [module.register_forward_pre_hook(watch) for module in network.modules()]
    n = min(samples, len(split.y))
    try:
        with (
            evaluating(network),
            torch.no_grad(),
            environment.autocast(place.precision, place.device),
        ):
            x, _ = split.batch(np.arange(n))
            batch = torch.from_numpy(np.ascontiguousarray(x)).to(place.device, place.dtype)
            network.run(batch, generator=streams.set("operations"), poll=poll)  # type: ignore[operator]
    finally:
        for handle in handles:
            handle.remove()
    return Operations(_mean(events, n, lambda b: b), _mean(events, n, lambda b: not b))


def _fan_out(module: torch.nn.Module, weight: torch.Tensor) -> float:
    """Return how many outputs one input of the layer reaches."""
    if weight.ndim == 2:
        return float(weight.shape[0])
    given: Any = getattr(module, "params", {})
    stride: Any = given.get("stride") or getattr(module, "stride", 1)
    area = math.prod(stride) if isinstance(stride, tuple) else int(stride) ** 2
    groups = int(getattr(module, "groups", 1) or 1)
    return weight.shape[0] / groups * weight.shape[2] * weight.shape[3] / area


def _mean(
    events: list[tuple[bool, float]], samples: int, wanted: Callable[[bool], bool]
) -> float | None:
    kept = [amount for binary, amount in events if wanted(binary)]
    return sum(kept) / samples if kept else None
