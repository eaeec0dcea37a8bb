"""The index of the library: one line per component and audience, its tags, its searchable text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as changed
from typing import Any

from spikex_lab.store import search as text
from spikex_lab.store.database import Cursor, Database
from spikex_lab.store.records import EntryRow, Found

MAX_TAGS = 200
"""Tags that are counted for one answer: the most frequent ones."""
_VISIBLE = (
    "(e.audience=:me OR (e.audience='' AND NOT EXISTS (SELECT 1 FROM library_entry o "
    "WHERE o.ident=e.ident AND o.audience=:me AND e.source='own')))"
)
"""What everybody sees, but for what the person has a version of their own of."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What the index says of a component; `body` is only searched, never shown."""

    ident: str
    kind: str
    name: str
    version: str
    summary: str
    tags: tuple[str, ...] = ()
    body: str = ""
    state: str = "bundled"

    def with_(self, **values: Any) -> Entry:
        """Return the entry with other values."""
        return changed(self, **values)


def find(
    database: Database,
    me: str,
    search: str,
    kind: str | None,
    tag: str | None,
    page: tuple[int, int, int],
) -> Found:
    """Return a page (number, size, offset) of what `me` sees, with counts by kind and by tag."""
    match = text.match(database, search)
    params: dict[str, Any] = {"me": me, **match.params}
    where = f"WHERE {_VISIBLE}{match.where}"
    of_tag = " AND EXISTS (SELECT 1 FROM library_tag g WHERE g.entry=e.id AND g.tag=:tag)"
    if tag is not None:
        where += of_tag
        params["tag"] = tag
    source = f"FROM library_entry e{match.join} {where}"
    kinds = {
        str(row[0]): int(row[1])
        for row in database.rows(
            f"SELECT e.kind, count(*) {source} GROUP BY e.kind ORDER BY e.kind", params
        )
    }
    if kind is not None:
        source += " AND e.kind=:kind"
        params["kind"] = kind
    number, size, offset = page
    rows = database.rows(
        "SELECT e.ident, e.kind, e.name, e.version, e.summary, e.tags, e.state "
        f"{source} ORDER BY {match.order} LIMIT :limit OFFSET :offset",
        {**params, "limit": size, "offset": offset},
    )
    tags = database.rows(
        "SELECT t.tag, count(*) AS n FROM library_tag t WHERE t.entry IN "
        f"(SELECT e.id {source}) GROUP BY t.tag ORDER BY n DESC, t.tag LIMIT {MAX_TAGS}",
        params,
    )
    return Found(
        items=[_row(row) for row in rows],
        total=sum(kinds.values()) if kind is None else kinds.get(kind, 0),
        page=number,
        page_size=size,
        kinds=kinds,
        tags={str(row[0]): int(row[1]) for row in tags},
    )


def add(cursor: Cursor, entry: Entry, *, source: str, audience: str) -> None:
    """Add a line that is not there yet."""
    values: Mapping[str, Any] = {
        "ident": entry.ident,
        "audience": audience,
        "source": source,
        "kind": entry.kind,
        "name": entry.name,
        "version": entry.version,
        "summary": entry.summary,
        "tags": "\n".join(entry.tags),
        "state": entry.state,
    }
    names = ", ".join(values)
    row = cursor.one(
        f"INSERT INTO library_entry ({names}) VALUES ({', '.join(f':{n}' for n in values)}) "
        "RETURNING id",
        **values,
    )
    assert row is not None  # noqa: S101 (RETURNING)
    cursor.many(
        "INSERT INTO library_tag (entry, tag) VALUES (:entry, :tag)",
        [{"entry": row[0], "tag": tag} for tag in dict.fromkeys(entry.tags)],
    )
    text.put(
        cursor,
        row[0],
        (entry.ident, entry.name, " ".join(entry.tags), entry.summary, entry.body),
    )


def replace(cursor: Cursor, entry: Entry, *, source: str, audience: str) -> None:
    """Put a line in the place of the one that is there for the same component and audience."""
    for (old,) in cursor.all(
        "SELECT id FROM library_entry WHERE ident=:i AND audience=:a AND source=:s",
        i=entry.ident,
        a=audience,
        s=source,
    ):
        _remove(cursor, old)
    add(cursor, entry, source=source, audience=audience)


def clear(cursor: Cursor, source: str) -> None:
    """Remove every line of `source`."""
    for (old,) in cursor.all("SELECT id FROM library_entry WHERE source=:s", s=source):
        _remove(cursor, old)


def set_state(cursor: Cursor, ident: str, audience: str, version: str, state: str) -> None:
    """Change the state of the line that shows `version` to `audience`."""
    cursor.run(
        "UPDATE library_entry SET state=:state WHERE ident=:i AND audience=:a AND version=:v",
        state=state,
        i=ident,
        a=audience,
        v=version,
    )


def _remove(cursor: Cursor, entry: int) -> None:
    text.drop(cursor, entry)
    cursor.run("DELETE FROM library_tag WHERE entry=:e", e=entry)
    cursor.run("DELETE FROM library_entry WHERE id=:e", e=entry)


def _row(row: tuple[Any, ...]) -> EntryRow:
    ident, kind, name, version, summary, tags, state = map(str, row)
    return EntryRow(ident, kind, name, version, summary, tags.split("\n") if tags else [], state)
