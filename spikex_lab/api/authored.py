"""What a notebook user does with components of their own; the other half of `Component`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from spikex_lab.api import context, define, refs, shelf
from spikex_lab.api.listing import Table
from spikex_lab.errors import InvalidError, NotFoundError, nearest

if TYPE_CHECKING:
    from spikex_lab.catalog import Component as Entry


class Authored:
    """Define, hand in, review, allow; a component that came from the store knows its state."""

    _entry: Any

    def __init__(self, entry: Any) -> None:
        self._entry = entry

    @classmethod
    def open(cls, id: str, version: str | None = None) -> Self:
        """Return the component ``plural/name``: a bundled one, your own, or an approved one.

        Raises
        ------
        NotFoundError : there is none, or not at this `version`; names the nearest.
        """
        return cls(entry(refs.component(id), version))

    @classmethod
    def define(cls, source: define.Source | None = None, /, **definition: Any) -> Self:
        """Keep a component of your own, checked, as a new version; it can be used at once.

        Parameters
        ----------
        source : YAML text, a mapping, or a `Path` to a folder; or its keys as keywords. What it
            leaves out (summary, licence, conventions, states, …) is filled in.

        Raises
        ------
        InvalidError : with line and reason; nothing is kept.
        ConflictError : the id is a bundled component's, or that version exists and differs.

        Examples
        --------
        >>> sx.Component.define('''
        ... id: neurons/mine
        ... parameters: {tau: 10 ms, tau_w: 100 ms, b: 0.2}
        ... equations:
        ...   - dv/dt = (I - w - v)/tau
        ...   - dw/dt = -w/tau_w
        ... spike: {when: v >= 1, reset: [v = 0, w += b]}
        ... ''')  # doctest: +SKIP
        """
        if (source is None) == (not definition):
            raise InvalidError("give a definition: YAML text, or its keys as keywords")
        row = define.define(definition if source is None else source)
        return cls(shelf.component(context.store(), row))

    @classmethod
    def review(cls, id: str, verdict: str, comment: str) -> Self:
        """``approve`` or ``reject`` what another person handed in, and say why.

        Raises
        ------
        ConflictError : nothing of it is pending, or it is your own.
        """
        return cls(shelf.component(context.store(), define.review(id, verdict, comment)))

    def submit(self) -> dict[str, Any]:
        """Hand in your newest version for review and return the report of its check.

        Raises
        ------
        InvalidError : it fails a check; nothing is handed in.
        """
        return dict(define.submit(self._entry.id).report or {})

    def allow(self) -> str:
        """Choose its Python to run here, and return the SHA-256 that you chose.

        Raises
        ------
        NotFoundError : it is another person's and not approved.
        """
        sha = define.allow(self._entry.id)
        self._entry = entry(self._entry.id, self._entry.spec.version)
        return sha

    @property
    def state(self) -> str:
        """``bundled``, or what became of this version: draft, pending, approved, rejected."""
        if self._entry.trusted:
            return "bundled"
        return context.store().library.get(self._entry.id, self._entry.spec.version).state

    def versions(self) -> Table:
        """Return its versions as a table, newest first."""
        columns = ["version", "state", "author", "created"]
        if self._entry.trusted:
            return Table(columns, [{"version": self._entry.spec.version, "state": "bundled"}])
        rows = [
            {
                "version": row.version,
                "state": row.state,
                "author": row.author_name,
                "created": row.created,
                "digest": row.digest,
            }
            for row in reversed(context.store().library.versions(self._entry.id))
        ]
        return Table(columns, rows)

    def reviews(self) -> Table:
        """Return what reviewers said of it, oldest first."""
        rows = (
            []
            if self._entry.trusted
            else [row.to_dict() for row in context.store().library.reviews(self._entry.id)]
        )
        return Table(["version", "verdict", "reviewer_name", "comment", "created"], rows)


def entry(id: str, version: str | None = None) -> Entry:
    """Return the component `id` of the bundled library or of the store.

    Raises
    ------
    NotFoundError : names the nearest.
    """
    from spikex_lab.catalog import library

    known = library()
    full = id if "/" in id else f"neurons/{id}"
    if full in known and version in (None, known.get(full).spec.version):
        return known.get(full)
    store = shelf.existing()
    if store is not None:
        try:
            return shelf.component(store, store.library.get(full, version))
        except NotFoundError:
            if version is not None:
                raise
    raise NotFoundError(
        f'no component "{refs.shown(id)}"' + (f" of version {version}" if version else ""),
        hint=nearest(id, known.ids()),
    )
