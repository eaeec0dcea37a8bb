"""What every learning algorithm is to the engine."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    import torch

    from spikex_lab.engine.losses import Loss
    from spikex_lab.engine.measure import Place
    from spikex_lab.engine.protocols import Poll
    from spikex_lab.spec import TrainingSpec


@dataclass(frozen=True)
class Learned:
    """What one batch gave."""

    loss: torch.Tensor
    scores: torch.Tensor
    activity: dict[str, torch.Tensor]
    norm: torch.Tensor | None = None


@dataclass(frozen=True)
class Setting:
    """What an algorithm works with; `loss` judges, and is made small where it has a gradient.

    `poll` is to be called at every time step of a loop; it may raise.
    """

    network: torch.nn.Module
    training: TrainingSpec
    loss: Loss
    place: Place
    poll: Poll


class Algorithm(ABC):
    """How a batch changes a network. `spikex_lab.engine.step.Stepper` drives it.

    `prepare` works out the change and may be broken off by its poll anywhere; it changes nothing
    that a checkpoint keeps, except buffers such as running means, which the stepper puts back.
    `apply` makes the change; it is short, polls nothing and does not fail. So a batch happens as a
    whole or not at all.
    """

    rate: float
    """The learning rate that the schedule starts from."""
    change: ClassVar[str]
    """What `Learned.norm` measures."""
    remedy: ClassVar[str]
    """What to do where numbers run away."""
    unused: ClassVar[tuple[str, ...]] = ()
    """Settings of a `TrainingSpec` that mean nothing to it."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting

    @abstractmethod
    def prepare(self, x: torch.Tensor, y: torch.Tensor, generator: torch.Generator) -> Learned:
        """Work out what ``x [B, …]``, ``y [B]`` teach."""

    @abstractmethod
    def apply(self, rate: float) -> None:
        """Make the change that was prepared, at the learning rate of now."""

    @abstractmethod
    def discard(self) -> None:
        """Forget what was prepared: the batch was broken off."""

    @abstractmethod
    def state(self) -> dict[str, Any]:
        """Return what a checkpoint keeps besides the network: tensors and plain values."""

    @abstractmethod
    def restore(self, state: dict[str, Any]) -> None:
        """Take up `state`.

        Raises
        ------
        ValueError, KeyError, TypeError : it is another algorithm's, or another network's.
        """

    def close(self) -> None:  # noqa: B027 (most have nothing to let go of)
        """Let go of the network."""
