"""Running sums of an epoch, kept on the device: no waiting for it except when an event is due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_FIXED = 3
"""Loss, correct answers and gradient norm come before the nodes' spikes."""


@dataclass(frozen=True)
class _Sums:
    values: list[float]
    samples: int
    batches: int

    def minus(self, other: _Sums) -> _Sums:
        old = other.values or [0.0] * len(self.values)
        values = [a - b for a, b in zip(self.values, old, strict=True)]
        return _Sums(values, self.samples - other.samples, self.batches - other.batches)


_NOTHING = _Sums([], 0, 0)


class Tally:
    """Sums of loss, correct answers, gradient norms, samples and spikes per node.

    Parameters
    ----------
    scale : what to divide a node's spikes per sample by: its size times the steps, so that a rate
        is spikes per neuron and step; a node not named in it is told in spikes per sample.
    """

    def __init__(self, device: torch.device, scale: Mapping[str, float]) -> None:
        import torch

        # Apple's GPU has no float64
        self._dtype = torch.float32 if device.type == "mps" else torch.float64
        self._device = device
        self._scale = dict(scale)
        self.clear()

    def clear(self) -> None:
        """Start a new epoch."""
        self._names: list[str] = []
        self._sums: torch.Tensor | None = None
        self._samples = 0
        self._batches = 0
        self._seen = _NOTHING

    def add(
        self,
        *,
        loss: torch.Tensor,
        scores: torch.Tensor,
        target: torch.Tensor,
        activity: Mapping[str, torch.Tensor],
        norm: torch.Tensor | None = None,
    ) -> None:
        """Add one batch.

        Parameters
        ----------
        loss : the mean over the batch.
        scores, target : ``[B, K]`` and ``[B]``.
        activity : total spikes of each spiking node.
        norm : the gradient's norm, where there is one.
        """
        import torch

        with torch.no_grad():
            self._names = self._names or sorted(activity)
            correct = (scores.argmax(dim=1) == target).sum()
            gradient = torch.zeros_like(loss) if norm is None else norm
            # stacked in the widest type among them, then widened once: the same digits as one by
            # one, in a third of the calls
            row = [loss * len(target), correct, gradient, *map(activity.__getitem__, self._names)]
            values = torch.stack(row)
            if self._sums is None:
                self._sums = values.to(self._dtype)
            else:
                self._sums += values
        self._samples += len(target)
        self._batches += 1

    def finite(self) -> bool:
        """Tell whether every loss and gradient norm so far was finite (waits for the device)."""
        return self._sums is None or bool(self._sums[[0, 2]].isfinite().all())

    def figures(self) -> dict[str, Any]:
        """Return the epoch's means so far (waits for the device)."""
        return self._means(self._read())

    def window(self) -> dict[str, Any]:
        """Return the means since the last call, and the epoch's accuracy (waits for the device)."""
        sums = self._read()
        recent = self._means(sums.minus(self._seen))
        recent["accuracy"] = self._means(sums)["accuracy"]
        self._seen = sums
        return recent

    def state(self) -> dict[str, torch.Tensor]:
        """Return the sums as tensors for a checkpoint."""
        import torch

        if self._sums is None:
            return {}
        spikes = {f"spikes.{n}": self._sums[_FIXED + i].clone() for i, n in enumerate(self._names)}
        counts = torch.tensor([self._samples, self._batches])
        return {"fixed": self._sums[:_FIXED].clone(), "counts": counts, **spikes}

    def restore(self, state: Mapping[str, torch.Tensor]) -> None:
        """Take the sums of `state`."""
        import torch

        self.clear()
        if not state:
            return
        self._names = sorted(k.removeprefix("spikes.") for k in state if k.startswith("spikes."))
        parts = [state["fixed"], *(state[f"spikes.{name}"].reshape(1) for name in self._names)]
        self._sums = torch.cat(parts).to(self._device, self._dtype)
        self._samples, self._batches = (int(count) for count in state["counts"].tolist())
        self._seen = self._read()

    def _read(self) -> _Sums:
        values = [0.0] * _FIXED if self._sums is None else self._sums.tolist()
        return _Sums(values, self._samples, self._batches)

    def _means(self, sums: _Sums) -> dict[str, Any]:
        n = max(1, sums.samples)
        spikes = zip(self._names, sums.values[_FIXED:], strict=False)
        return {
            "loss": sums.values[0] / n,
            "accuracy": sums.values[1] / n,
            "grad_norm": sums.values[2] / max(1, sums.batches),
            "spikes": {name: total / n / self._scale.get(name, 1.0) for name, total in spikes},
            "samples": sums.samples,
        }
