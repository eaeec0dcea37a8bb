"""Learning rate as a pure function of the step, so that a checkpoint needs no scheduler state."""

from __future__ import annotations

import math

from spikex_lab.spec import Schedule


def rate(schedule: Schedule, lr: float, step: int, total: int, per_epoch: int) -> float:
    """Return the learning rate of optimizer step `step` (from 0) of `total`.

    A linear warm-up over the share ``schedule.warmup`` of all steps comes first; cosine and linear
    then fall to ``schedule.final``·lr at the last step; ``step`` multiplies by ``gamma`` every
    ``every`` epochs.

    Examples
    --------
    >>> rate(Schedule(kind="linear"), 1.0, 50, 101, 10)
    0.5
    """
    warm = round(schedule.warmup * total)
    if step < warm:
        return lr * (step + 1) / (warm + 1)
    if schedule.kind == "constant":
        return lr
    if schedule.kind == "step":
        return float(lr * schedule.gamma ** (step // (per_epoch * schedule.every)))
    share = (step - warm) / max(1, total - 1 - warm)
    fall = 0.5 * (1 + math.cos(math.pi * share)) if schedule.kind == "cosine" else 1 - share
    return lr * (schedule.final + (1 - schedule.final) * fall)
