"""Who holds a run: claim, adopt, heartbeat, interrupt, requeue. Each change raises the lease."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikex_lab.errors import ConflictError
from spikex_lab.spec.run import RESUMABLE
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Cursor
from spikex_lab.store.log import lease_lost
from spikex_lab.store.runtable import IN_LIVE, RunTable, dump


class Claims(RunTable):
    """The holders' part of `Runs`."""

    def claim(self, id: str, who: Mapping[str, Any], *, limit: int | None = None) -> int | None:
        """Take a queued run: state ``starting``, a new attempt. Return the lease, or None if lost.

        Parameters
        ----------
        who : host, boot, pidns, pid, start of the one who takes it.
        limit : at most so many live runs whose ``who["host"]`` is the same, this one included.
        """
        with self.database.fast() as cursor:
            return self._claim(cursor, id, who, limit)

    def claim_next(
        self, who: Mapping[str, Any], limit: int | None = None
    ) -> tuple[str, int] | None:
        """Take the run that has waited longest; return (id, lease), or None: none, or no place."""
        with self.database.fast() as cursor:
            found = cursor.one(
                "SELECT id FROM run WHERE state='queued' AND deleted IS NULL "
                "ORDER BY queued, id LIMIT 1"
            )
            lease = self._claim(cursor, found[0], who, limit) if found else None
            return (found[0], lease) if found and lease is not None else None

    def _claim(
        self, cursor: Cursor, id: str, who: Mapping[str, Any], limit: int | None
    ) -> int | None:
        now, text, host = stamp(), dump(who), str(who.get("host", ""))
        if limit is not None:
            busy = cursor.one(
                "SELECT count(*) FROM run WHERE host=:h AND deleted IS NULL "
                f"AND state IN {IN_LIVE}",
                h=host,
            )
            if busy is not None and busy[0] >= limit:
                return None
        found = cursor.one(
            "UPDATE run SET state='starting', lease=lease+1, attempt=attempt+1, who=:who, host=:h, "
            "heartbeat=heartbeat+1, last_seq=last_seq+1, error=NULL, ended=NULL "
            "WHERE id=:run AND state='queued' AND deleted IS NULL "
            "RETURNING lease, attempt, last_seq",
            who=text,
            h=host,
            run=id,
        )
        if found is None:
            return None
        lease, attempt, seq = found
        cursor.run(
            "INSERT INTO attempt (run, number, lease, who, started) VALUES (:r, :n, :l, :w, :t)",
            r=id,
            n=attempt,
            l=lease,
            w=text,
            t=now,
        )
        self._state_event(cursor, id, seq, attempt, now, state="starting", lease=lease)
        return int(lease)

    def adopt(self, id: str, lease: int, who: Mapping[str, Any]) -> None:
        """Write who holds the run from now on: the coordinator itself, no longer its starter.

        Raises
        ------
        LeaseLost : the lease is another's, or the run has ended.
        """
        with self.database.fast() as cursor:
            found = cursor.one(
                "UPDATE run SET who=:w, host=:h, heartbeat=heartbeat+1 WHERE id=:r AND lease=:l "
                f"AND state IN {IN_LIVE} RETURNING attempt",
                w=dump(who),
                h=str(who.get("host", "")),
                r=id,
                l=lease,
            )
            if found is None:
                raise lease_lost(id, lease)
            cursor.run(
                "UPDATE attempt SET who=:w WHERE run=:r AND number=:n",
                w=dump(who),
                r=id,
                n=found[0],
            )

    def heartbeat(self, id: str, lease: int) -> None:
        """Say that the run's holder lives.

        Raises
        ------
        LeaseLost : the lease is another's, or the run has ended.
        """
        with self.database.fast(synced=False, shared=True) as cursor:
            changed = cursor.run(
                "UPDATE run SET heartbeat=heartbeat+1 WHERE id=:r AND lease=:l "
                f"AND state IN {IN_LIVE}",
                r=id,
                l=lease,
            )
            if not changed:
                raise lease_lost(id, lease)

    def interrupt(self, id: str, lease: int, reason: str) -> bool:
        """Take a live run from its holder, judged dead; return whether this call did it."""
        now = stamp()
        with self.database.fast() as cursor:
            found = cursor.one(
                "UPDATE run SET state='interrupted', lease=lease+1, last_seq=last_seq+1, error=:e, "
                f"ended=:t WHERE id=:r AND lease=:l AND state IN {IN_LIVE} "
                "RETURNING last_seq, attempt",
                e=reason,
                t=now,
                r=id,
                l=lease,
            )
            if found is None:
                return False
            seq, attempt = found
            cursor.run(
                "UPDATE attempt SET ended=:t, outcome='interrupted' WHERE run=:r AND number=:n",
                t=now,
                r=id,
                n=attempt,
            )
            self._state_event(cursor, id, seq, attempt, now, state="interrupted", reason=reason)
        return True

    def requeue(self, id: str) -> None:
        """Put a stopped, interrupted or failed run back into the queue, at its end.

        Raises
        ------
        ConflictError : it is in another state: it has finished, runs, or somebody else was first.
        NotFoundError : there is no such run.
        """
        allowed = ",".join(f"'{state}'" for state in sorted(RESUMABLE))
        with self.database.fast() as cursor:
            now = stamp()
            found = cursor.one(
                "UPDATE run SET state='queued', lease=lease+1, last_seq=last_seq+1, queued=:t, "
                f"ended=NULL, error=NULL WHERE id=:r AND state IN ({allowed}) AND deleted IS NULL "
                "RETURNING last_seq, attempt",
                t=stamp(fine=True),
                r=id,
            )
            if found is not None:
                seq, attempt = found
                self._state_event(cursor, id, seq, attempt, now, state="queued", reason="resume")
                return
        row = self.get(id)
        final = row.state == "finished"
        raise ConflictError(
            f"the run is {row.state}",
            where=f"run {row.id[:13]}",
            hint="a finished run is final; train again" if final else "it was resumed already",
        )
