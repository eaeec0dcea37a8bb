"""One batch of learning: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikex_lab.engine import environment, optim
from spikex_lab.engine.losses import Loss
from spikex_lab.engine.measure import Place
from spikex_lab.engine.protocols import Poll
from spikex_lab.engine.rng import Streams
from spikex_lab.spec import TrainingSpec

if TYPE_CHECKING:
    import torch

LOW_MEMORY_SLICES = 4
"""Parts of a batch with ``memory: low``: one part's activations are held at a time."""


@dataclass(frozen=True)
class Learned:
    """What one batch gave."""

    loss: torch.Tensor
    scores: torch.Tensor
    activity: dict[str, torch.Tensor]
    norm: torch.Tensor | None = None


class Stepper:
    """Forward, backward and optimizer step of one batch.

    A poll may raise at any time step, or while gradients are gathered. The weights are then those
    of before, and so are buffers such as running means: `untouched` holds them until the batch is
    done.
    """

    def __init__(
        self,
        network: torch.nn.Module,
        optimizer: torch.optim.Optimizer,
        loss: Loss,
        training: TrainingSpec,
        place: Place,
        streams: Streams,
        poll: Poll,
    ) -> None:
        self.network = network
        self.optimizer = optimizer
        self._loss = loss
        self._training = training
        self._place = place
        self._streams = streams
        self._poll = poll
        self._weights = [p for group in optimizer.param_groups for p in group["params"]]
        self._slices = LOW_MEMORY_SLICES if training.memory == "low" else 1
        # In a GPU's backward pass hooks run in another thread; its batches are short anyway.
        hooked = self._weights if place.device.type == "cpu" else []
        self._handles = [w.register_post_accumulate_grad_hook(self._between) for w in hooked]
        self.untouched: dict[str, torch.Tensor] | None = None
        """The buffers as they were before the batch under way; None between batches."""

    def learn(self, x: torch.Tensor, y: torch.Tensor, lr: float, epoch: int, batch: int) -> Learned:
        """Take one optimizer step on ``x [B, …]``, ``y [B]``; if it raises, nothing has changed."""
        self.untouched = {name: b.detach().clone() for name, b in self._buffers()}
        try:
            learned = self._gradients(x, y, epoch, batch)
        except BaseException:
            self._restore()
            raise
        optim.set_rate(self.optimizer, lr)
        self.optimizer.step()
        self.untouched = None
        return learned

    def close(self) -> None:
        """Take the poll off the weights."""
        for handle in self._handles:
            handle.remove()

    def state(self) -> dict[str, torch.Tensor]:
        """Return the network's state without what a batch under way has done to it."""
        state: dict[str, Any] = dict(self.network.state_dict())
        return state | (self.untouched or {})

    def _gradients(self, x: torch.Tensor, y: torch.Tensor, epoch: int, batch: int) -> Learned:
        import torch

        self.optimizer.zero_grad(set_to_none=True)
        generator = self._streams.set("batch", epoch, batch)
        parts = list(self._forward_backward(x, y, generator))
        gradients = [w.grad for w in self._weights if w.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        if self._training.clip is not None:
            torch.nn.utils.clip_grads_with_norm_(self._weights, self._training.clip, norm)
        activity = {
            name: sum_of(part.activity[name] for part in parts) for name in parts[0].activity
        }
        loss = sum_of(part.loss for part in parts)
        scores = torch.cat([part.scores for part in parts])
        return Learned(loss, scores, activity, norm.detach())

    def _forward_backward(
        self, x: torch.Tensor, y: torch.Tensor, generator: torch.Generator
    ) -> Iterator[Learned]:
        """Yield each slice's share of the loss after its backward pass."""
        count = min(self._slices, len(y))
        for part, target in zip(x.tensor_split(count), y.tensor_split(count), strict=True):
            with environment.autocast(self._training.precision, self._place.device):
                result = self.network.run(part, generator=generator, poll=self._poll)  # type: ignore[operator]
                loss = self._loss(result, target) * (len(target) / len(y))
            loss.backward()  # type: ignore[no-untyped-call]
            activity = {name: spikes.detach() for name, spikes in result.activity.items()}
            yield Learned(loss.detach(), result.scores.detach(), activity)

    def _between(self, _weight: torch.Tensor) -> None:
        self._poll()

    def _restore(self) -> None:
        import torch

        self.optimizer.zero_grad(set_to_none=True)
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


def sum_of(tensors: Iterable[torch.Tensor]) -> torch.Tensor:
    """Return the sum of one or more tensors."""
    first, *rest = tensors
    for tensor in rest:
        first = first + tensor
    return first
