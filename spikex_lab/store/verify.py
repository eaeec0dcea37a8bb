"""Is everything kept as it was written? And: what nothing names any more goes."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Database

if TYPE_CHECKING:
    from spikex_lab.store.store import Store

PAGE = 500
TEMPORARY_GRACE = 3600.0
"""Seconds for which a temporary file may be an upload that is still coming in."""
TRASH_SECONDS = 30 * 86_400.0
"""How long the files of deleted datasets and runs are kept."""
NAMING = {
    "dataset_file": "dataset_id",
    "artifact": "run",
    "run_object": "run",
    "consent": "person",
    "component_file": "component",
}
"""Tables that name objects, and the column of what they belong to."""
TEXTS = {"model_version": "spec", "run_spec": "spec", "evaluation": "body"}
"""Tables whose text may name objects (the code of a module)."""


@dataclass(frozen=True)
class Report:
    """What `verify` found. ``ok`` means that nothing is lost; orphans are only litter.

    `damaged` are objects whose bytes are not those of their name, `missing` those without a file,
    `dangling` are rows that name no object ("table: owner: hash"), `orphans` files without a row.
    """

    objects: int = 0
    bytes: int = 0
    damaged: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    dangling: list[str] = field(default_factory=list)
    orphans: list[str] = field(default_factory=list)
    temporary: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every object is there and true, and every row points to one."""
        return not (self.damaged or self.missing or self.dangling)

    @property
    def clean(self) -> bool:
        """Whether there is no litter either."""
        return self.ok and not (self.orphans or self.temporary)

    def __str__(self) -> str:
        lines = [f"{self.objects} objects, {self.bytes / 1e6:.1f} MB"]
        for word in ("damaged", "missing", "dangling", "orphans", "temporary"):
            names = getattr(self, word)
            lines += [f"{word}: {len(names)}", *(f"  {name}" for name in names)] if names else []
        return "\n".join([*lines, "everything is there and true" if self.ok else "NOT in order"])

    def to_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return {**vars(self), "ok": self.ok, "clean": self.clean}


@dataclass(frozen=True)
class Collected:
    """What `collect` removed: objects, files without a row, temporary files, run folders, bytes."""

    objects: int = 0
    orphans: int = 0
    temporary: int = 0
    folders: int = 0
    bytes: int = 0


def verify(store: Store) -> Report:
    """Read every object; see `Report`."""
    objects, found = store.objects, Report()
    count = size = 0
    for sha, length in _objects(store.database):
        count, size = count + 1, size + length
        if objects.check(sha):
            continue
        # Looked at again, for a collection may have gone by.
        if store.database.rows("SELECT 1 FROM object WHERE sha256=:s", {"s": sha}):
            (found.damaged if objects.has(sha) else found.missing).append(sha)
    for table, owner in NAMING.items():
        rows = store.database.rows(
            f"SELECT {owner}, sha256 FROM {table} t WHERE NOT EXISTS "
            "(SELECT 1 FROM object o WHERE o.sha256=t.sha256) ORDER BY 1, 2"
        )
        found.dangling.extend(f"{table}: {whose}: {sha}" for whose, sha in rows)
    for file in objects.files():
        if not (file.sha and _has_row(store.database, file.sha)):
            found.orphans.append(file.name)
    found.temporary.extend(file.name for file in objects.litter())
    return Report(
        count, size, found.damaged, found.missing, found.dangling, found.orphans, found.temporary
    )


def collect(store: Store, *, grace: float = 86_400.0, trash: float = TRASH_SECONDS) -> Collected:
    """Remove what nothing names, at least `grace` seconds old; and the files of what was deleted
    `trash` seconds ago. A put that comes in meanwhile is safe: both hold the write lock."""
    folders = _empty_trash(store, stamp(trash))
    objects = size = 0
    for sha, length in _unnamed(store.database, stamp(grace)):
        with store.database.fast() as cursor:
            gone = cursor.run(_DELETE, sha=sha, before=stamp(grace))
        if gone and store.objects.forget(sha):
            objects, size = objects + 1, size + length
    orphans = temporary = 0
    now = time.time()
    for file in list(store.objects.files()):
        if (
            file.sha
            and not _has_row(store.database, file.sha)
            and now - file.modified >= grace
            and store.objects.forget(file.sha)
        ):
            orphans, size = orphans + 1, size + file.size
    for file in list(store.objects.litter()):
        if now - file.modified >= max(grace, TEMPORARY_GRACE):
            store.objects.discard(file)
            temporary, size = temporary + 1, size + file.size
    store.objects.drop_copies(grace)
    return Collected(objects, orphans, temporary, folders, size)


def _empty_trash(store: Store, before: str) -> int:
    """Let go of the files of what was deleted `before`; return how many folders went."""
    runs = [row[0] for row in store.database.rows(_DEAD_RUNS, {"before": before})]
    with store.database.fast() as cursor:
        cursor.run(_DROP_FILES, before=before)
        for run in runs:
            for table in ("artifact", "run_object"):
                cursor.run(f"DELETE FROM {table} WHERE run=:run", run=run)
    gone = 0
    for run in runs:
        folder = store.settings.runs / run
        if folder.is_dir() and not folder.is_symlink():
            shutil.rmtree(folder)
            gone += 1
    return gone


_DEAD_RUNS = "SELECT id FROM run WHERE deleted IS NOT NULL AND deleted < :before"
_DROP_FILES = (
    "DELETE FROM dataset_file WHERE dataset_id IN "
    "(SELECT d.id FROM dataset d WHERE d.deleted < :before AND NOT EXISTS "
    "(SELECT 1 FROM run r WHERE r.dataset_id=d.id AND r.deleted IS NULL))"
)
_UNNAMED = "touched < :before " + " ".join(
    f"AND NOT EXISTS (SELECT 1 FROM {table} t WHERE t.sha256=object.sha256)" for table in NAMING
)
_DELETE = f"DELETE FROM object WHERE sha256=:sha AND {_UNNAMED}"


def _unnamed(database: Database, before: str) -> list[tuple[str, int]]:
    """Return (hash, size) of the objects that no row and no text names."""
    found = database.rows(f"SELECT sha256, size FROM object WHERE {_UNNAMED}", {"before": before})
    if not found:
        return []
    named: set[str] = set()
    for table, column in TEXTS.items():
        for (text,) in database.rows(f"SELECT {column} FROM {table}"):
            named.update(_ANY_SHA.findall(str(text)))
    return [(sha, int(size)) for sha, size in found if sha not in named]


_ANY_SHA = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")


def _objects(database: Database) -> Iterator[tuple[str, int]]:
    """Yield (hash, size) of every object, a page at a time."""
    after = ""
    while True:
        rows = database.rows(
            "SELECT sha256, size FROM object WHERE sha256>:after ORDER BY sha256 LIMIT :page",
            {"after": after, "page": PAGE},
        )
        if not rows:
            return
        yield from ((sha, int(size)) for sha, size in rows)
        after = rows[-1][0]


def _has_row(database: Database, sha: str) -> bool:
    return bool(database.rows("SELECT 1 FROM object WHERE sha256=:s", {"s": sha}))
