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
        before = self.untouched or {}
        return state | {name: before[name] for name in before.keys() & state.keys()}

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
        """Return what the network keeps beside its weights, by its name in the state.

        Not by asking for the whole state: that takes longer than a small network's optimizer.
        """
        return self.network.named_buffers(remove_duplicate=False)
