"""What the engine is handed by the floor above: a place for events, a source of commands."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, Protocol

Command = Literal["pause", "resume", "stop", "step"]


class EventSink(Protocol):
    """Where a job writes what happens. Events are kept in order; `emit` never blocks on the disk for long."""

    def emit(self, type: str, *, state: str | None = None, **body: Any) -> None:
        """Append one event; with `state`, the run's state changes in the same transaction."""

    def at(self, epoch: int, batch: int) -> None:
        """Set the position that following events carry."""

    def flush(self) -> int:
        """Wait until everything emitted is kept; return the sequence number of the last event."""

    def artifact(self, name: str, path: Path, *, media_type: str) -> None:
        """Keep the file at `path` as the run's artifact `name` (and emit an ``artifact`` event)."""

    def frame(self, path: Path, **body: Any) -> None:
        """Keep the file at `path` as an object and emit a ``frame`` event that names it."""


class ControlSource(Protocol):
    """Where commands come from. Cheap to poll: the implementation limits how often it really looks."""

    def poll(self) -> Command | None:
        """Return the oldest command not yet taken, or None."""

    def wait(self, timeout: float) -> Command | None:
        """Wait at most `timeout` seconds for a command."""
