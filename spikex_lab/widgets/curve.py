"""A bounded line of points that keeps its peaks: what the charts draw, however long the run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LIMIT = 2000
"""Most points a line ever holds (and so draws)."""

Floats = NDArray[np.float64]


class Curve:
    """Points (x, y) in order of x, never more than `limit`.

    When the line is full, every four neighbours become two, the lowest and the highest, so peaks
    survive. A point remembers the event it came from, so that what a resumed run repeats can be
    taken back.

    Parameters
    ----------
    limit : most points kept; a multiple of four.

    Examples
    --------
    >>> line = Curve()
    >>> line.append(0.5, 2.1, seq=7)
    >>> line.last
    2.1
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._points: Floats = np.empty((3, limit))
        self._count = 0
        self.version = 0
        """Rises with every change, so that a chart redraws only what moved."""

    def __len__(self) -> int:
        return self._count

    @property
    def x(self) -> Floats:
        """Abscissas, a copy."""
        return self._points[0, : self._count].copy()

    @property
    def y(self) -> Floats:
        """Ordinates, a copy."""
        return self._points[1, : self._count].copy()

    @property
    def last(self) -> float | None:
        """The newest ordinate, None while there is none."""
        return float(self._points[1, self._count - 1]) if self._count else None

    def append(self, x: float, y: float | None, seq: int) -> None:
        """Add one point that event `seq` told; a missing or non-finite ordinate is left out."""
        if y is None or not np.isfinite(y):
            return
        if self._count == self.limit:
            self._halve()
        self._points[:, self._count] = x, y, seq
        self._count += 1
        self.version += 1

    def drop_after(self, seq: int) -> None:
        """Take back every point told by an event later than `seq`."""
        kept = int(np.searchsorted(self._points[2, : self._count], seq, side="right"))
        if kept != self._count:
            self._count = kept
            self.version += 1

    def thinned(self, limit: int) -> tuple[Floats, Floats]:
        """Return copies of x and y with at most about `limit` points, peaks kept."""
        points = self._points[:, : self._count]
        while points.shape[1] > limit:
            points = _low_and_high(points)
        return points[0].copy(), points[1].copy()

    def _halve(self) -> None:
        kept = _low_and_high(self._points[:, : self._count])
        self._count = kept.shape[1]
        self._points[:, : self._count] = kept


def _low_and_high(points: Floats) -> Floats:
    """Of every four columns keep the one with the lowest and the one with the highest ordinate."""
    whole = points.shape[1] // 4 * 4
    groups = points[1, :whole].reshape(-1, 4)
    low, high = groups.argmin(axis=1), groups.argmax(axis=1)
    high = np.where(low == high, 3, high)  # four equal values: keep two of them all the same
    first = np.arange(0, whole, 4)
    chosen = np.stack([first + np.minimum(low, high), first + np.maximum(low, high)], axis=1)
    return points[:, np.concatenate([chosen.ravel(), np.arange(whole, points.shape[1])])]
