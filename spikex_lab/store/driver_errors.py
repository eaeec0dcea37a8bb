"""What a database driver's errors mean, in one clear sentence each."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from sqlalchemy.exc import DBAPIError

from spikex_lab.errors import SpikexError, StorageError
from spikex_lab.store import sqlite

BUSY_SECONDS = 10.0
"""How long a writer waits for another one."""


def busy() -> StorageError:
    """Return the error for a database that others held for too long."""
    return StorageError(
        f"the database was busy for {BUSY_SECONDS:g} s",
        hint="another program holds it; try again, or see `spikex doctor`",
    )


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what the database driver says into one clear StorageError."""
    try:
        yield
    except SpikexError:
        raise
    except DBAPIError as error:
        raise explain(error.orig or error) from error
    except sqlite.module().Error as error:
        raise explain(error) from error


def explain(error: BaseException) -> StorageError:
    """Return the StorageError that says what `error` (of a database driver) means."""
    text = str(error)
    low = text.lower()
    if "locked" in low or "busy" in low:
        return busy()
    for sign, what, hint in _MEANINGS:
        if sign in low:
            return StorageError(what, where="database", hint=hint)
    return StorageError(
        f"the database refused: {text}", where="database", hint="see `spikex doctor`"
    )


_MEANINGS = (
    ("full", "the disk is full", "free some space; nothing of this write was kept"),
    ("readonly", "the database is read-only", "check the permissions of SPIKEX_HOME"),
    ("unable to open", "the database cannot be opened", "check SPIKEX_HOME and its permissions"),
    (
        "disk i/o",  # also where a disk is so full that SQLite cannot make its shared memory
        "the disk is full or failed (input/output error)",
        "free some space, or check the disk; nothing of this write was kept",
    ),
    ("malformed", "the database is damaged", "see `spikex doctor`; restore it from a backup"),
    (
        "not a database",
        "the file is not a SPIKE-X Lab database",
        "set SPIKEX_HOME to another folder",
    ),
)
