"""The one form of time that the store keeps: ISO 8601, UTC, milliseconds; it sorts as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


def stamp(ago: float = 0.0, *, fine: bool = False) -> str:
    """Return the time `ago` seconds ago; with `fine` to the microsecond.

    Examples
    --------
    >>> len(stamp())
    24
    """
    moment = datetime.now(UTC) - timedelta(seconds=ago)
    if fine:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond:06d}Z"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
