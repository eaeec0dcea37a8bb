"""A run's log: the one append, fenced by the lease, and the reads that viewers tail it with."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spikex_lab.errors import InvalidError, NotFoundError, TooLargeError
from spikex_lab.spec.run import ENDED, LIVE
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Cursor
from spikex_lab.store.errors import LeaseLost
from spikex_lab.store.events import MAX_EVENTS, encode, error_text, with_state
from spikex_lab.store.objects import SHA
from spikex_lab.store.runtable import IN_LIVE, RunTable, dump, load

MAX_READ = 100_000
"""Events in one read."""
WRITABLE = (LIVE - {"starting"}) | ENDED
"""States that the holder of a lease may write."""
LASTING = frozenset({"state", "checkpoint", "metrics", "artifact", "error"})
"""Types whose append waits for the disk; the others outlast the program, not a power cut."""
HISTORY = ("state", "log", "error", "artifact")
"""Types that a resume does not take back: they tell what happened, not what the numbers are."""

Event = dict[str, Any]


class Log(RunTable):
    """The log's part of `Runs`."""

    def append(
        self,
        id: str,
        lease: int,
        events: Sequence[Mapping[str, Any]],
        *,
        state: str | None = None,
        progress: Mapping[str, Any] | None = None,
        summary: Mapping[str, Any] | None = None,
        error: str | None = None,
    ) -> int:
        """Append `events` in one transaction and return the last sequence number.

        Parameters
        ----------
        events : each with ``type``; as wanted ``time``, ``attempt``, ``epoch``, ``batch``, a body.
        state : the run's new state; a ``state`` event is added where `events` has none.
        progress : replaces the run's progress.
        summary : is merged into the run's summary.

        Raises
        ------
        LeaseLost : the lease is another's, or the run has ended; nothing was written.
        """
        if state is not None and state not in WRITABLE:
            raise InvalidError(f'a coordinator cannot set the state "{state}"')
        events = list(events)
        if state is not None:
            events = with_state(events, state)
        now = stamp()
        rows = [encode(id, event, now) for event in events]
        if len(rows) > MAX_EVENTS:
            raise TooLargeError(f"{len(rows)} events in one append", hint=f"at most {MAX_EVENTS}")
        error = error or error_text(events, state)
        synced = state is not None or any(row["type"] in LASTING for row in rows)
        with self.database.fast(synced=synced, shared=True) as cursor:
            found = cursor.one(
                _raise_seq(state, progress, error),
                n=len(rows),
                run=id,
                lease=lease,
                state=state,
                now=now,
                progress=None if progress is None else dump(progress),
                error=error,
            )
            if found is None:
                raise lease_lost(id, lease)
            last, attempt = int(found[0]), int(found[1])
            seq = last - len(rows)
            for row in rows:
                seq += 1
                row["seq"] = seq
                if row["attempt"] is None:
                    row["attempt"] = attempt
            if rows:
                cursor.many(_INSERT, rows)
            self._follow(cursor, events, rows, attempt)
            if summary is not None:
                self._merge_summary(cursor, id, summary)
            if state in ENDED:
                cursor.run(
                    "UPDATE attempt SET ended=:now, outcome=:state WHERE run=:run AND number=:n",
                    now=now,
                    state=state,
                    run=id,
                    n=attempt,
                )
        return last

    def _follow(
        self,
        cursor: Cursor,
        events: Sequence[Mapping[str, Any]],
        rows: Sequence[Mapping[str, Any]],
        attempt: int,
    ) -> None:
        """Write what some events also mean: figures of an epoch, objects in use, a resume."""
        figures = [row for row in rows if row["type"] == "metrics"]
        if figures:
            cursor.many(_INSERT_METRIC, figures)
        for event, row in zip(events, rows, strict=True):
            named = event.get("object")
            if isinstance(named, str) and SHA.fullmatch(named):
                if not cursor.one("SELECT 1 FROM object WHERE sha256=:s", s=named):
                    raise NotFoundError("an event names an object that is not there", where=named)
                cursor.run(
                    "INSERT INTO run_object (run, sha256) VALUES (:r, :s) ON CONFLICT DO NOTHING",
                    r=row["run"],
                    s=named,
                )
            if row["type"] != "state":
                continue
            place = event.get("resumed_from")
            if isinstance(place, Mapping) and isinstance(place.get("seq"), int):
                sql, start = _RESUMED, place["seq"]
            elif event.get("state") == "running" and attempt > 1:
                sql, start = _RESUMED + " AND resumed_at IS NULL", 0  # begins from nothing
            else:
                continue
            cursor.run(sql, s=start, at=row["seq"], run=row["run"], n=attempt)

    def _merge_summary(self, cursor: Cursor, id: str, summary: Mapping[str, Any]) -> None:
        found = cursor.one("SELECT summary FROM run WHERE id=:run", run=id)
        old = load(found[0]) if found else None
        merged = dump({**(old or {}), **summary})
        cursor.run("UPDATE run SET summary=:s WHERE id=:run", s=merged, run=id)

    # --- reads ---------------------------------------------------------------------------

    def events(
        self,
        id: str,
        after: int = 0,
        limit: int = 500,
        types: Iterable[str] | None = None,
    ) -> list[Event]:
        """Return the log beyond sequence number `after`, at most `limit` events, all attempts.

        `id` is the whole id: tails come here often, so nothing is looked up.
        """
        return self._read(id, after, limit, types, "")

    def effective_events(
        self,
        id: str,
        after: int = 0,
        limit: int = 500,
        types: Iterable[str] | None = None,
    ) -> list[Event]:
        """Return the log as if the run had never been interrupted.

        What an attempt wrote beyond the point from which a later one resumed is left out, but for
        the history: ``state``, ``log``, ``error`` and ``artifact``.
        """
        kept = ",".join(f"'{word}'" for word in HISTORY)
        return self._read(id, after, limit, types, f" AND (type IN ({kept}) OR {_STANDS})")

    def metrics(self, id: str) -> list[dict[str, Any]]:
        """Return the figures of each epoch, in order, without those that a resume took back."""
        sql = f"SELECT epoch, body FROM run_metric e WHERE run=:run AND {_STANDS} ORDER BY seq"
        found: dict[Any, dict[str, Any]] = {}
        for epoch, body in self.database.rows(sql, {"run": id}):
            figures = json.loads(body)
            if not figures.get("final"):  # the run's last word, which repeats an epoch
                found[epoch] = {"epoch": epoch, **figures}
        return sorted(found.values(), key=lambda row: (row["epoch"] is None, row["epoch"] or 0))

    def _read(
        self,
        id: str,
        after: int,
        limit: int,
        types: Iterable[str] | None,
        condition: str,
    ) -> list[Event]:
        wanted = {} if types is None else {f"type{i}": word for i, word in enumerate(types)}
        if types is not None:
            condition += f" AND type IN ({','.join(f':{key}' for key in wanted) or 'NULL'})"
        rows = self.database.rows(
            _SELECT + condition + " ORDER BY seq LIMIT :limit",
            {
                "run": id,
                "after": after,
                "limit": max(0, min(limit, MAX_READ)),
                **wanted,
            },
        )
        if not rows:
            return []
        # One parse of all bodies: half the time of one parse each.
        bodies = json.loads("[" + ",".join(row[6] for row in rows) + "]")
        return [
            {
                "seq": seq,
                "run": id,
                "time": time,
                "type": kind,
                "attempt": attempt,
                "epoch": epoch,
                "batch": batch,
                **body,
            }
            for (seq, time, kind, attempt, epoch, batch, _), body in zip(rows, bodies, strict=True)
        ]


