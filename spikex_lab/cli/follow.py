"""Following a run: live bars on a terminal, one line an epoch elsewhere. All on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from spikex_lab.cli import output

if TYPE_CHECKING:
    from spikex_lab.api import Run

_TYPES = ["state", "batch", "metrics", "log", "error", "epoch"]
_PAUSE = 0.15


class View(Protocol):
    """How a followed run is shown."""

    def event(self, event: dict[str, Any]) -> None:
        """Take one event."""

    def progress(self, progress: dict[str, Any], state: str) -> None:
        """Take how far it is."""


def follow(run: Run, *, replay: bool = True) -> str:
    """Show `run` until it has ended and return its last state.

    Ctrl-C ends the following, not the run; it says how to go on and raises `KeyboardInterrupt`.
    """
    try:
        if output.fancy(sys.stderr):
            from spikex_lab.cli.bars import Bars

            with Bars(run) as view:
                return _watch(run, view, replay)
        return _watch(run, Lines(), replay)
    except KeyboardInterrupt:
        output.note(
            f"\nNo longer following; run {run.id} goes on by itself.\n"
            f"  spikex runs follow {run.id}\n  spikex runs stop {run.id}"
        )
        raise


def _watch(run: Run, view: View, replay: bool) -> str:
    from spikex_lab.spec.run import ENDED

    after = 0 if replay else int(run.row.last_seq)
    while True:
        row = run.row  # before the events: what it says has happened is in the log then
        for event in _new(run, after):
            after = event["seq"]
            view.event(event)
        from spikex_lab.api.runs import progress_of

        view.progress(progress_of(row), row.state)
        if row.state in ENDED:
            return str(row.state)
        time.sleep(_PAUSE)


def _new(run: Run, after: int) -> Iterator[dict[str, Any]]:
    yield from run.events(after=after, types=_TYPES)


class Lines:
    """Plain lines for logs and pipes: states, one line an epoch, warnings and errors."""

    def __init__(self, write: Callable[[str], None] = output.note) -> None:
        self._write = write

    def event(self, event: dict[str, Any]) -> None:
        """Print what is worth a line."""
        line = line_of(event)
        if line:
            self._write(line)

    def progress(self, progress: dict[str, Any], state: str) -> None:
        """Nothing: an epoch's line says it."""


def line_of(event: dict[str, Any]) -> str:
    """Return the line for one event, or an empty one."""
    from spikex_lab.api.display import duration, percent, plain

    kind = event["type"]
    if kind == "state":
        reason = event.get("error") or event.get("reason") or ""
        return plain(f"{event['state']}{': ' if reason else ''}{reason}")
    if kind == "metrics":
        if event.get("final"):  # the same figures again, with the test's
            return ""
        parts = [f"epoch {event['epoch']}"]
        for key, word in (("train_loss", "loss"), ("val_loss", "val loss")):
            if event.get(key) is not None:
                parts.append(f"{word} {event[key]:.4f}")
        for key, word in (("train_accuracy", "accuracy"), ("val_accuracy", "val accuracy")):
            if event.get(key) is not None:
                parts.append(f"{word} {percent(event[key])}")
        if event.get("seconds") is not None:
            parts.append(duration(float(event["seconds"])))
        return "  ".join(parts)
    if kind == "error" or (kind == "log" and event.get("level") in ("warning", "error")):
        return plain(f"{event.get('level', 'error')}: {event.get('message', '')}")
    return ""
