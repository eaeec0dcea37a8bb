"""Start queued runs, oldest first, while this machine has a place free. No server needed."""

from __future__ import annotations

import sys
from contextlib import suppress

from spikex_lab.compute import detach, liveness
from spikex_lab.errors import SpikexError
from spikex_lab.store import Store
from spikex_lab.store.clock import stamp
from spikex_lab.store.errors import LeaseLost

COMMAND: list[str] = ["-m", "spikex_lab.compute.coordinator"]
"""Arguments for Python that start a coordinator; the run's id and the lease follow."""


def dispatch(store: Store) -> list[str]:
    """Claim and start queued runs until no place or no run is left; return the ids started."""
    started: list[str] = []
    # Until the coordinator has written itself, the claim is in the name of its starter.
    starter = {**liveness.describe(), "role": "starter"}
    while True:
        claimed = store.runs.claim_next(starter, store.settings.max_coordinators)
        if claimed is None:
            return started
        run_id, lease = claimed
        _start(store, run_id, lease)
        started.append(run_id)


def _start(store: Store, run_id: str, lease: int) -> None:
    try:
        folder = store.runs.folder(run_id)
        arguments = [*COMMAND, run_id, str(lease)]
        pid = detach.spawn(arguments, folder=folder, settings=store.settings)
    except (SpikexError, OSError) as error:
        events = [
            {"type": "error", "time": stamp(), "message": str(error)},
            {"type": "state", "time": stamp(), "state": "failed", "error": str(error)},
        ]
        store.runs.append(run_id, lease, events, state="failed")
        return
    if sys.platform == "win32":
        return  # there the pid is that of a redirector; the coordinator will say its own
    # From here a kill is seen by its pid, even before the coordinator has said its own name.
    with suppress(LeaseLost):  # it has run its course already
        store.runs.adopt(run_id, lease, liveness.describe(pid))
