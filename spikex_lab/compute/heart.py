"""The coordinator's own life: heartbeat, resources, bounded log, and care for its neighbours."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from spikex_lab.compute.resources import SAMPLE_SECONDS, Sampler
from spikex_lab.compute.sink import StoreSink
from spikex_lab.compute.watch import reconcile
from spikex_lab.errors import SpikexError, StorageError
from spikex_lab.store import Store
from spikex_lab.store.errors import LeaseLost

BEAT_SECONDS = 1.0
NEIGHBOUR_SECONDS = 3.0
PAUSED_SKIP = 14
"""Samples left out between two while paused: a run may stand still for weeks."""
LOG_LIMIT = 4 * 1024**2
"""Bytes of ``coordinator.log``; beyond it the older half is dropped."""

_log = logging.getLogger(__name__)


class Heart:
    """Threads that keep a run's claim alive, from before torch is imported to the end.

    Parameters
    ----------
    on_lost : called when the lease is lost; must not return.
    on_silent : called when no heartbeat could be written for `lease_seconds`; must not return.
    """

    def __init__(
        self,
        store: Store,
        run_id: str,
        lease: int,
        sink: StoreSink,
        log: Path,
        *,
        lease_seconds: float,
        on_lost: Callable[[], None],
        on_silent: Callable[[], None],
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._lease = lease
        self._sink = sink
        self._log_file = log
        self._lease_seconds = lease_seconds
        self._on_lost = on_lost
        self._on_silent = on_silent
        self._over = threading.Event()
        self._hushed = threading.Event()
        self._silent = 0.0
        """Seconds awake since the last heartbeat was written."""
        self._threads = [
            threading.Thread(target=target, name=f"spikex-{name}", daemon=True)
            for name, target in (
                ("resources", self._sample),
                ("heartbeat", self._beat),
                ("guard", self._guard),
                ("neighbours", self._neighbours),
            )
        ]

    def start(self) -> None:
        """Start beating."""
        for thread in self._threads:
            thread.start()

    def hush(self) -> None:
        """Emit no more events; go on beating."""
        self._hushed.set()
        self._threads[0].join()

    def close(self) -> None:
        """Stop beating."""
        self._hushed.set()
        self._over.set()
        for thread in self._threads[:3]:  # a neighbour's affairs may take longer
            thread.join()

    def _beat(self) -> None:
        every = min(BEAT_SECONDS, self._lease_seconds / 4)
        while not self._over.is_set():
            try:
                self._store.runs.heartbeat(self._run_id, self._lease)
                self._silent = 0.0
            except LeaseLost:
                self._on_lost()
                return
            except StorageError as error:
                _log.warning("no heartbeat: %s", error)
            self._over.wait(every)

    def _guard(self) -> None:
        """Count the time without a heartbeat; touches no database, so nothing can hold it up.

        Time in which the whole process was frozen is not counted: the lease tells whether somebody
        took over meanwhile.
        """
        tick = min(0.5, self._lease_seconds / 10)
        before = time.monotonic()
        while not self._over.wait(tick):
            now = time.monotonic()
            self._silent += min(now - before, 2 * tick)
            before = now
            if self._silent > self._lease_seconds:
                self._on_silent()
                return
            bound_log(self._log_file)

    def _sample(self) -> None:
        sampler = Sampler()
        skipped = 0
        while not self._hushed.wait(SAMPLE_SECONDS):
            if self._sink.state == "paused" and skipped < PAUSED_SKIP:
                skipped += 1
                continue
            skipped = 0
            try:
                self._sink.emit("resources", **sampler.sample())
            except StorageError:
                return  # the job learns it from its own emit

    def _neighbours(self) -> None:
        while not self._over.wait(NEIGHBOUR_SECONDS):
            try:
                reconcile(self._store)
            except (SpikexError, OSError) as error:  # theirs, not ours: try again next time
                _log.warning("other runs could not be looked after: %s", error)


def bound_log(path: Path, limit: int = LOG_LIMIT) -> None:
    """Cut `path` to its newest half when it is over `limit` bytes.

    Our own output is open for appending, so it goes on at the new end.
    """
    try:
        if path.stat().st_size <= limit:
            return
        with path.open("r+b") as file:
            file.seek(-(limit // 2), os.SEEK_END)
            tail = file.read()
            file.seek(0)
            file.write(b"[older lines dropped]\n" + tail[tail.find(b"\n") + 1 :])
            file.truncate()
    except OSError as error:
        if sys.platform != "win32":  # there a log that another process holds cannot be cut
            _log.warning("the log cannot be bounded: %s", error)
