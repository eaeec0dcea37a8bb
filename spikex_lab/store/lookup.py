"""How a person's word becomes a row: an id, a name, a unique beginning of an id. Never a path."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, cast

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, nearest

FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,199}")
ID_START = re.compile(r"[0-9a-f][0-9a-f-]{3,35}")
MAX_PAGE = 200

Row = TypeVar("Row", bound=Any)


def check_file_name(name: str) -> str:
    """Return `name`, the plain name of an artifact or of a dataset's file.

    Raises
    ------
    InvalidError : it is not, or could be taken for a path.
    """
    if not isinstance(name, str) or not FILE_NAME.fullmatch(name) or name.endswith((".", " ")):
        raise InvalidError(
            f"{name!r:.120} is not a file name", hint="letters, digits, blank . _ - (at most 200)"
        )
    return name


def is_id_start(word: Any) -> bool:
    """Return whether `word` may be the beginning of an id (at least four characters)."""
    return isinstance(word, str) and ID_START.fullmatch(word) is not None


def living(session: Session, table: type[Row], ref: str, what: str, *, hint: str = "") -> Row:
    """Return the row of `table` that `ref` means: its id, its name, a unique beginning of its id.

    Raises
    ------
    NotFoundError : none; names the nearest known one.
    ConflictError : several ids begin so.
    """
    alive = select(table).where(table.deleted.is_(None))
    if isinstance(ref, str):
        for condition in (table.id == ref, table.name == ref):
            if (row := session.scalar(alive.where(condition))) is not None:
                return cast(Row, row)
    if is_id_start(ref):
        found = session.scalars(
            alive.where(table.id.startswith(ref, autoescape=True)).limit(3)
        ).all()
        if len(found) == 1:
            return cast(Row, found[0])
        if found:
            raise ambiguous(ref, [row.id for row in found], what)
    names = session.scalars(
        select(table.name).where(table.deleted.is_(None)).order_by(table.created.desc()).limit(500)
    ).all()
    near = nearest(str(ref)[:100], list(names))
    raise NotFoundError(f'no {what} "{str(ref)[:100]}"', hint=near or hint)


def ambiguous(ref: str, ids: Sequence[str], what: str) -> ConflictError:
    """Return the error for the beginning of several ids."""
    return ConflictError(
        f'several {what}s begin with "{ref}"', hint="give more of the id: " + ", ".join(ids)
    )


def check_page(page: int, page_size: int) -> int:
    """Return the offset of a page.

    Raises
    ------
    InvalidError : there is no such page, or it is larger than `MAX_PAGE`.
    """
    if page < 1 or not 1 <= page_size <= MAX_PAGE:
        raise InvalidError(
            f"no page {page} of {page_size}", hint=f"page from 1, page_size 1 to {MAX_PAGE}"
        )
    return (page - 1) * page_size


def check_sort(sort: str, columns: Mapping[str, Any]) -> tuple[Any, bool]:
    """Return (column, downwards) of a sort word such as ``name`` or ``-created``.

    Raises
    ------
    InvalidError : not one of `columns`.
    """
    word = sort.removeprefix("-")
    if word not in columns:
        raise InvalidError(f'cannot sort by "{word}"', hint=nearest(word, list(columns)))
    return columns[word], sort.startswith("-")


def listed(
    session: Session,
    table: type[Row],
    columns: Mapping[str, Any],
    *,
    page: int,
    page_size: int,
    sort: str,
    search: str | None = None,
) -> tuple[Sequence[Row], int]:
    """Return one page of the living rows of `table`, and how many there are in all.

    Parameters
    ----------
    columns : what can be sorted by; `sort` is one of them, ``-`` before it for downwards.
    search : a part of the name.

    Raises
    ------
    InvalidError : no such page, no such column.
    """
    offset = check_page(page, page_size)
    column, down = check_sort(sort, columns)
    query = select(table).where(table.deleted.is_(None))
    if search:
        query = query.where(table.name.icontains(search, autoescape=True))
    ordered = query.order_by(column.desc() if down else column, table.id)
    found = session.scalars(ordered.offset(offset).limit(page_size)).all()
    return found, total(session, query)


def total(session: Session, query: Select[Any]) -> int:
    """Return how many rows `query` finds."""
    counted = select(func.count()).select_from(query.order_by(None).subquery())
    return int(session.scalar(counted) or 0)