_SELECT = (
    "SELECT seq, time, type, attempt, epoch, batch, body FROM run_event e "
    "WHERE run=:run AND seq>:after"
)
_STANDS = (
    "NOT EXISTS (SELECT 1 FROM attempt a WHERE a.run=e.run AND a.resumed_at IS NOT NULL "
    "AND e.seq > a.resumed_seq AND e.seq < a.resumed_at)"
)
"""SQL: no later attempt went on from before this event."""
_INSERT = (
    "INSERT INTO run_event (run, seq, time, type, attempt, epoch, batch, body) "
    "VALUES (:run, :seq, :time, :type, :attempt, :epoch, :batch, :body)"
)
_INSERT_METRIC = (
    "INSERT INTO run_metric (run, seq, attempt, epoch, body) "
    "VALUES (:run, :seq, :attempt, :epoch, :body)"
)
_RESUMED = "UPDATE attempt SET resumed_seq=:s, resumed_at=:at WHERE run=:run AND number=:n"


def _raise_seq(state: str | None, progress: Any, error: str | None) -> str:
    """Return the statement that raises `last_seq` where the lease is still mine: the fence."""
    sets = ["last_seq=last_seq+:n"]
    if state is not None:
        sets.append("state=:state")
    if state == "running":
        sets.append("started=COALESCE(started, :now)")
    if state in ENDED:
        sets.append("ended=:now")
    if progress is not None:
        sets.append("progress=:progress")
    if error is not None:
        sets.append("error=:error")
    # A queued run has no holder; the lease read with it lets its owner withdraw it.
    allowed = f"state IN {IN_LIVE}"
    if state in ("stopped", "failed"):
        allowed = f"({allowed} OR state='queued')"
    return (
        "UPDATE run SET " + ", ".join(sets) + " WHERE id=:run AND lease=:lease AND deleted IS NULL "
        f"AND {allowed} RETURNING last_seq, attempt"
    )


def lease_lost(id: str, lease: int) -> LeaseLost:
    """Return the error for a write under a lease that is no longer good."""
    return LeaseLost(f"lease {lease} is lost, or the run has ended", where=f"run {id[:13]}")
