"""Obeys pause, resume, step and stop: between batches and at every time step of a long one."""

from __future__ import annotations

import time
from collections.abc import Callable

from spikex_lab.engine.protocols import Command, ControlSource, EventSink

LOOK_EVERY = 0.02
"""Seconds between two looks at the source; within that a poll costs one reading of the clock."""


class StopRequested(Exception):  # noqa: N818 - nothing went wrong
    """Raised out of a poll when the run is to stop; what is half done is abandoned."""


class Governor:
    """Polls the control source; blocks in place while paused.

    Parameters
    ----------
    on_pause : called once the run stands still: writes the rolling checkpoint.
    """

    def __init__(
        self, source: ControlSource, sink: EventSink, *, on_pause: Callable[[], None] = lambda: None
    ) -> None:
        self._source = source
        self._sink = sink
        self._on_pause = on_pause
        self._looked = 0.0
        self._steps = 0
        self.paused_seconds = 0.0
        """Time spent standing still so far."""

    def poll(self) -> None:
        """Look for a command, at most every 20 ms.

        Raises
        ------
        StopRequested : when the run is to stop.
        """
        now = time.monotonic()
        if now - self._looked < LOOK_EVERY:
            return
        self._look()

    def between(self) -> None:
        """Poll after a batch has been finished: here the last of the steps asked for ends."""
        if self._steps:
            self._steps -= 1
            if not self._steps:
                self._pause()
                return
        self.poll()

    def _look(self) -> None:
        command = self._source.poll()
        self._looked = time.monotonic()
        while command is not None:
            self._obey(command)
            command = self._source.poll()

    def _obey(self, command: Command) -> None:
        if command == "stop":
            raise StopRequested
        if command == "pause":
            self._pause()
        elif command == "step":
            self._steps += 1
        elif command == "resume":
            self._steps = 0

    def _pause(self) -> None:
        """Stand still until resume, step or stop."""
        began = time.monotonic()
        self._sink.emit("state", state="paused")
        self._on_pause()
        try:
            while True:
                command = self._source.wait(0.25)
                if command == "stop":
                    raise StopRequested
                if command in ("resume", "step"):
                    self._steps = int(command == "step")
                    self._sink.emit("state", state="running")
                    return
        finally:
            self._looked = time.monotonic()
            self.paused_seconds += self._looked - began
