"""What a person may tell a run: pause, resume, stop, step, kill."""

from __future__ import annotations

from contextlib import suppress
from typing import Literal

from spikex_lab.compute import detach, folders, liveness
from spikex_lab.compute.queue import dispatch
from spikex_lab.compute.watch import reconcile
from spikex_lab.errors import ConflictError, InvalidError, nearest
from spikex_lab.spec.run import LIVE, RESUMABLE
from spikex_lab.store import RunRow, Store
from spikex_lab.store.clock import stamp
from spikex_lab.store.errors import LeaseLost

Action = Literal["pause", "resume", "stop", "step", "kill"]
ACTIONS: tuple[str, ...] = ("pause", "resume", "stop", "step", "kill")


def submit(store: Store, run_id: str) -> None:
    """Start the queued run `run_id`, or leave it queued where no place is free; returns at once.

    Raises
    ------
    NotFoundError
        When there is no such run.
    """
    store.runs.get(run_id)
    reconcile(store)  # the dead hold no places
    dispatch(store)


def control(store: Store, run_id: str, action: str) -> None:
    """Tell the run `run_id` to do `action`; returns at once.

    - ``pause``, ``step`` (one batch, then pause again): a running run;
    - ``resume``: a paused run goes on; one that stopped, failed or was interrupted is queued again
      and goes on from its last checkpoint;
    - ``stop``: ends after a checkpoint; a queued run is simply not started;
    - ``kill``: ends its process now; the run becomes ``interrupted`` and can be resumed.

    Raises
    ------
    ConflictError
        When the run's state does not allow it.
    InvalidError
        When it would go on from another run's checkpoint.
    """
    if action not in ACTIONS:
        raise InvalidError(f'no action "{action}"', where="action", hint=nearest(action, ACTIONS))
    row = store.runs.get(run_id)
    if row.state == "queued" and action in ("stop", "kill"):
        row = _withdraw(store, row)
        if row.state not in LIVE:
            return
    if row.state in LIVE and reconcile(store, row):
        row = store.runs.get(row.id)
    if action == "kill":
        _kill(store, row)
    elif action == "resume" and row.state in RESUMABLE:
        _check_checkpoint(store, row)
        store.runs.requeue(row.id)
        submit(store, row.id)
    else:
        store.runs.post_control(row.id, action)


def _withdraw(store: Store, row: RunRow) -> RunRow:
    """Stop a run that nobody holds yet; return it as it is now: a coordinator may be quicker."""
    event = {"type": "state", "time": stamp(), "state": "stopped", "reason": "stopped in the queue"}
    with suppress(LeaseLost):  # claimed meanwhile: the caller goes on with the live run
        store.runs.append(row.id, row.lease, [event], state="stopped")
    return store.runs.get(row.id)


def _check_checkpoint(store: Store, row: RunRow) -> None:
    """Refuse a resume that its coordinator could only fail: another run's checkpoint lies there."""
    from spikex_lab.engine import checkpoint
    from spikex_lab.engine.plan import identity_of
    from spikex_lab.spec import RunSpec

    folder = folders.newest(store.runs.folder(row.id))
    if folder is None or row.job != "train":
        return
    spec = RunSpec.parse(row.spec, where=f"run {row.id[:8]}")
    if spec.dataset_digest:  # else only the data themselves can tell
        checkpoint.check_whose(folder, identity_of(spec, spec.dataset_digest))


def _kill(store: Store, row: RunRow) -> None:
    if row.state not in LIVE:
        raise ConflictError(
            f"run {row.id[:8]} is {row.state}: nothing to kill", where="kill", hint=""
        )
    who = row.who or {}
    if liveness.alive(who) and who.get("role") != "starter":
        detach.end(int(who["pid"]))
    # Raises the lease, so that a coordinator that is out of reach can write no more.
    store.runs.interrupt(row.id, row.lease, "killed by its user")
    dispatch(store)
