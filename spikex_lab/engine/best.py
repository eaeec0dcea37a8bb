"""Which epoch was best, and whether to stop: pure functions of the epochs' figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spikex_lab.spec import EarlyStopping, TrainingSpec

History = Sequence[Mapping[str, Any]]


def index(history: History, training: TrainingSpec) -> int:
    """Return the place in `history` of the best epoch; the earliest among equals.

    Best is what early stopping watches; without it, the highest validation accuracy, and among
    equals the lowest validation loss; without validation, the lowest training loss.
    """
    return max(range(len(history)), key=lambda i: (_merit(history[i], training), -i))


def exhausted(history: History, stopping: EarlyStopping | None) -> bool:
    """Tell whether the watched figure has not improved by ``min_delta`` for ``patience`` epochs."""
    if stopping is None:
        return False
    best, since = None, 0
    for row in history:
        value = _watched(row, stopping.metric)
        if best is None or value > best + stopping.min_delta:
            best, since = value, 0
        else:
            since += 1
    return since >= stopping.patience


def _merit(row: Mapping[str, Any], training: TrainingSpec) -> tuple[float, float]:
    if training.early_stopping:
        return _watched(row, training.early_stopping.metric), 0.0
    if row.get("val_accuracy") is None:
        return -float(row["train_loss"]), 0.0
    return float(row["val_accuracy"]), -float(row["val_loss"])


def _watched(row: Mapping[str, Any], metric: str) -> float:
    """Return the figure so that more is better."""
    value = float(row[metric])
    return -value if metric.endswith("loss") else value
