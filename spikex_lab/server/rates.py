"""How often one user may ask."""

from __future__ import annotations

import math
import time

from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from spikex_lab.errors import BusyError


class TooManyRequests(BusyError):  # noqa: N818 (as the status calls it)
    """A user who asks more often than is allowed; `retry_after` says how many seconds to wait."""

    def __init__(self, what: str, *, hint: str = "", retry_after: int = 5) -> None:
        super().__init__(what, hint=hint)
        self.retry_after = retry_after


class Rates:
    """Counts the requests of each user.

    Parameters
    ----------
    rates : such as ``50/second;1500/minute``; all of them hold.

    Raises
    ------
    ValueError : `rates` cannot be read.
    """

    def __init__(self, rates: str) -> None:
        self._rates = parse_many(rates)
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def count(self, user: str) -> None:
        """Count a request of `user`.

        Raises
        ------
        TooManyRequests : it is one too many.
        """
        for rate in self._rates:
            if not self._counts.hit(rate, user):
                reset = self._counts.get_window_stats(rate, user).reset_time
                wait = max(1, math.ceil(reset - time.time()))
                raise TooManyRequests(
                    f"more than {rate}", hint=f"wait {wait} s", retry_after=min(wait, 3600)
                )
