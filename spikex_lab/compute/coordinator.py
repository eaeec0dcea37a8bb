"""One run, one process: ``python -m spikex_lab.compute.coordinator RUN LEASE``.

Takes over the claim that its starter made, keeps it alive, does the job, says how it ended, and
starts the next run in the queue. Whoever loses the lease exits at once and writes nothing more.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import Any, NoReturn

from spikex_lab.compute import detach, folders, jobs, liveness, targets
from spikex_lab.compute.control_source import StoreControl
from spikex_lab.compute.heart import Heart
from spikex_lab.compute.queue import dispatch
from spikex_lab.compute.sink import StoreSink
from spikex_lab.engine.protocols import Command
from spikex_lab.errors import SpikexError, StorageError
from spikex_lab.settings import Settings
from spikex_lab.store import Store
from spikex_lab.store.errors import LeaseLost

EXIT_DONE, EXIT_FAILED, EXIT_LOST, EXIT_SILENT = 0, 1, 3, 4

_log = logging.getLogger(__name__)


class Coordinator:
    """Does one run under one lease."""

    def __init__(self, store: Store, run_id: str, lease: int) -> None:
        self._store = store
        self._row = store.runs.get(run_id)
        self._lease = lease
        self._run_folder = store.runs.folder(run_id)
        lease_seconds = store.settings.lease_seconds
        self._sink = StoreSink(
            store,
            run_id,
            lease,
            attempt=self._row.attempt,
            on_lost=self._lost,
            patience=lease_seconds,
            summary=self._row.summary,
        )
        self._heart = Heart(
            store,
            run_id,
            lease,
            self._sink,
            self._run_folder / detach.LOG_NAME,
            lease_seconds=lease_seconds,
            on_lost=self._lost_unless_ending,
            on_silent=self._silent,
        )
        self._control = StoreControl(
            store,
            run_id,
            lease,
            on_lost=self._lost_unless_ending,
            on_command=self._while_starting,
        )
        self._terminated = False
        self._starting = True
        self._ending = False
        self._turn = threading.Lock()

    def run(self) -> int:
        """Do the job; return the process's exit status."""
        signal.signal(signal.SIGTERM, self._on_terminate)
        signal.signal(signal.SIGINT, self._on_terminate)
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        # Before torch is imported: that takes seconds in which the run must be seen to live.
        self._heart.start()
        self._control.start()
        try:
            state = self._work()
        except LeaseLost:
            self._lost()
        except Exception as error:  # noqa: BLE001 - the one place where any failure becomes a state
            return self._failed(error)
        return self._end(state)

    def _work(self) -> str:
        row = self._row
        job = jobs.find(row.job)
        kind = self._store.targets.get(row.target).kind
        targets.check(kind, row.device, self._store.settings)
        folder = folders.attempt_folder(self._run_folder, self._lease)
        context = jobs.JobContext(
            self._store, row, sink=self._sink, control=self._control, folder=folder
        )
        with self._turn:  # a stop that came while starting has the turn for good
            self._starting = False
        outcome = job(context)
        return str(outcome.state)

    # how it ends ----------------------------------------------------------------------------

    def _end(self, state: str) -> int:
        if state == "stopped" and self._terminated:
            self._final("interrupted", reason="its coordinator was told to end (SIGTERM)")
        else:
            self._final(state)
        return EXIT_DONE

    def _failed(self, error: Exception) -> int:
        traceback.print_exception(error)  # to the log, where a developer looks for it
        message, hint = _sentence(error)
        with self._turn:
            self._starting = False
        try:
            self._sink.emit("error", message=message, hint=hint)
            self._final("failed", error=message, hint=hint)
        except StorageError as trouble:
            # The store itself refuses: readers will find nobody behind the run.
            _log.error("the end of the run could not be written: %s", trouble)
        return EXIT_FAILED

    def _final(self, state: str, **body: Any) -> None:
        self._heart.hush()  # nothing may follow the last event
        self._ending = True
        self._sink.emit("state", state=state, **body)
        self._sink.flush()
        self._heart.close()
        self._control.close()
        self._sink.close()
        if state == "finished":
            folders.remove_all(self._run_folder)
        dispatch(self._store)
        self._store.checkpoint()

    def _lost(self) -> NoReturn:
        _log.warning("the lease is lost: another holds this run now")
        _leave(EXIT_LOST)

    def _lost_unless_ending(self) -> None:
        # The run's last event takes the lease away as well; then all is in order.
        if not self._ending:
            self._lost()

    def _silent(self) -> NoReturn:
        _log.error("no heartbeat could be written for a whole lease: giving the run up")
        _leave(EXIT_SILENT)

    # signals and early commands ---------------------------------------------------------------

    def _on_terminate(self, _number: int, _frame: object) -> None:
        self._terminated = True
        self._control.terminate()

    def _while_starting(self, command: Command) -> bool:
        """Obey a stop while imports hold the main thread: there is nothing to keep yet."""
        with self._turn:
            if command != "stop" or not self._starting:
                return False
            self._heart.hush()
            self._ending = True
            state = "interrupted" if self._terminated else "stopped"
            try:
                self._sink.emit("state", state=state, reason="before the job had begun")
                self._sink.flush()
                dispatch(self._store)
            except StorageError as trouble:
                _log.error("the end of the run could not be written: %s", trouble)
                return _leave(EXIT_FAILED)
            return _leave(EXIT_DONE)


def _sentence(error: Exception) -> tuple[str, str]:
    """Return what went wrong in one sentence, and what to do about it."""
    if isinstance(error, SpikexError):
        return str(SpikexError(error.what, where=error.where)), error.hint
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return "out of memory", "a smaller batch_size, fewer steps or a smaller network needs less"
    if isinstance(error, OSError) and error.errno in (28, 122):
        return f"the disk is full: {error.strerror}", "free some space, then resume the run"
    first = str(error).strip().splitlines()
    return f"{type(error).__name__}: {first[0] if first else ''}".rstrip(": ")[:500], ""


def _leave(status: int) -> NoReturn:
    """End the process now: no handlers, no buffers, no thread gets another word in."""
    sys.stderr.flush()
    os._exit(status)


def main(arguments: Sequence[str] | None = None) -> int:
    """Be the coordinator of the run and lease given as arguments."""
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    faulthandler.enable()
    run_id, lease = (sys.argv[1:] if arguments is None else list(arguments))[:2]
    store = Store.open(Settings())
    try:
        store.runs.adopt(run_id, int(lease), liveness.describe())
    except LeaseLost:
        _log.warning("somebody else holds run %s", run_id)
        return EXIT_LOST
    return Coordinator(store, run_id, int(lease)).run()


if __name__ == "__main__":
    # Leave without waiting for what a job's libraries may have left running.
    _status = main()
    logging.shutdown()
    _leave(_status)
