"""Where a job's events go: a bounded queue, and one thread that appends them to the store."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from spikex_lab.errors import StorageError
from spikex_lab.store import Store
from spikex_lab.store.clock import stamp
from spikex_lab.store.errors import LeaseLost

COMMIT_SECONDS = 0.05
"""Longest time that an event waits for others before it is committed."""
QUEUE_LIMIT = 10_000
"""Events that may wait; beyond it `emit` waits for the disk."""
BATCH_LIMIT = 500
TEXT_LIMIT = 1000
"""Characters kept of any one text in a ``log`` or ``error`` event."""

_log = logging.getLogger(__name__)


class StoreSink:
    """An `EventSink` over ``store.runs.append``, fenced by the lease.

    Parameters
    ----------
    run_id, lease : the run and the lease under which it is written.
    on_lost : called (in the thread that notices) when the lease is lost; must not return.
    patience : seconds for which a store that refuses is tried again before `emit` raises.
    summary : what earlier attempts put together; ``metrics`` events update it.

    Raises
    ------
    StorageError
        From `emit`, `flush` and `artifact` once the store has refused for `patience` seconds.
    """

    def __init__(
        self,
        store: Store,
        run_id: str,
        lease: int,
        *,
        on_lost: Callable[[], None],
        attempt: int | None = None,
        patience: float = 30.0,
        summary: dict[str, Any] | None = None,
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._lease = lease
        self._attempt = lease if attempt is None else attempt
        self._on_lost = on_lost
        self._patience = patience
        self._summary = dict(summary or {})
        self._position = (0, 0)
        self.state = "starting"
        """The state last emitted."""
        self._queue: deque[tuple[dict[str, Any], str | None]] = deque()
        self._changed = threading.Condition()
        self._emitted = 0
        self._committed = 0
        self._last_seq = 0
        self._hurry = False
        self._closed = False
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._write, name="spikex-events", daemon=True)
        self._thread.start()

    # what the engine sees -------------------------------------------------------------------

    def at(self, epoch: int, batch: int) -> None:
        """Set the position that following events carry."""
        self._position = (epoch, batch)

    def emit(self, type: str, *, state: str | None = None, **body: Any) -> None:
        """Append one event; with `state`, the run's state changes in the same transaction."""
        if type in ("log", "error"):
            body = {k: v[:TEXT_LIMIT] if isinstance(v, str) else v for k, v in body.items()}
        if state is not None:
            body = {"state": state, **body}
            self.state = state
        epoch, batch = self._position
        event = {"type": type, "time": stamp(), "attempt": self._attempt}
        event |= {"epoch": epoch, "batch": batch, **body}
        with self._changed:
            while len(self._queue) >= QUEUE_LIMIT and self._error is None:
                self._changed.wait()
            self._check()
            self._queue.append((event, state))
            self._emitted += 1
            self._hurry |= state is not None  # somebody waits for it
            self._changed.notify_all()

    def flush(self) -> int:
        """Wait until everything emitted is kept; return the sequence number of the last event."""
        with self._changed:
            target = self._emitted
            self._hurry = True
            self._changed.notify_all()
            while self._committed < target and self._error is None:
                self._changed.wait()
            self._check()
            return self._last_seq

    def artifact(self, name: str, path: Path, *, media_type: str) -> None:
        """Keep the file at `path` as the run's artifact `name` and emit an ``artifact`` event."""
        kept = self._store.objects.put_file(path)
        try:
            self._store.runs.add_artifact(self._run_id, self._lease, name, kept, media_type)
        except LeaseLost:
            self._on_lost()
            raise
        self.emit("artifact", name=name, sha256=kept.sha256, size=kept.size, media_type=media_type)

    def frame(self, path: Path, **body: Any) -> None:
        """Keep the file at `path` as an object and emit a ``frame`` event that names it."""
        kept = self._store.objects.put_file(path)
        self.emit("frame", object=kept.sha256, size=kept.size, **body)

    # the coordinator's side -----------------------------------------------------------------

    def close(self) -> None:
        """Write what is left and end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join()

    def _check(self) -> None:
        if self._error is not None:
            raise StorageError(
                f"the run's log cannot be written: {self._error}",
                where=f"run {self._run_id[:8]}",
                hint="free some space or mend the database, then resume the run",
            ) from self._error

    def _write(self) -> None:
        while True:
            with self._changed:
                while not self._queue and not self._closed:
                    self._hurry = False
                    self._changed.wait()
                if not self._queue:
                    return
                deadline = time.monotonic() + COMMIT_SECONDS
                while not (self._hurry or self._closed or len(self._queue) >= BATCH_LIMIT):
                    left = deadline - time.monotonic()
                    if left <= 0:
                        break
                    self._changed.wait(left)
                count = min(len(self._queue), BATCH_LIMIT)
                batch = [self._queue[i] for i in range(count)]
            try:
                last_seq = self._commit(batch)
            except LeaseLost:
                self._on_lost()
                return
            except Exception as error:  # noqa: BLE001 - handed to the job by emit and flush
                _log.exception("the event log cannot be written")
                with self._changed:
                    self._error = error
                    self._changed.notify_all()
                return
            with self._changed:
                for _ in range(count):
                    self._queue.popleft()
                self._committed += count
                self._last_seq = last_seq
                self._changed.notify_all()

    def _commit(self, batch: list[tuple[dict[str, Any], str | None]]) -> int:
        events = [event for event, _ in batch]
        states = [state for _, state in batch if state is not None]
        progress = [e["progress"] for e in events if e.get("progress") is not None]
        figures = [e for e in events if e["type"] == "metrics"]
        for event in figures:
            self._summary |= {k: v for k, v in event.items() if isinstance(v, int | float)}
        for key in ("attempt", "batch"):
            self._summary.pop(key, None)
        deadline = time.monotonic() + self._patience
        pause = 0.1
        while True:
            try:
                return self._store.runs.append(
                    self._run_id,
                    self._lease,
                    events,
                    state=states[-1] if states else None,
                    progress=progress[-1] if progress else None,
                    summary=self._summary if figures else None,
                )
            except StorageError as error:
                if time.monotonic() > deadline:
                    raise
                _log.warning("the event log refuses, trying again: %s", error)
                time.sleep(pause)
                pause = min(2 * pause, 2.0)
