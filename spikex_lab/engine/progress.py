"""Time spent, how far a run is and how long it will still take."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


class Clock:
    """Seconds of work: of the whole run over all attempts, and of the epoch; pauses left out.

    Parameters
    ----------
    paused : returns the seconds of pause so far in this attempt.
    total, epoch : what earlier attempts had spent.
    """

    def __init__(
        self, paused: Callable[[], float], *, total: float = 0.0, epoch: float = 0.0
    ) -> None:
        self._paused = paused
        self._start = self.now() - total
        self._epoch_start = self.now() - epoch

    def now(self) -> float:
        """Return a reading that stands still in a pause."""
        return time.monotonic() - self._paused()

    @property
    def total(self) -> float:
        """Seconds of the run."""
        return self.now() - self._start

    @property
    def epoch(self) -> float:
        """Seconds of the epoch under way."""
        return self.now() - self._epoch_start

    def new_epoch(self) -> None:
        """Start the epoch's count."""
        self._epoch_start = self.now()


class Progress:
    """The three bars' figures and the time left.

    The time left is the batches left times a moving average of recent batches, plus the validations
    left times the last one.
    """

    def __init__(self, epochs: int, batches: int) -> None:
        self.epochs = epochs
        self.batches = batches
        self._per_batch: float | None = None
        self._per_validation = 0.0

    def batch_took(self, seconds: float) -> None:
        """Take one batch's duration into the moving average."""
        old = self._per_batch
        self._per_batch = seconds if old is None else 0.95 * old + 0.05 * min(seconds, 20 * old)

    def validation_took(self, seconds: float) -> None:
        """Note how long the validation of an epoch takes."""
        self._per_validation = seconds

    def body(self, epoch: int, batch: int) -> dict[str, Any]:
        """Return an event's ``progress`` after `epoch` epochs and `batch` batches of the next."""
        total = self.epochs * self.batches
        done = min(total, epoch * self.batches + batch)
        eta = None
        if self._per_batch is not None:
            left = (total - done) * self._per_batch
            eta = round(left + (self.epochs - epoch) * self._per_validation, 1)
        return {
            "epoch": epoch,
            "epochs": self.epochs,
            "batch": batch,
            "batches": self.batches,
            "fraction": round(done / total, 6) if total else 1.0,
            "eta": eta,
        }
