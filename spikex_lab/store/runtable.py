"""What the parts of `Runs` share: the columns of a run, JSON, and how an id is found."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any

from spikex_lab.errors import InvalidError, NotFoundError
from spikex_lab.spec.run import LIVE
from spikex_lab.store import lookup
from spikex_lab.store.database import Cursor, Database
from spikex_lab.store.records import RunRow

IN_LIVE = "(" + ",".join(f"'{state}'" for state in sorted(LIVE)) + ")"
"""The live states, for SQL."""

SELECT = (
    "SELECT r.id, m.name, r.state, r.job, r.model_id, r.model_version, r.dataset_id, r.dataset, "
    "r.target, r.device, s.spec, r.digest, r.lease, r.attempt, r.last_seq, r.who, r.heartbeat, "
    "r.progress, r.summary, r.error, r.created, r.queued, r.started, r.ended FROM run r "
    "JOIN run_spec s ON s.run=r.id LEFT JOIN model m ON m.id=r.model_id WHERE r.deleted IS NULL"
)
ADD_EVENT = (
    "INSERT INTO run_event (run, seq, time, type, attempt, epoch, batch, body) "
    "VALUES (:run, :seq, :time, 'state', :attempt, NULL, NULL, :body)"
)


class RunTable:
    """Base of the parts of `Runs`."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def get(self, ref: str) -> RunRow:
        """Return the run with the id `ref`, or the one whose id begins so.

        Raises
        ------
        NotFoundError : there is none.
        ConflictError : several ids begin so.
        """
        found = self.database.rows(SELECT + " AND r.id=:id", {"id": ref}) if ref else []
        if not found and lookup.is_id_start(ref):
            found = self.database.rows(SELECT + " AND r.id LIKE :id LIMIT 3", {"id": ref + "%"})
            if len(found) > 1:
                raise lookup.ambiguous(ref, [row[0] for row in found], "run")
        if not found:
            raise NotFoundError(f'no run "{str(ref)[:100]}"', hint="`spikex runs list` shows them")
        return to_row(found[0])

    def _state_event(
        self, cursor: Cursor, id: str, seq: int, attempt: int, now: str, **body: Any
    ) -> None:
        cursor.run(ADD_EVENT, run=id, seq=seq, time=now, attempt=attempt, body=dump(body))


def to_row(row: tuple[Any, ...]) -> RunRow:
    """Return the record of one row of `SELECT`."""
    (run, model, state, job, model_id, version, dataset_id, dataset, target, device, spec, digest,
     lease, attempt, last_seq, who, heartbeat, progress, summary, error,
     created, queued, started, ended) = row  # fmt: skip
    plain = load(spec)
    named = plain.get("model")
    return RunRow(
        id=run,
        name=model or (named.get("name") if isinstance(named, dict) else None) or run[:13],
        state=state,
        job=job,
        model_id=model_id,
        model_name=model,
        model_version=version,
        dataset_id=dataset_id,
        dataset=dataset,
        target=target,
        device=device,
        spec=plain,
        digest=digest,
        lease=lease,
        attempt=attempt,
        last_seq=last_seq,
        who=load(who),
        heartbeat=heartbeat,
        progress=load(progress),
        summary=load(summary) or {},
        error=error,
        created=created,
        queued=queued,
        started=started,
        ended=ended,
    )


def dump(value: Mapping[str, Any]) -> str:
    """Return compact JSON; numbers that JSON cannot hold (NaN, infinities) become null.

    Raises
    ------
    InvalidError : `value` holds something that is no data.
    """
    try:
        try:
            return json.dumps(value, separators=(",", ":"), allow_nan=False, default=_plain)
        except ValueError:
            return json.dumps(_finite(value), separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidError(f"not data for JSON: {error}") from None


def load(value: Any) -> Any:
    """Return a JSON column as data (PostgreSQL's driver has parsed it already)."""
    return json.loads(value) if isinstance(value, (str, bytes)) else value


def _plain(value: Any) -> Any:
    """Return a numpy scalar or array, or a tensor on the CPU, as plain numbers."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"{type(value).__name__} is not data")


def _finite(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    return _finite(_plain(value))
