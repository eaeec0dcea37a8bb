"""Learning by gradients: a loss, its slope in every weight, an optimizer that follows it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from spikex_lab.engine import environment, optim, uncompiled
from spikex_lab.engine.algorithms.base import Algorithm, Learned, Setting
from spikex_lab.engine.algorithms.own import own_parameters

if TYPE_CHECKING:
    import torch

    from spikex_lab.engine.algorithms.plastic import Known
    from spikex_lab.spec import TrainingSpec
    from spikex_lab.spec.graph import Graph

LOW_MEMORY_SLICES = 4
"""Parts of a batch with ``memory: low`` where time cannot be cut into stretches: one part's
activations are held at a time."""


class Gradients(Algorithm):
    """Gathers gradients over a batch and takes one step of the optimizer.

    A subclass says where gradients come from: `gather`.
    """

    change = "the gradient"
    remedy = "lower training.lr, or set training.clip to 1"

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        training = setting.training
        self.params = own_parameters(training)
        self.rate = training.lr
        with uncompiled.uncompiled():
            self.optimizer = optim.build(training, setting.network.parameters())
        self._weights = [p for group in self.optimizer.param_groups for p in group["params"]]
        cut = getattr(setting.network, "chunk", None) is not None
        self._slices = LOW_MEMORY_SLICES if training.memory == "low" and not cut else 1

    @classmethod
    def check(cls, training: TrainingSpec, graph: Graph | None, known: Known) -> None:  # noqa: ARG003
        """Refuse a training that does not fit a network, before a run is made. Needs no torch.

        `graph` is None for a torch module of the user's own; `known` are the components there are.

        Raises
        ------
        InvalidError : settings of local rules, bad parameters of the algorithm.
        """
        own_parameters(training)

    @abstractmethod
    def gather(
        self, x: torch.Tensor, y: torch.Tensor, share: float, generator: torch.Generator
    ) -> Learned:
        """Add to every weight's ``grad`` what these samples ask for, times `share`.

        `share` is their part of the batch; the loss that is returned is times `share` as well.
        """

    def prepare(self, x: torch.Tensor, y: torch.Tensor, generator: torch.Generator) -> Learned:
        """Fill the weights' gradients, slice by slice, and clip them."""
        import torch

        self.discard()
        learned = self._sliced(x, y, generator)
        gradients = [laid_out(w) for w in self._weights if w.grad is not None]
        norm = torch.nn.utils.get_total_norm(gradients)
        clip = self.setting.training.clip
        if clip is not None:
            torch.nn.utils.clip_grads_with_norm_(self._weights, clip, norm)
        return replace(learned, norm=norm.detach())

    def _sliced(self, x: torch.Tensor, y: torch.Tensor, generator: torch.Generator) -> Learned:
        """Gather over the slices of a batch, of which only one's activations are held at a time."""
        import torch

        count = min(self._slices, len(y))
        if count == 1:
            return self.gather(x, y, 1.0, generator)
        slices = zip(x.tensor_split(count), y.tensor_split(count), strict=True)
        parts = [self.gather(part, z, len(z) / len(y), generator) for part, z in slices]
        activity = {
            name: sum_of(part.activity[name] for part in parts) for name in parts[0].activity
        }
        loss = sum_of(part.loss for part in parts)
        return Learned(loss, torch.cat([part.scores for part in parts]), activity)

    def apply(self, rate: float) -> None:
        """Take the optimizer's step."""
        optim.set_rate(self.optimizer, rate)
        uncompiled.step(self.optimizer)

    def discard(self) -> None:
        """Drop the gradients."""
        for weight in self._weights:
            weight.grad = None

    def state(self) -> dict[str, Any]:
        """Return the optimizer's state."""
        with uncompiled.uncompiled():
            return self.optimizer.state_dict()

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the optimizer's state."""
        with uncompiled.uncompiled():
            self.optimizer.load_state_dict(state)


class BPTT(Gradients):
    """Backpropagation through time with surrogate gradients (``learning/bptt``).

    Neftci, Mostafa, Zenke, IEEE Signal Process. Mag. 36(6), 2019, doi:10.1109/MSP.2019.2931595.
    """

    def __init__(self, setting: Setting) -> None:
        super().__init__(setting)
        # In a GPU's backward pass hooks run in another thread; its batches are short anyway.
        hooked = self._weights if setting.place.device.type == "cpu" else []
        self._handles = [w.register_post_accumulate_grad_hook(self._between) for w in hooked]

    def gather(
        self, x: torch.Tensor, y: torch.Tensor, share: float, generator: torch.Generator
    ) -> Learned:
        """Run forward and backward."""
        setting = self.setting
        with environment.autocast(setting.training.precision, setting.place.device):
            result = setting.network.run(x, generator=generator, poll=setting.poll)  # type: ignore[operator]
            loss = setting.loss(result, y) * share
        activity = {name: spikes.detach() for name, spikes in result.activity.items()}
        loss.backward()  # type: ignore[no-untyped-call]
        return Learned(loss.detach(), result.scores.detach(), activity)

    def close(self) -> None:
        """Take the poll off the weights."""
        for handle in self._handles:
            handle.remove()

    def _between(self, _weight: torch.Tensor) -> None:
        self.setting.poll()


def laid_out(weight: torch.Tensor) -> torch.Tensor:
    """Return the gradient of `weight`, made to lie in memory as the weight does.

    A fused optimizer on the CPU walks both in one line and would mix up a transposed one.
    """
    gradient = weight.grad
    assert gradient is not None  # noqa: S101 (the caller has looked)
    if gradient.stride() != weight.stride():
        gradient = weight.grad = weight.new_empty_strided(weight.shape, weight.stride()).copy_(
            gradient
        )
    return gradient


def sum_of(tensors: Iterable[torch.Tensor]) -> torch.Tensor:
    """Return the sum of one or more tensors."""
    first, *rest = tensors
    for tensor in rest:
        first = first + tensor
    return first
