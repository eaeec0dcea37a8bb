"""One pass over a split without learning: validation and evaluation share it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.engine import environment, loader
from spikex_lab.engine.losses import Loss
from spikex_lab.engine.protocols import NetworkResult, Poll
from spikex_lab.engine.rng import Streams

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Split

Order = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Place:
    """Where and how numbers are computed."""

    device: torch.device
    precision: str = "float32"

    @property
    def dtype(self) -> torch.dtype:
        """Return the dtype of inputs and weights."""
        return environment.dtype_of(self.precision)


@dataclass(frozen=True)
class Judged:
    """One batch with its answer."""

    result: NetworkResult
    target: torch.Tensor
    loss: torch.Tensor


def over(
    network: torch.nn.Module,
    split: Split,
    order: Order,
    on_batch: Callable[[Judged], None],
    *,
    batch_size: int,
    place: Place,
    loss: Loss,
    streams: Streams,
    purpose: str,
    epoch: int = 0,
    poll: Poll | None = None,
    workers: int = 0,
) -> None:
    """Hand each batch of `order` with the network's answer to `on_batch`; nothing is learned.

    Random encoders draw from the streams of `purpose`: a pass gives the same numbers each time and
    shifts nobody else's.
    """
    import torch

    read = loader.batches(
        split, order, batch_size, device=place.device, dtype=place.dtype, workers=workers
    )
    with evaluating(network), torch.no_grad(), closing(read):
        for index, (x, y) in enumerate(read):
            if poll is not None:  # a network without time does not poll itself
                poll()
            generator = streams.set(purpose, epoch, index)
            with environment.autocast(place.precision, place.device):
                result = network.run(x, generator=generator, poll=poll)  # type: ignore[operator]
                error = loss(result, y)
            on_batch(Judged(result, y, error))


@contextmanager
def evaluating(network: torch.nn.Module) -> Iterator[None]:
    """Put `network` in evaluation mode; afterwards every module is in the mode it was in."""
    modes = [(module, module.training) for module in network.modules()]
    network.eval()
    try:
        yield
    finally:
        for module, mode in modes:
            module.training = mode


def scale_of(network: torch.nn.Module) -> Mapping[str, float]:
    """Return each node's highest possible spikes per sample: its size times the steps."""
    graph = getattr(network, "graph", None)
    if graph is None:
        return {}
    return {
        name: float(math.prod(node.shape_out) * graph.steps) for name, node in graph.nodes.items()
    }
