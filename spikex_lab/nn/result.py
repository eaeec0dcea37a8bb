"""What one pass through a network gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from torch import Tensor


class Counts(Mapping[str, Tensor]):
    """Total spikes by node, counted when they are asked for: it takes a pass over memory.

    Examples
    --------
    >>> import torch
    >>> counts = Counts()
    >>> counts.of("lif", torch.tensor([1.0, 0.0, 1.0]))
    >>> counts["lif"]
    tensor(2.)
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Tensor] = {}
        self._counted: dict[str, Tensor] = {}

    def of(self, name: str, spikes: Tensor) -> None:
        """Count `spikes`, of any shape, for node `name`, once that is asked for."""
        self._waiting[name] = spikes.detach()

    def __getitem__(self, name: str) -> Tensor:
        if name in self._waiting:
            self._counted[name] = self._waiting.pop(name).sum()
        return self._counted[name]

    def __iter__(self) -> Iterator[str]:
        return iter([*self._counted, *self._waiting])

    def __len__(self) -> int:
        return len(self._counted) + len(self._waiting)


@dataclass
class Result:
    """What `Network.run` returns.

    Attributes
    ----------
    scores : ``[B, K]``, one score per class.
    output : ``[T, B, K]``, what the output node gave at each step.
    states : ``[T, B, K]`` for each state of the output node; empty where it has none.
    activity : total number of spikes of each spiking node, over steps, batch and neurons.
    recorded : ``[T, B, …]`` for each node and quantity that was asked for.
    """

    scores: Tensor
    output: Tensor
    states: dict[str, Tensor] = field(default_factory=dict)
    activity: Mapping[str, Tensor] = field(default_factory=dict)
    recorded: dict[str, dict[str, Tensor]] = field(default_factory=dict)
