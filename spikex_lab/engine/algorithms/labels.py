"""Which class a neuron stands for, found out from its answers while it learns."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch


class Labels:
    """Gives each neuron the class that it answered most, on average over samples of that class.

    Diehl, Cook, Front. Comput. Neurosci. 9:99, 2015, doi:10.3389/fncom.2015.00099. There it is done
    once at the end; here all along, older answers fading, so that a network can be watched while it
    learns: what it says of a batch rests on the answers before that batch.

    Parameters
    ----------
    weight : ``[K, N]`` of the voting layer; written to.
    memory : samples after which an answer counts a third (1/e).
    """

    def __init__(self, weight: torch.Tensor, memory: float) -> None:
        self._weight = weight
        self._memory = memory
        self._answers = weight.new_zeros(weight.shape)
        self._shown = weight.new_zeros(weight.shape[0])
        self._write()

    def add(self, counts: torch.Tensor, target: torch.Tensor) -> None:
        """Take in the answers ``[B, N]`` to samples of the classes ``[B]``; vote accordingly."""
        from spikex_lab.nn.readout import one_hot

        faded = math.exp(-len(target) / self._memory)
        one = one_hot(target, len(self._shown), counts)
        self._answers = self._answers * faded + one.T @ counts
        self._shown = self._shown * faded + one.sum(dim=0)
        self._write()

    def state(self) -> dict[str, Any]:
        """Return the sums."""
        return {"answers": self._answers.clone(), "shown": self._shown.clone()}

    def restore(self, state: dict[str, Any]) -> None:
        """Take up the sums."""
        for mine, name in ((self._answers, "answers"), (self._shown, "shown")):
            if state[name].shape != mine.shape:
                raise ValueError(f"{name} of another shape")
            mine.copy_(state[name])
        self._write()

    def _write(self) -> None:
        import torch

        from spikex_lab.nn.readout import one_hot

        mean = self._answers / self._shown.clamp(min=1e-12)[:, None]
        chosen = one_hot(mean.argmax(dim=0), len(mean), mean).T
        chosen = chosen * (mean.amax(dim=0) > 0)  # one that never answered has no class
        with torch.no_grad():
            self._weight.copy_(chosen / chosen.sum(dim=1, keepdim=True).clamp(min=1))
