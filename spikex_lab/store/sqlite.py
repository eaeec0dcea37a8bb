"""Which SQLite we run on, and whether it holds the WAL-reset bug."""

from __future__ import annotations

from types import ModuleType
from typing import Any

BUG_FIRST, BUG_FIXED = (3, 7, 0), (3, 51, 3)
"""From the first SQLite with the WAL-reset bug to the one that mended it (sqlite.org/wal.html)."""


def module() -> ModuleType:
    """Return pysqlite3, which brings a new SQLite, where it is installed; else sqlite3."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3

        return sqlite3
    return dbapi2  # type: ignore[no-any-return]


def version(dbapi: Any = None) -> tuple[int, ...]:
    """Return the SQLite library's version."""
    return tuple(int(part) for part in (dbapi or module()).sqlite_version.split("."))


def has_wal_reset_bug(number: tuple[int, ...]) -> bool:
    """Return whether two writers that checkpoint at the same moment may damage a WAL database.

    Examples
    --------
    >>> has_wal_reset_bug((3, 40, 1)), has_wal_reset_bug((3, 51, 3))
    (True, False)
    """
    return BUG_FIRST <= number < BUG_FIXED
