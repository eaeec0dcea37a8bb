"""The component library of a store: what people here wrote, and the index over all there is.

A version of a component is never changed. It begins as a ``draft``; submitted, it is ``pending``;
a reviewer who is not its author makes it ``approved`` or ``rejected``. Everybody sees what is
bundled or approved, its author also what is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, nearest
from spikex_lab.ids import new_id
from spikex_lab.store import entries, lookup, versions
from spikex_lab.store.clock import stamp
from spikex_lab.store.database import Cursor, Database
from spikex_lab.store.objects import Objects
from spikex_lab.store.records import ComponentRow, Found, Object, ReviewRow
from spikex_lab.store.runtable import load

STATES = ("draft", "pending", "approved", "rejected")
VERDICTS = {"approve": "approved", "reject": "rejected"}
_COLUMNS = (
    "c.id, c.ident, v.number, v.version, v.spec, v.digest, v.state, v.author, p.name, v.report, "
    "v.created, v.submitted"
)
_FROM = (
    "FROM component c JOIN component_version v ON v.component=c.id "
    "JOIN person p ON p.id=v.author WHERE c.deleted IS NULL"
)
_SEEN = "(v.state='approved' OR v.author=:me)"


class Library:
    """The library as the person `me` (an id) sees it; ``None``: the person at this store."""

    def __init__(self, database: Database, objects: Objects, me: str | None = None) -> None:
        self._database, self._objects = database, objects
        self._me = me

    def seen_by(self, person: str) -> Library:
        """Return the same library as `person` (an id) sees it."""
        return Library(self._database, self._objects, person)

    @property
    def me(self) -> str:
        """The id of the person who looks."""
        if self._me is None:
            rows = self._database.rows("SELECT id FROM person ORDER BY created LIMIT 1")
            self._me = str(rows[0][0])
        return self._me

    # --- look ----------------------------------------------------------------------------

    def find(
        self,
        search: str = "",
        *,
        kind: str | None = None,
        tag: str | None = None,
        page: int = 1,
        page_size: int = 50,
    ) -> Found:
        """Return one page of the library, best first, and how many there are by kind and by tag.

        Parameters
        ----------
        search : words; each begins a word of id, name, tags, summary or text.
        kind, tag : only these; `Found.kinds` counts as if no kind had been chosen.
        """
        offset = lookup.check_page(page, page_size)
        return entries.find(self._database, self.me, search, kind, tag, (page, page_size, offset))

    def indexed(self, source: str) -> str | None:
        """Return the digest of the content that the lines of `source` were made of."""
        rows = self._database.rows(
            "SELECT digest FROM library_index WHERE source=:s", {"s": source}
        )
        return str(rows[0][0]) if rows else None

    def index(self, source: str, digest: str, lines: Iterable[entries.Entry]) -> None:
        """Make the lines of `source` anew; of two processes at it, one does the work."""
        with self._database.fast() as cursor:
            if cursor.one("SELECT 1 FROM library_index WHERE source=:s AND digest=:d",
                          s=source, d=digest):  # fmt: skip
                return
            entries.clear(cursor, source)
            for line in lines:
                entries.add(cursor, line, source=source, audience="")
            cursor.run("DELETE FROM library_index WHERE source=:s", s=source)
            cursor.run(
                "INSERT INTO library_index (source, digest, indexed) VALUES (:s, :d, :t)",
                s=source,
                d=digest,
                t=stamp(),
            )

    def get(self, ident: str, version: str | None = None) -> ComponentRow:
        """Return the newest version of `ident` that may be seen, or the one called `version`.

        Raises
        ------
        NotFoundError : there is none; names the nearest.
        """
        wanted = "" if version is None else " AND v.version=:version"
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_FROM} AND c.ident=:ident AND {_SEEN}{wanted} "
            "ORDER BY v.number DESC LIMIT 1",
            {"ident": ident, "me": self.me, "version": version},
        )
        if not rows:
            raise self._unknown(ident, version)
        return self._row(rows[0])

    def versions(self, ident: str) -> Sequence[ComponentRow]:
        """Return the versions of `ident` that may be seen, oldest first, at most 200."""
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_FROM} AND c.ident=:ident AND {_SEEN} "
            f"ORDER BY v.number LIMIT {lookup.MAX_PAGE}",
            {"ident": ident, "me": self.me},
        )
        return [self._row(row) for row in rows]

    def reviews(self, ident: str) -> Sequence[ReviewRow]:
        """Return what reviewers said of the versions of `ident`, oldest first, at most 200."""
        rows = self._database.rows(
            "SELECT c.ident, v.version, r.reviewer, p.name, r.verdict, r.comment, r.created "
            "FROM component_review r JOIN component c ON c.id=r.component "
            "JOIN component_version v ON v.component=r.component AND v.number=r.number "
            "JOIN person p ON p.id=r.reviewer "
            f"WHERE c.ident=:ident AND c.deleted IS NULL AND {_SEEN} "
            f"ORDER BY r.created, r.id LIMIT {lookup.MAX_PAGE}",
            {"ident": ident, "me": self.me},
        )
        return [ReviewRow(*row) for row in rows]

    def specs(self, idents: Iterable[str]) -> dict[str, dict[str, Any]]:
        """Return the newest definitions of those of `idents` that are here and may be seen."""
        found = {}
        for ident in sorted(set(idents)):
            rows = self._database.rows(
                f"SELECT v.spec {_FROM} AND c.ident=:ident AND {_SEEN} "
                "ORDER BY v.number DESC LIMIT 1",
                {"ident": ident, "me": self.me},
            )
            if rows:
                found[ident] = load(rows[0][0])
        return found

    def files(self, row: ComponentRow) -> dict[str, bytes]:
        """Return the bytes of a version's files by name, verified now."""
        return {name: self._objects.read(file.sha256) for name, file in row.files.items()}

    # --- keep ----------------------------------------------------------------------------

    def next_version(self, ident: str) -> str:
        """Return the version that a new definition of `ident` gets where it names none."""
        rows = self._database.rows(
            f"SELECT v.version {_FROM} AND c.ident=:ident ORDER BY v.number DESC LIMIT 1",
            {"ident": ident},
        )
        return versions.after(rows[0][0]) if rows else "1.0.0"

    def keep(
        self,
        spec: Mapping[str, Any],
        line: entries.Entry,
        files: Mapping[str, Object] | None = None,
        *,
        named_version: bool = False,
        report: Mapping[str, Any] | None = None,
    ) -> ComponentRow:
        """Keep `spec` as the next version of its component; the content it has already makes none.

        Parameters
        ----------
        spec : the whole definition, with the hashes of `files`.
        line : what the library's index says of it.
        named_version : its author wrote the version; otherwise it is raised where it is taken.
        report : of the check that it has passed: it is kept as ``pending``.

        Raises
        ------
        ConflictError : the component is another person's, or that version exists and differs.
        """
        ident = str(spec["id"])
        with self._database.fast() as cursor:
            owner = cursor.one(
                "SELECT id, owner, latest FROM component WHERE ident=:i AND deleted IS NULL",
                i=ident,
            )
            if owner is not None and owner[1] != self.me:
                raise ConflictError(
                    f"{ident} is another person's", hint="choose another id for yours"
                )
            component, number = (new_id(), 0) if owner is None else (owner[0], int(owner[2]))
            full, same = versions.place(cursor, component, dict(spec), named_version)
            if same is None:
                number += 1
                versions.insert(cursor, component, number, full, self.me, new=owner is None)
                versions.insert_files(cursor, component, number, files or {})
            else:
                number = same
            if report is not None:
                versions.submit(cursor, component, number, ident, report)
            self._index_own(cursor, component, number, line)
        return self.get(ident, str(full["version"]))

    def submit(self, ident: str, version: str, report: Mapping[str, Any]) -> ComponentRow:
        """Hand a version of one's own in for review, with the report of its check.

        Raises
        ------
        ConflictError : it is not the person's, or was handed in already.
        """
        row = self.get(ident, version)
        if row.author != self.me:
            raise ConflictError(f"{ident} {version} is not yours to submit")
        with self._database.fast() as cursor:
            versions.submit(cursor, row.id, row.number, ident, report)
            entries.set_state(cursor, ident, self.me, version, "pending")
        return self.get(ident, version)

    def review(
        self, ident: str, verdict: str, comment: str, line: entries.Entry | None = None
    ) -> ComponentRow:
        """Approve or reject the version of `ident` that is pending.

        Parameters
        ----------
        verdict : ``approve`` or ``reject``.
        comment : why; kept for good.
        line : what the index says of the version from now on, to everybody (on approval).

        Raises
        ------
        ConflictError : nothing of it is pending, or it is the reviewer's own.
        """
        if verdict not in VERDICTS:
            raise InvalidError(
                f'"{verdict[:40]}" is no verdict', hint=nearest(verdict, list(VERDICTS))
            )
        if not 1 <= len(comment.strip()) <= 10_000:
            raise InvalidError("a review says why", where="comment", hint="1 to 10,000 characters")
        with self._database.fast() as cursor:
            rows = cursor.all(
                "SELECT c.id, v.number, v.version, v.author FROM component c "
                "JOIN component_version v ON v.component=c.id WHERE c.deleted IS NULL "
                "AND c.ident=:ident AND v.state='pending' ORDER BY v.number LIMIT 1",
                ident=ident,
            )
            if not rows:
                raise ConflictError(f"nothing of {ident[:130]} is pending")
            component, number, version, author = rows[0]
            if author == self.me:
                raise ConflictError(
                    f"{ident} {version} is your own", hint="another person has to review it"
                )
            cursor.run(
                "UPDATE component_version SET state=:s WHERE component=:c AND number=:n "
                "AND state='pending'",
                s=VERDICTS[verdict],
                c=component,
                n=number,
            )
            cursor.run(
                "INSERT INTO component_review (id, component, number, reviewer, verdict, comment, "
                "created) VALUES (:id, :c, :n, :me, :v, :text, :t)",
                id=new_id(),
                c=component,
                n=number,
                me=self.me,
                v=VERDICTS[verdict],
                text=comment.strip(),
                t=stamp(),
            )
            entries.set_state(cursor, ident, author, version, VERDICTS[verdict])
            if verdict == "approve" and line is not None:
                entries.replace(cursor, line, source="own", audience="")
        return self._one(component, number)

    def pending(self, ident: str) -> ComponentRow:
        """Return the version of `ident` that waits for a review; reviewers see it.

        Raises
        ------
        ConflictError : nothing of it is pending.
        """
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_FROM} AND c.ident=:ident AND v.state='pending' "
            "ORDER BY v.number LIMIT 1",
            {"ident": ident},
        )
        if not rows:
            raise ConflictError(f"nothing of {ident[:130]} is pending")
        return self._row(rows[0])

    def waiting(self) -> Sequence[ComponentRow]:
        """Return what others have handed in and nobody has decided on, oldest first, at most 200.

        Of each component the version that `review` would decide on.
        """
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_FROM} AND v.state='pending' AND v.author<>:me "
            f"ORDER BY v.submitted, c.ident, v.number LIMIT {lookup.MAX_PAGE}",
            {"me": self.me},
        )
        first: dict[str, ComponentRow] = {}
        for row in rows:
            first.setdefault(row[1], self._row(row))
        return list(first.values())

    # --- inside --------------------------------------------------------------------------

    def _one(self, component: str, number: int) -> ComponentRow:
        rows = self._database.rows(
            f"SELECT {_COLUMNS} {_FROM} AND c.id=:c AND v.number=:n", {"c": component, "n": number}
        )
        return self._row(rows[0])

    def _index_own(self, cursor: Cursor, component: str, number: int, line: entries.Entry) -> None:
        newest = cursor.one(
            "SELECT number, version, state FROM component_version WHERE component=:c "
            "ORDER BY number DESC LIMIT 1",
            c=component,
        )
        if newest is not None and newest[0] == number:
            mine = line.with_(version=newest[1], state=newest[2])
            entries.replace(cursor, mine, source="own", audience=self.me)

    def _row(self, row: tuple[Any, ...]) -> ComponentRow:
        files = self._database.rows(
            "SELECT name, sha256, size FROM component_file WHERE component=:c AND number=:n "
            "ORDER BY name",
            {"c": row[0], "n": row[2]},
        )
        (component, ident, number, version, spec, digest, state, author, name, report,
         created, submitted) = row  # fmt: skip
        return ComponentRow(
            id=component,
            ident=ident,
            number=number,
            version=version,
            spec=load(spec),
            digest=digest,
            state=state,
            author=author,
            author_name=name,
            report=None if report is None else load(report),
            created=created,
            submitted=submitted,
            files={name: Object(sha, int(size)) for name, sha, size in files},
        )

    def _unknown(self, ident: str, version: str | None) -> NotFoundError:
        known = self._database.rows(
            f"SELECT DISTINCT c.ident {_FROM} AND {_SEEN} LIMIT 500", {"me": self.me}
        )
        what = f'no component "{str(ident)[:130]}"'
        if version is not None:
            what += f" of version {version[:40]}"
        return NotFoundError(what, hint=nearest(str(ident), [row[0] for row in known]))
