"""Full text over the library: the only place that knows how the database searches.

``library_search`` has one row per `library_entry`, with its id as ``rowid``: in SQLite an FTS5
table ranked by BM25, in PostgreSQL a plain one with a ``tsvector`` beside its text. Both get the
same words, cut and folded here, so that both find the same: no parser of theirs cuts once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from spikex_lab.store.database import Cursor, Database

TABLE = "library_search"
COLUMNS = ("ident", "name", "tags", "summary", "body")
_WEIGHTS = (10.0, 8.0, 6.0, 4.0, 0.5)
"""How much a word counts in each column."""
_LETTERS = ("A", "A", "B", "C", "D")
"""The same, as PostgreSQL's four weights."""
MAX_PLACE, MAX_PLACES, MAX_LETTERS = 16_383, 255, 500
"""PostgreSQL's limits: the last place of a word, its places, and (fewer than may be) its length."""
MAX_WORDS = 16
MAX_TEXT = 100_000
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Return the words of `text`: letters and digits, small, without accents.

    Examples
    --------
    >>> words("Integrate-and-fire (Hines, É.)")
    ['integrate', 'and', 'fire', 'hines', 'e']
    """
    plain = unicodedata.normalize("NFKD", text[:MAX_TEXT]).casefold()
    return _WORD.findall("".join(c for c in plain if not unicodedata.combining(c)))


@dataclass(frozen=True)
class Match:
    """The parts of a query on ``library_entry e``: an empty text matches all, by name."""

    join: str = ""
    where: str = ""
    order: str = "e.ident, e.source"
    params: dict[str, Any] = field(default_factory=dict)


def match(database: Database, text: str) -> Match:
    """Return how to find the entries in which every word of `text` begins some word, best first.

    The last word may be unfinished, and so may the others: ``adapt thresh`` finds *adaptive
    threshold*.
    """
    if not text.strip():
        return Match()
    found = list(dict.fromkeys(words(text)))[:MAX_WORDS]
    if not found:
        return Match(where=" AND 1=0")
    # what is called so comes first, then what says it up front, then what speaks of it further down
    params = {"slug": f"%/{'-'.join(found)}"}
    order = "CASE WHEN e.ident LIKE :slug THEN 0 WHEN {head} THEN 1 ELSE 2 END, {rank}, e.ident"
    join = f" JOIN {TABLE} ON {TABLE}.rowid=e.id"
    if database.sqlite:
        query = " ".join(f'"{word}"*' for word in found)
        head = f"e.id IN (SELECT rowid FROM {TABLE} WHERE {TABLE} MATCH :head)"
        rank = f"bm25({TABLE}, {', '.join(map(str, _WEIGHTS))})"
        params |= {"query": query, "head": f"{{{' '.join(COLUMNS[:-1])}}} : ({query})"}
        return Match(join, f" AND {TABLE} MATCH :query", order.format(head=head, rank=rank), params)
    params |= {
        "query": " & ".join(f"'{word[:MAX_LETTERS]}':*" for word in found),
        "head": " & ".join(f"'{word[:MAX_LETTERS]}':*ABC" for word in found),
    }
    head = f"{TABLE}.vector @@ CAST(:head AS tsquery)"
    rank = f"ts_rank({TABLE}.vector, CAST(:query AS tsquery)) DESC"
    where = f" AND {TABLE}.vector @@ CAST(:query AS tsquery)"
    return Match(join, where, order.format(head=head, rank=rank), params)


def vector(texts: Mapping[str, str]) -> str:
    """Return the words of each of `COLUMNS`, cut already, as PostgreSQL writes a ``tsvector``.

    Examples
    --------
    >>> vector(dict(ident="neurons lif", name="lif", tags="", summary="", body="leaky"))
    "'leaky':4D 'lif':2A,3A 'neurons':1A"
    """
    places: dict[str, list[str]] = {}
    place = 0
    for column, letter in zip(COLUMNS, _LETTERS, strict=True):
        for word in texts[column].split():
            place = min(place + 1, MAX_PLACE)
            places.setdefault(word[:MAX_LETTERS], []).append(f"{place}{letter}")
    return " ".join(
        f"'{word}':{','.join(found[:MAX_PLACES])}" for word, found in sorted(places.items())
    )


def put(cursor: Cursor, rowid: int, texts: Sequence[str]) -> None:
    """Keep the text of an entry: one text for each of `COLUMNS`."""
    named = {name: " ".join(words(text)) for name, text in zip(COLUMNS, texts, strict=True)}
    if not cursor.sqlite:
        named["vector"] = vector(named)
    cursor.run(
        f"INSERT INTO {TABLE} (rowid, {', '.join(named)}) "
        f"VALUES (:rowid, {', '.join(f':{name}' for name in named)})",
        rowid=rowid,
        **named,
    )


def drop(cursor: Cursor, rowid: int) -> None:
    """Forget the text of an entry."""
    cursor.run(f"DELETE FROM {TABLE} WHERE rowid=:rowid", rowid=rowid)


def is_internal(table: str | None) -> bool:
    """Return whether `table` is the full text's own: not described in `tables`."""
    return table is not None and (table == TABLE or table.startswith(f"{TABLE}_"))
