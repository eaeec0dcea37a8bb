"""Events on their way into the log: checked, bounded, as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from spikex_lab.errors import InvalidError, TooLargeError
from spikex_lab.store.runtable import dump

MAX_EVENTS = 10_000
"""Events in one append."""
MAX_BODY = 1024 * 1024
"""Characters of one event."""
COLUMNS = ("run", "seq", "time", "type", "attempt", "epoch", "batch")


def with_state(events: list[Mapping[str, Any]], state: str) -> list[Mapping[str, Any]]:
    """Return the events, the last `state` one naming the state that the row gets."""
    for index in range(len(events) - 1, -1, -1):
        if events[index].get("type") == "state":
            events[index] = {**events[index], "state": state}
            return events
    return [*events, {"type": "state", "state": state}]


def error_text(events: Sequence[Mapping[str, Any]], state: str | None) -> str | None:
    """Return what the events say about why the run failed."""
    if state != "failed":
        return None
    for event in reversed(events):
        text = event.get("message") or event.get("error") or event.get("reason")
        if event.get("type") in ("error", "state") and text:
            return str(text)[:4000]
    return None


def encode(id: str, event: Mapping[str, Any], now: str) -> dict[str, Any]:
    """Return the event as the columns of `run_event`.

    Raises
    ------
    InvalidError : it has no type, or holds something that is no data.
    TooLargeError : over `MAX_BODY`.
    """
    body = {key: value for key, value in event.items() if key not in COLUMNS}
    if not isinstance(event.get("type"), str):
        raise InvalidError("an event without a type")
    text = dump(body)
    if len(text) > MAX_BODY:
        raise TooLargeError(
            f"an event of {len(text)} characters", where=event["type"], hint="keep it as an object"
        )
    return {
        "run": id,
        "seq": 0,
        "time": str(event.get("time") or now),
        "type": event["type"],
        "attempt": _whole(event.get("attempt")),
        "epoch": _whole(event.get("epoch")),
        "batch": _whole(event.get("batch")),
        "body": text,
    }


def _whole(value: Any) -> int | None:
    """Return `value` as an int that the database takes (numpy's are none)."""
    return None if value is None else int(value)
