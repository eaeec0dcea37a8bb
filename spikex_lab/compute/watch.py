"""Find runs that nobody is behind any more, and start what waits; each read of a live run calls."""

from __future__ import annotations

import json
import logging
import threading
import time
from pathlib import Path

from spikex_lab.compute import detach, liveness
from spikex_lab.compute.queue import dispatch
from spikex_lab.errors import StorageError
from spikex_lab.spec.run import LIVE
from spikex_lab.store import RunRow, Store

START_SECONDS = 20.0
"""Time that a claimed run has for its coordinator's first words, however short the lease."""
QUEUE_SECONDS = 1.0
"""How often at most one process looks whether a queued run could start."""

_seen: dict[tuple[Path, str], tuple[list[int], float]] = {}
_queue_looked: dict[Path, float] = {}
_lock = threading.Lock()
_log = logging.getLogger(__name__)


def reconcile(store: Store, run: RunRow | None = None) -> list[str]:
    """Set to ``interrupted`` each live run (or just `run`) whose coordinator is gone.

    Gone is: its process ended (same host), or its heartbeat stood still for
    ``settings.lease_seconds`` of the observer's own clock, or it never started. Exactly one of many
    observers wins. Afterwards queued runs are started where there is a place.

    Returns
    -------
    The ids of the runs that this call interrupted.
    """
    if run is None or run.state == "queued":  # a run in the queue waits for all live ones
        rows = store.runs.live()
    else:
        rows = [run] if run.state in LIVE else []
    lost: list[str] = []
    try:
        for row in rows:
            reason = verdict(store, row)
            if reason and _interrupt(store, row, reason):
                lost.append(row.id)
        if run is None:
            _forget_all_but(store.settings.home, {row.id for row in rows})
        if lost or _time_to_look(store.settings.home):
            _start_waiting(store)
    except StorageError as error:
        # On a full disk runs must still be readable; what could not be written is tried again.
        _log.warning("runs could not be looked after: %s", error)
    return lost


def _interrupt(store: Store, row: RunRow, reason: str) -> bool:
    try:
        return store.runs.interrupt(row.id, row.lease, reason)
    except StorageError:
        if not liveness.stopped(row.who):
            raise
        # Frozen in the middle of a transaction it holds up every writer. Its lease is over anyway.
        detach.end(int((row.who or {})["pid"]))
        return store.runs.interrupt(row.id, row.lease, reason)


def verdict(store: Store, row: RunRow) -> str:
    """Return why nobody is behind the live run `row`, for its log; empty if somebody is."""
    who = row.who or {}
    lives = liveness.alive(row.who)
    starter = who.get("role") == "starter"
    if lives is False and not starter:
        return "its coordinator ended without a word (killed, out of memory, or a crash)"
    limit = store.settings.lease_seconds
    if starter:
        limit = START_SECONDS
    elif row.state == "starting":  # a loaded machine may need long to start Python
        limit = max(limit, START_SECONDS)
    # The usual case, a coordinator that lives here, is timed in memory only.
    doubtful = lives is not True or starter or liveness.stopped(row.who)
    note = store.settings.runs / row.id if doubtful else None
    still = _still((store.settings.home, row.id), [row.lease, row.heartbeat], note)
    if still <= limit:
        return ""
    if starter:
        return "its coordinator never started"
    return f"its coordinator gave no sign of life for {still:.0f} s"


def _still(run: tuple[Path, str], mark: list[int], folder: Path | None) -> float:
    """Return for how long this machine has seen `mark` (lease, heartbeat) unchanged, in seconds.

    With `folder`, the observation is shared by the processes of one boot through a small file, so
    that commands which run only for a moment can add theirs up.
    """
    now = time.monotonic()
    with _lock:
        seen = _seen.get(run)
        if seen is None or seen[0] != mark:
            seen = _seen[run] = (mark, now)
    if folder is None:
        return now - seen[1]
    boot = liveness.host()["boot"][:8] or "boot"
    file = folder / f"observed-{boot}.json"
    try:
        told = json.loads(file.read_text())
        if told["mark"] == mark and 0 <= told["since"] <= seen[1]:
            return now - float(told["since"])
    except (OSError, ValueError, KeyError, TypeError):
        pass  # nobody has looked yet, or the note is torn: begin anew
    draft = file.with_name(f"{file.name}.{threading.get_ident()}")
    try:
        draft.write_text(json.dumps({"mark": mark, "since": seen[1]}))
        draft.replace(file)
    except OSError as error:  # only this process then knows what it saw
        _log.warning("an observation of run %s could not be noted: %s", run[1], error)
    return now - seen[1]


def _forget_all_but(home: Path, live: set[str]) -> None:
    with _lock:
        for key in [key for key in _seen if key[0] == home and key[1] not in live]:
            del _seen[key]


def _time_to_look(home: Path) -> bool:
    now = time.monotonic()
    with _lock:
        if now - _queue_looked.get(home, -QUEUE_SECONDS) < QUEUE_SECONDS:
            return False
        _queue_looked[home] = now
        return True


def _start_waiting(store: Store) -> None:
    # Two cheap reads first: a claim is a write, and readers call this often.
    if not store.runs.queued():
        return
    here = liveness.host()["host"]
    mine = [row for row in store.runs.live() if (row.who or {}).get("host") == here]
    if len(mine) < store.settings.max_coordinators:
        dispatch(store)
