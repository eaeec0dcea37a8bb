"""Where a job's commands come from: a thread reads the run's control rows, the job polls memory."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable

from spikex_lab.engine.protocols import Command
from spikex_lab.errors import StorageError
from spikex_lab.store import Store
from spikex_lab.store.errors import LeaseLost

POLL_SECONDS = 0.05
"""How often the control rows are read (0.1 ms each time)."""

_log = logging.getLogger(__name__)


class StoreControl:
    """A `ControlSource` over ``store.runs.take_control``.

    Parameters
    ----------
    on_command : asked first, in the reading thread, for each command; True means it was handled
        and the job need not see it (a stop while the coordinator is still starting).
    """

    def __init__(
        self,
        store: Store,
        run_id: str,
        lease: int,
        *,
        on_lost: Callable[[], None],
        on_command: Callable[[Command], bool] = lambda _: False,
    ) -> None:
        self._store = store
        self._run_id = run_id
        self._lease = lease
        self._on_lost = on_lost
        self._on_command = on_command
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._terminated = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._read, name="spikex-control", daemon=True)

    def start(self) -> None:
        """Begin to read the control rows."""
        self._thread.start()

    def close(self) -> None:
        """Read no more."""
        self._over.set()
        self._thread.join()

    def terminate(self) -> None:
        """Ask for a stop from a signal handler: takes no lock; the reading thread passes it on."""
        self._terminated = True

    def poll(self) -> Command | None:
        """Return the oldest command not yet taken, or None."""
        try:
            return self._commands.get_nowait()
        except queue.Empty:
            return None

    def wait(self, timeout: float) -> Command | None:
        """Wait at most `timeout` seconds for a command."""
        try:
            return self._commands.get(timeout=timeout)
        except queue.Empty:
            return None

    def _read(self) -> None:
        after = 0
        passed_on = False
        while not self._over.wait(POLL_SECONDS):
            if self._terminated and not passed_on:
                passed_on = True
                self._give("stop")
            try:
                for number, action in self._store.runs.take_control(
                    self._run_id, self._lease, after
                ):
                    after = number
                    self._give(action)
            except LeaseLost:
                self._on_lost()
                return
            except StorageError as error:  # the heartbeat decides whether to give up
                _log.warning("the control rows cannot be read: %s", error)
                self._over.wait(1.0)

    def _give(self, action: Command) -> None:
        if not self._on_command(action):
            self._commands.put(action)
