"""What a run leaves: artifacts and evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from spikex_lab.errors import NotFoundError
from spikex_lab.ids import new_id
from spikex_lab.store import lookup
from spikex_lab.store.clock import stamp
from spikex_lab.store.log import lease_lost
from spikex_lab.store.records import ArtifactRow, EvaluationRow, Object
from spikex_lab.store.runtable import IN_LIVE, RunTable, dump, load

_COLUMNS = "run, name, size, sha256, media_type, attempt, created"


class Artifacts(RunTable):
    """The artifacts' part of `Runs`."""

    def add_artifact(
        self,
        id: str,
        lease: int,
        name: str,
        object: Object,
        media_type: str = "application/octet-stream",
    ) -> ArtifactRow:
        """Keep `object` as the run's artifact `name`; the same name again replaces it.

        Raises
        ------
        LeaseLost : the lease is another's, or the run has ended.
        InvalidError : it is not a file name.
        """
        lookup.check_file_name(name)
        with self.database.fast() as cursor:
            found = cursor.one(
                f"SELECT attempt FROM run WHERE id=:r AND lease=:l AND state IN {IN_LIVE}",
                r=id,
                l=lease,
            )
            if found is None:
                raise lease_lost(id, lease)
            if not cursor.one("SELECT 1 FROM object WHERE sha256=:s", s=object.sha256):
                raise NotFoundError("no such object", where=object.sha256)
            row = ArtifactRow(id, name, object.size, object.sha256, media_type, found[0], stamp())
            cursor.run("DELETE FROM artifact WHERE run=:r AND name=:n", r=id, n=name)
            cursor.run(
                f"INSERT INTO artifact ({_COLUMNS}) VALUES "
                "(:run, :name, :size, :sha256, :media_type, :attempt, :created)",
                **row.to_dict(),
            )
        return row

    def artifacts(self, id: str) -> list[ArtifactRow]:
        """Return the run's artifacts, by name."""
        rows = self.database.rows(
            f"SELECT {_COLUMNS} FROM artifact WHERE run=:run ORDER BY name", {"run": id}
        )
        return [ArtifactRow(*row) for row in rows]

    def add_evaluation(self, id: str, body: Mapping[str, Any]) -> EvaluationRow:
        """Keep the result of an evaluation of the run's network.

        Raises
        ------
        NotFoundError : there is no such run.
        """
        run = self.get(id).id
        row = EvaluationRow(new_id(), run, dict(body), stamp())
        with self.database.fast() as cursor:
            cursor.run(
                "INSERT INTO evaluation (id, run, body, created) VALUES (:i, :r, :b, :t)",
                i=row.id,
                r=run,
                b=dump(row.body),
                t=row.created,
            )
        return row

    def evaluation(self, id: str, evaluation: str) -> EvaluationRow:
        """Return one evaluation of a run.

        Raises
        ------
        NotFoundError : the run has no such evaluation.
        """
        rows = self.database.rows(
            "SELECT id, run, body, created FROM evaluation WHERE run=:run AND id=:id",
            {"run": self.get(id).id, "id": evaluation},
        )
        if not rows:
            raise NotFoundError("the run has no such evaluation")
        return EvaluationRow(rows[0][0], rows[0][1], load(rows[0][2]), rows[0][3])

    def evaluations(self, id: str) -> list[EvaluationRow]:
        """Return the run's evaluations, newest first, at most 200."""
        rows = self.database.rows(
            "SELECT id, run, body, created FROM evaluation WHERE run=:run "
            "ORDER BY created DESC, id DESC LIMIT 200",
            {"run": id},
        )
        return [EvaluationRow(row[0], row[1], load(row[2]), row[3]) for row in rows]
