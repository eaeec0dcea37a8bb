"""Inputs, targets and first weights of a workload: the same numbers for every contestant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.suite.workloads import Workload

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Data:
    """Numbers of one workload.

    Attributes
    ----------
    x : ``[B, *shape]`` where the input is static, else ``[T, B, *shape]``.
    y : classes ``[B]``; empty where nothing is trained.
    cotangent : what is sent back from the spikes ``[T, B, N]``; empty where a loss does that.
    weights : first weights by name: ``fc1.weight [out, in]``, ``fc1.bias``, ``conv1.weight``, …
    """

    x: Array
    y: Array
    cotangent: Array
    weights: dict[str, Array]


def make(work: Workload, seed: int = 0, dtype: type = np.float32) -> Data:
    """Return the numbers of `work`; float64 ones are the float32 ones, widened."""
    rng = np.random.default_rng(seed)
    x = _inputs(work, rng)
    weights = {name: rng.uniform(-bound, bound, shape) for name, shape, bound in _weights(work)}
    if work.trains:
        y, cotangent = rng.integers(0, work.sizes[-1], work.batch), np.empty(0)
    else:
        width = work.sizes[-1:] or work.shape
        y = np.empty(0, dtype=np.int64)
        cotangent = rng.standard_normal((work.steps, work.batch, *width), dtype=np.float32)
    return Data(
        x=x.astype(np.float32, copy=False).astype(dtype, copy=False),
        y=y,
        cotangent=cotangent.astype(np.float32, copy=False).astype(dtype, copy=False),
        weights={name: w.astype(np.float32).astype(dtype) for name, w in weights.items()},
    )


def _inputs(work: Workload, rng: np.random.Generator) -> Array:
    whole = (work.steps, work.batch, *work.shape)
    if work.input == "dense":
        return 0.7 * rng.standard_normal(whole, dtype=np.float32)
    if work.kind in ("mlp", "cnn"):  # pictures: a fifth of the pixels lit, as in MNIST
        lit = rng.random(whole[1:]) < 0.2
        pictures = rng.random(whole[1:]) * lit
        return pictures if work.input == "static" else rng.random(whole) < pictures
    return rng.random(whole, dtype=np.float32) < work.activity


_GAINS: dict[str, dict[str, float]] = {
    "mlp": {},
    "cnn": {"conv1": 3.0, "conv2": 3.0, "fc1": 3.0},
    "recurrent": {"fc1": 7.0},
}
"""Factors on first weights, so that all layers fire from the first step as trained ones do."""


def _weights(work: Workload) -> list[tuple[str, tuple[int, ...], float]]:
    """Return name, shape and bound of each weight: uniform within ± 1/√(inputs), as torch does."""
    if work.kind == "neuron":
        return []
    if work.kind == "linear":
        n, gain = work.shape[0], work.activity**-0.5  # few spikes weigh more, so that neurons fire
        return [("fc1.weight", (n, n), gain * n**-0.5), ("fc1.bias", (n,), n**-0.5)]
    shapes: list[tuple[str, tuple[int, ...]]]
    if work.kind == "cnn":
        first, second, classes = work.sizes
        shapes = [
            ("conv1", (first, work.shape[0], 5, 5)),
            ("conv2", (second, first, 5, 5)),
            ("fc1", (classes, second * 16)),
        ]
    else:
        hidden, classes = work.sizes
        shapes = [("fc1", (hidden, work.shape[0])), ("fc2", (classes, hidden))]
        if work.kind == "recurrent":
            shapes.append(("rec", (hidden, hidden)))
    found = []
    for name, shape in shapes:
        bound = float(np.prod(shape[1:])) ** -0.5
        weight = bound * _GAINS[work.kind].get(name, 1.0)
        found += [(f"{name}.weight", shape, weight), (f"{name}.bias", shape[:1], bound)]
    return found
