"""Runs: made, found, listed, hidden; the rest is in `claims`, `log`, `control`, `artifacts`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from spikex_lab import durable
from spikex_lab.errors import BusyError, ConflictError, InvalidError, NotFoundError, nearest
from spikex_lab.ids import new_id
from spikex_lab.spec.run import ENDED, LIVE
from spikex_lab.store import lookup
from spikex_lab.store.artifacts import Artifacts
from spikex_lab.store.claims import Claims
from spikex_lab.store.clock import stamp
from spikex_lab.store.control import Control
from spikex_lab.store.database import Cursor, Database
from spikex_lab.store.log import Log
from spikex_lab.store.records import AttemptRow, Page, RunRow
from spikex_lab.store.runtable import IN_LIVE, SELECT, dump, load, to_row

STATES = sorted(LIVE | ENDED | {"queued"})
Rows = list[RunRow]
Attempts = list[AttemptRow]
SORTS = {
    "created": "r.created",
    "queued": "r.queued",
    "started": "r.started",
    "ended": "r.ended",
    "state": "r.state",
    "name": "m.name",
}


class Runs(Claims, Log, Control, Artifacts):
    """The runs of a store.

    Parameters
    ----------
    folders : folder of the runs' working folders.
    most_queued : so many may wait in the queue.
    """

    def __init__(self, database: Database, folders: Path, most_queued: int) -> None:
        super().__init__(database)
        self._folders, self._most_queued = folders, most_queued

    def create(
        self,
        spec: Mapping[str, Any],
        *,
        model_id: str | None = None,
        model_version: int | None = None,
        dataset_id: str | None = None,
        target: str = "local",
        digest: str = "",
    ) -> RunRow:
        """Keep a new run in state ``queued`` with its first event.

        Raises
        ------
        NotFoundError : the model's version, the dataset or the weights to begin with are missing.
        BusyError : as many wait in the queue as may.
        """
        with self.database.fast() as cursor:
            run, now = new_id(), stamp()  # under the write lock: in the order of the queue
            self._check_queue(cursor)
            self._check_parents(cursor, model_id, model_version, dataset_id)
            cursor.run(
                "INSERT INTO run (id, state, job, model_id, model_version, dataset_id, dataset, "
                "target, device, digest, lease, attempt, last_seq, heartbeat, created, queued) "
                "VALUES (:id, 'queued', :job, :model, :version, :dataset_id, :dataset, :target, "
                ":device, :digest, 0, 0, 1, 0, :now, :queued)",
                id=run,
                job=spec.get("job", "train"),
                model=model_id,
                version=model_version,
                dataset_id=dataset_id,
                dataset=spec.get("dataset"),
                target=target,
                device=spec.get("device", "cpu"),
                digest=digest,
                now=now,
                queued=stamp(fine=True),
            )
            cursor.run("INSERT INTO run_spec (run, spec) VALUES (:r, :s)", r=run, s=dump(spec))
            self._hold(cursor, run, spec.get("weights"))
            self._state_event(cursor, run, 1, 0, now, state="queued")
        return self.get(run)

    def _check_queue(self, cursor: Cursor) -> None:
        found = cursor.one("SELECT count(*) FROM run WHERE state='queued' AND deleted IS NULL")
        if found is not None and int(found[0]) >= self._most_queued:
            raise BusyError(
                f"{found[0]} runs wait in the queue already, as many as may",
                where="runs",
                hint="wait until some have begun, or stop some",
            )

    def _hold(self, cursor: Cursor, run: str, sha: str | None) -> None:
        """Keep the file of weights that the run begins with for as long as the run."""
        if sha is None:
            return
        if not cursor.one("SELECT 1 FROM object WHERE sha256=:s", s=sha):
            raise NotFoundError("no such object", where=sha)
        cursor.run("INSERT INTO run_object (run, sha256) VALUES (:r, :s)", r=run, s=sha)

    def _check_parents(
        self, cursor: Cursor, model: str | None, version: int | None, dataset: str | None
    ) -> None:
        if model is not None and not cursor.one(
            "SELECT 1 FROM model_version WHERE model_id=:m AND number=:v", m=model, v=version
        ):
            raise NotFoundError(f"no version {version} of that model", where=model)
        if dataset is not None and not cursor.one(
            "SELECT 1 FROM dataset WHERE id=:d AND deleted IS NULL", d=dataset
        ):
            raise NotFoundError("no such dataset", where=dataset)

    def list(
        self,
        state: str | Iterable[str] | None = None,
        model: str | None = None,
        page: int = 1,
        page_size: int = 50,
        sort: str = "-created",
    ) -> Page[RunRow]:
        """Return one page of runs; `state` is one state or several, `model` an id or a name."""
        offset = lookup.check_page(page, page_size)
        column, down = lookup.check_sort(sort, SORTS)
        where, params = "", {}
        if state is not None:
            states = [state] if isinstance(state, str) else list(state)
            for word in states:
                if word not in STATES:
                    raise InvalidError(f'no state "{word}"', hint=nearest(word, STATES))
            params = {f"s{index}": word for index, word in enumerate(states)}
            where += f" AND r.state IN ({','.join(':' + key for key in params) or 'NULL'})"
        if model is not None:
            where += " AND (r.model_id=:model OR m.name=:model)"
            params["model"] = model
        counted = "SELECT count(*) FROM run r LEFT JOIN model m ON m.id=r.model_id "
        total = self.database.rows(counted + "WHERE r.deleted IS NULL" + where, params)[0][0]
        order = f" ORDER BY {column}{' DESC' if down else ''}, r.id{' DESC' if down else ''}"
        rows = self.database.rows(
            SELECT + where + order + " LIMIT :limit OFFSET :offset",
            {**params, "limit": page_size, "offset": offset},
        )
        return Page([to_row(row) for row in rows], int(total), page, page_size)

    def last_finished(self, models: Iterable[str]) -> dict[str, RunRow]:
        """Return the newest finished training of each of `models` (ids) that has one."""
        params = {f"m{index}": model for index, model in enumerate(models)}
        newest = (
            "SELECT max(id) FROM run WHERE deleted IS NULL AND state='finished' "
            f"AND model_id IN ({','.join(':' + key for key in params) or 'NULL'}) GROUP BY model_id"
        )
        rows = self.database.rows(f"{SELECT} AND r.id IN ({newest})", params)
        return {str(run.model_id): run for run in map(to_row, rows)}

    def live(self) -> Rows:
        """Return the runs that a coordinator holds."""
        rows = self.database.rows(SELECT + f" AND r.state IN {IN_LIVE} ORDER BY r.id")
        return [to_row(row) for row in rows]

    def queued(self) -> Rows:
        """Return the runs that wait, first come first, at most 1000."""
        rows = self.database.rows(
            SELECT + " AND r.state='queued' ORDER BY r.queued, r.id LIMIT 1000"
        )
        return [to_row(row) for row in rows]

    def attempts(self, id: str) -> Attempts:
        """Return the claims of a run, oldest first."""
        rows = self.database.rows(
            "SELECT run, number, lease, who, started, ended, outcome, resumed_seq, resumed_at "
            "FROM attempt WHERE run=:run ORDER BY number",
            {"run": id},
        )
        return [
            AttemptRow(run, number, lease, load(who), *rest)
            for run, number, lease, who, *rest in rows
        ]

    def delete(self, id: str) -> None:
        """Hide a run.

        Raises
        ------
        ConflictError : a coordinator holds it.
        """
        row = self.get(id)
        with self.database.fast() as cursor:
            changed = cursor.run(
                f"UPDATE run SET deleted=:t, lease=lease+1 WHERE id=:r AND state NOT IN {IN_LIVE}",
                t=stamp(),
                r=row.id,
            )
        if not changed:
            raise ConflictError(
                "the run is alive", where=f"run {row.id[:13]}", hint="stop it first"
            )

    def folder(self, id: str) -> Path:
        """Return the run's working folder, made for its owner only: log file, rolling checkpoint.

        Raises
        ------
        NotFoundError : there is no such run.
        """
        run = self.get(id).id
        path = durable.folder(self._folders, where="runs") / run
        if path.is_symlink():
            raise ConflictError("a link is in the place of the run's folder", where=str(path))
        return durable.folder(path, where="runs")
