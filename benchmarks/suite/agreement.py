"""Whether contestants compute the same: loss and gradients at the first weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.suite.crew import Crew
from benchmarks.suite.workloads import Workload

LOSS = 2e-6
GRADIENT = 1e-6
SUMMED = 1e-5
"""Gradients of weights are sums over steps and batch: their last digits depend on its order."""
EXACT = 2e-8
"""Of loss and gradients in float64. snnTorch's spikes, and so the gradients that come through them,
are float32 even then: it has been 7e-9 away."""

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Agreement:
    """How far a twin is from ours: relative, gradients by their largest value; in `dtype`."""

    twin: str
    loss: float
    gradient: float
    allowed: float
    dtype: str = "float32"

    @property
    def ok(self) -> bool:
        """Whether both are within what is allowed; NaN is not."""
        return self.loss <= (LOSS if self.dtype == "float32" else EXACT) and (
            self.gradient <= self.allowed
        )


def check(work: Workload, crew: Crew) -> list[Agreement]:
    """Compare everybody who should be equal with ours; who fails to answer is left out.

    Who sums in another order may round a potential to the other side of the threshold, and one
    spike changes all that follows. So where float32 differs, float64 decides.
    """
    found = _compare(work, crew, "float32")
    return found if all(each.ok for each in found) else _compare(work, crew, "float64")


def _compare(work: Workload, crew: Crew, dtype: str) -> list[Agreement]:
    with TemporaryDirectory(prefix="spikex-bench-") as folder:
        found = {}
        for name in ("ours", *work.twins):
            path = Path(folder) / f"{name}.npz"
            if name not in crew.members:
                continue
            answer = crew.ask(name, "gradients", path=str(path), dtype=dtype)
            if answer is not None:
                with np.load(path) as arrays:
                    found[name] = float(answer["loss"]), dict(arrays)
    if "ours" not in found:
        return []
    ours = found.pop("ours")
    allowed = EXACT if dtype == "float64" else GRADIENT if work.kind == "neuron" else SUMMED
    return [
        Agreement(name, _relative(loss, ours[0]), farthest(gradients, ours[1]), allowed, dtype)
        for name, (loss, gradients) in found.items()
    ]


def farthest(theirs: Mapping[str, Array], ours: Mapping[str, Array]) -> float:
    """Return the largest difference of any gradient, by the largest value of that gradient.

    Gradients of other names or shapes are infinitely far.
    """
    if theirs.keys() != ours.keys() or any(theirs[k].shape != ours[k].shape for k in ours):
        return math.inf
    return float(np.max([_distance(theirs[name], ours[name]) for name in ours]))


def _distance(a: Array, b: Array) -> float:
    largest = float(np.abs(b).max())
    difference = float(np.abs(a.astype(np.float64) - b).max())
    return difference / largest if largest else difference


def _relative(a: float, b: float) -> float:
    return abs(a - b) / max(abs(b), 1e-12)
