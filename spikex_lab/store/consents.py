"""Code that its user chose to run, by content hash. Nothing else that is kept is ever executed."""

from __future__ import annotations

from spikex_lab.errors import NotFoundError
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Database
from spikex_lab.store.objects import Objects


class Consents:
    """The consents of a store. A changed hash is another code: it is asked for again."""

    def __init__(self, database: Database, objects: Objects) -> None:
        self._database, self._objects = database, objects

    def give(self, sha256: str, label: str = "") -> None:
        """Record that the person at this store chose the code object `sha256` to run.

        Raises
        ------
        NotFoundError : there is no such object.
        """
        self._objects.get(sha256)
        with self._database.fast() as cursor:
            cursor.run(
                "INSERT INTO consent (sha256, person, label, created) "
                "SELECT :s, id, :l, :t FROM person ORDER BY created LIMIT 1 "
                "ON CONFLICT (sha256) DO NOTHING",
                s=sha256,
                l=label[:200],
                t=stamp(),
            )

    def given(self, sha256: str) -> bool:
        """Return whether the code object `sha256` was chosen."""
        rows = self._database.rows("SELECT 1 FROM consent WHERE sha256=:s", {"s": sha256})
        return bool(rows)

    def find(self, sha256: str) -> bytes | None:
        """Return the chosen code object, verified now; None where nobody chose it."""
        return self.code(sha256) if self.given(sha256) else None

    def code(self, sha256: str) -> bytes:
        """Return the chosen code object, verified now.

        Raises
        ------
        NotFoundError : nobody chose it, or it is not here.
        """
        if not self.given(sha256):
            raise NotFoundError(
                f"the code {sha256[:12]} was never chosen to run here",
                hint="make the model from your own module: Model.from_module",
            )
        return self._objects.read(sha256)
