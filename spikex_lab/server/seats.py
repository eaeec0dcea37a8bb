"""So many at a time, and so many of one user: a seat is taken first, and left at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from spikex_lab.errors import BusyError


class Seats:
    """The seats of those who watch live streams.

    Parameters
    ----------
    total : seats in all.
    each : seats of one user.
    """

    def __init__(self, total: int, each: int) -> None:
        self._total, self._each = total, each
        self._taken: Counter[str] = Counter()

    @contextmanager
    def seat(self, user: str) -> Iterator[None]:
        """Hold a seat of `user`.

        Raises
        ------
        BusyError : all are taken, or all that one user may have.
        """
        if self._taken[user] >= self._each or self._taken.total() >= self._total:
            raise BusyError("too many live streams", hint="close some, or try again later")
        self._taken[user] += 1
        try:
            yield
        finally:
            self._taken[user] -= 1
            self._taken += Counter()  # forgets who has none
