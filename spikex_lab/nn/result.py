"""What one pass through a network gives."""

from __future__ import annotations

from dataclasses import dataclass, field

from torch import Tensor


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
    activity: dict[str, Tensor] = field(default_factory=dict)
    recorded: dict[str, dict[str, Tensor]] = field(default_factory=dict)
