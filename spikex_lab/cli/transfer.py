"""A download's progress on stderr: a bar on a terminal, a line per file elsewhere."""

from __future__ import annotations

from typing import Any, TextIO

from spikex_lab.cli import output


class Transfer:
    """Call it with (bytes done, bytes in all or None, file); use it as a context."""

    def __init__(self, stream: TextIO) -> None:
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        if output.fancy(stream):
            from rich.console import Console
            from rich.progress import (
                BarColumn,
                DownloadColumn,
                Progress,
                TextColumn,
                TimeRemainingColumn,
                TransferSpeedColumn,
            )

            self._bars = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                DownloadColumn(),
                TransferSpeedColumn(),
                TimeRemainingColumn(),
                console=Console(file=stream),
            )

    def __enter__(self) -> Transfer:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars:
            self._bars.stop()

    def __call__(self, done: int, total: int | None, name: str) -> None:
        """Show that `done` bytes of the file `name` are here."""
        if self._bars is None:
            if name not in self._tasks:
                self._tasks[name] = None
                output.note(f"fetching {name}")
            return
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total)
        self._bars.update(self._tasks[name], completed=done, total=total)
