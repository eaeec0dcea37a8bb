"""One batch of learning: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from spikex_lab.engine.algorithms import Algorithm, Learned
from spikex_lab.engine.rng import Streams

if TYPE_CHECKING:
    import torch


class Stepper:
    """Drives an algorithm through one batch after the other.

    A poll may raise at any time step, or while gradients are gathered. The weights are then those
    of before, and so are buffers such as running means: `untouched` holds them until the batch is
    done.
    """

    def __init__(self, network: torch.nn.Module, algorithm: Algorithm, streams: Streams) -> None:
        self.network = network
        self.algorithm = algorithm
        self._streams = streams
        self.untouched: dict[str, torch.Tensor] | None = None
        """The buffers as they were before the batch under way; None between batches."""

    def learn(self, x: torch.Tensor, y: torch.Tensor, lr: float, epoch: int, batch: int) -> Learned:
        """Learn from ``x [B, …]``, ``y [B]``; if it raises, nothing has changed."""
        self.untouched = {name: b.detach().clone() for name, b in self._buffers()}
        try:
            generator = self._streams.set("batch", epoch, batch)
            learned = self.algorithm.prepare(x, y, generator)
        except BaseException:
            self._restore()
            raise
        self.algorithm.apply(lr)
        self.untouched = None
        return learned

    def close(self) -> None:
        """Let go of the network."""
        self.algorithm.close()

    def state(self) -> dict[str, torch.Tensor]:
        """Return the network's state without what a batch under way has done to it."""
        state: dict[str, Any] = dict(self.network.state_dict())
        return state | (self.untouched or {})

    def _restore(self) -> None:
        import torch

        self.algorithm.discard()
        before = self.untouched or {}
        with torch.no_grad():
            for name, buffer in self._buffers():
                if name in before and buffer.shape == before[name].shape:
                    buffer.copy_(before[name])
        self.untouched = None

    def _buffers(self) -> Iterator[tuple[str, torch.Tensor]]:
        """Yield what the network keeps beside its weights, by its name in the state."""
        from torch.nn import Parameter

        for name, value in self.network.state_dict(keep_vars=True).items():
            if not isinstance(value, Parameter):
                yield name, value
