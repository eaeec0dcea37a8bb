"""Versions of components as rows: which number and name a new one gets, and how it is put down.

Every function works inside the write transaction of its cursor.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from spikex_lab.errors import ConflictError
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Cursor
from spikex_lab.store.models import spec_digest
from spikex_lab.store.records import Object
from spikex_lab.store.runtable import dump, load


def place(
    cursor: Cursor, component: str, spec: dict[str, Any], named_version: bool
) -> tuple[dict[str, Any], int | None]:
    """Return `spec` with the version it is kept as, and the number of the same content if kept."""
    taken = cursor.all(
        "SELECT number, version, digest, spec FROM component_version WHERE component=:c "
        "ORDER BY number DESC",
        c=component,
    )
    if named_version:
        for number, version, digest, _ in taken:
            if version == spec["version"]:
                if digest == spec_digest(spec):
                    return spec, int(number)
                raise ConflictError(
                    f"version {version} of {spec['id']} is kept already and differs",
                    where="version",
                    hint=f"raise it ({after(version)}), or leave it out",
                )
        return spec, None
    if taken:
        number, version, _, last = taken[0]
        if _without_version(load(last)) == _without_version(spec):
            return {**spec, "version": version}, int(number)
        names = {row[1] for row in taken}
        while (version := after(version)) in names:
            pass
        return {**spec, "version": version}, None
    return spec, None


def _without_version(spec: Mapping[str, Any]) -> str:
    return json.dumps({**spec, "version": ""}, sort_keys=True)


def after(version: str) -> str:
    """Return the version after `version`.

    Examples
    --------
    >>> after("1.0.9")
    '1.0.10'
    """
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", version)
    assert found is not None  # noqa: S101 (the schema's pattern)
    return f"{found[1]}.{found[2]}.{int(found[3]) + 1}"


def insert(
    cursor: Cursor, component: str, number: int, spec: dict[str, Any], me: str, *, new: bool
) -> None:
    """Put a draft down: version `number` of `component`, which is `new` or has others."""
    now = stamp()
    if new:
        cursor.run(
            "INSERT INTO component (id, ident, owner, latest, created, updated) "
            "VALUES (:id, :ident, :me, 1, :t, :t)",
            id=component,
            ident=spec["id"],
            me=me,
            t=now,
        )
    else:
        cursor.run(
            "UPDATE component SET latest=:n, updated=:t WHERE id=:id", n=number, t=now, id=component
        )
    cursor.run(
        "INSERT INTO component_version (component, number, version, spec, digest, state, author, "
        "created) VALUES (:c, :n, :v, :spec, :digest, 'draft', :me, :t)",
        c=component,
        n=number,
        v=spec["version"],
        spec=dump(spec),
        digest=spec_digest(spec),
        me=me,
        t=now,
    )


def insert_files(cursor: Cursor, component: str, number: int, files: Mapping[str, Object]) -> None:
    """Name the objects that belong to a version."""
    for name, file in files.items():
        cursor.run(
            "INSERT INTO component_file (component, number, name, sha256, size) "
            "VALUES (:c, :n, :name, :sha, :size)",
            c=component,
            n=number,
            name=name,
            sha=file.sha256,
            size=file.size,
        )


def submit(
    cursor: Cursor, component: str, number: int, ident: str, report: Mapping[str, Any]
) -> None:
    """Make a draft pending.

    Raises
    ------
    ConflictError : it is no draft any more.
    """
    if not cursor.run(
        "UPDATE component_version SET state='pending', report=:r, submitted=:t "
        "WHERE component=:c AND number=:n AND state='draft'",
        r=dump(dict(report)),
        t=stamp(),
        c=component,
        n=number,
    ):
        raise ConflictError(
            f"this version of {ident} was submitted already",
            hint="define a changed one: it becomes the next version",
        )
