"""The store that this process works on: one per process and setting."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

from pydantic import ValidationError

from spikex_lab.errors import InvalidError
from spikex_lab.settings import Settings

if TYPE_CHECKING:
    from spikex_lab.store import Store

_lock = threading.Lock()
_open: tuple[object, Store] | None = None


def settings() -> Settings:
    """Return the settings that the environment gives now.

    Raises
    ------
    InvalidError : a ``SPIKEX_*`` variable that is none; names the first.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise InvalidError(str(first["msg"]), where=f"SPIKEX_{name}") from None


def checked_settings() -> Settings:
    """Return the settings after a look at the database's URL (loads SQLAlchemy)."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    found = settings()
    try:
        make_url(found.database)
    except ArgumentError:
        raise InvalidError(
            "this is no database URL",
            where="SPIKEX_DATABASE_URL",
            hint="sqlite:////path/file.db or postgresql+psycopg://user@host/name",
        ) from None
    return found


def store() -> Store:
    """Return the open store, opening (and on first use creating) it.

    It is opened again where the ``SPIKEX_*`` variables changed, or in a forked child.
    """
    global _open
    key = _key()
    with _lock:
        if _open is None or _open[0] != key:
            from spikex_lab.store import Store

            _open = (key, Store.open(checked_settings()))
        return _open[1]


def close() -> None:
    """Close the store if one is open; the next `store` opens it again."""
    global _open
    with _lock:
        if _open is not None and _open[0] == _key():
            _open[1].close()
        _open = None


def _key() -> object:
    chosen = tuple(sorted((k, v) for k, v in os.environ.items() if k.startswith("SPIKEX_")))
    return os.getpid(), chosen
