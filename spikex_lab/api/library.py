"""``sx.library()``: the components as a table, found by words, kind and tag, counted by both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from spikex_lab.api import display, refs, shelf
from spikex_lab.api.listing import Table
from spikex_lab.errors import InvalidError, nearest

if TYPE_CHECKING:
    from spikex_lab.store import Found


class LibraryTable(Table):
    """A page of the library. `kinds` and `tags` count what else the same words would find.

    Examples
    --------
    >>> sx.library("adaptive").kinds  # doctest: +SKIP
    {'neuron': 3}
    """

    def __init__(
        self,
        rows: Sequence[dict[str, Any]],
        total: int,
        kinds: Mapping[str, int],
        tags: Mapping[str, int],
    ) -> None:
        super().__init__(["id", "name", "kind", "summary"], rows, total)
        self.kinds = dict(kinds)
        self.tags = dict(tags)

    @property
    def facets(self) -> dict[str, dict[str, int]]:
        """Both counts: ``{"kinds": {…}, "tags": {…}}``."""
        return {"kinds": self.kinds, "tags": self.tags}

    def _html(self) -> str:
        return super()._html() + display.facts(self.kinds)


def library(
    search: str | None = None,
    kind: str | None = None,
    tag: str | None = None,
    *,
    page: int = 1,
    page_size: int = 200,
) -> LibraryTable:
    """Return the components as a table, best match first: the bundled ones and your own.

    Parameters
    ----------
    search : words; each begins a word of a name, a summary, a tag, a description, a paper.
    kind : ``neuron``, ``synapse``, … (or the plural).
    tag : only those with this tag.

    Raises
    ------
    InvalidError : there is no such kind, or no such page.

    Examples
    --------
    >>> sx.library("adaptive threshold", kind="neuron")[0].id  # doctest: +SKIP
    'neurons/alif'
    """
    found = find(search or "", kind, tag, page=page, page_size=page_size)
    rows = [
        {
            "id": entry.id,
            "name": entry.name,
            "kind": entry.kind,
            "summary": entry.summary,
            "tags": ", ".join(entry.tags),
            "version": entry.version,
            "state": entry.state,
        }
        for entry in found
    ]
    return LibraryTable(rows, found.total, found.kinds, found.tags)


def find(search: str, kind: str | None, tag: str | None, *, page: int, page_size: int) -> Found:
    """Return the page of the store's index that `library` shows as a table."""
    return shelf.library().find(
        search,
        kind=None if kind is None else _kind(kind),
        tag=tag,
        page=page,
        page_size=page_size,
    )


def _kind(word: str) -> str:
    from spikex_lab.catalog.complete import KINDS
    from spikex_lab.catalog.fields import PLURALS

    if word in PLURALS:
        return word
    if word in KINDS:
        return KINDS[word]
    raise InvalidError(
        f'no kind "{refs.shown(word)}"', where="kind", hint=nearest(str(word), list(PLURALS))
    )
