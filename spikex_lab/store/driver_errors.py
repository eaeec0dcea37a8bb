"""What a database driver's errors mean, in one clear sentence each."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import Any

from sqlalchemy.exc import DBAPIError

from spikex_lab.errors import SpikexError, StorageError, first_line
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
    except Exception as error:
        if not _is_psycopgs(error):
            raise
        raise explain(error) from error


def _is_psycopgs(error: BaseException) -> bool:
    psycopg = sys.modules.get("psycopg")  # not imported: it was not its error then
    return psycopg is not None and isinstance(error, psycopg.Error)


def explain(error: BaseException) -> StorageError:
    """Return the StorageError that says what `error` (of a database driver) means."""
    if _is_psycopgs(error):
        return _explain_postgres(error)
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


def cut_at_commit() -> StorageError:
    """Return the error for a write whose outcome the server can no longer tell."""
    return StorageError(
        "the connection to the database was lost at the end of a write, and the server is away",
        where="database",
        hint="the write is kept whole or not at all: look before you do it again",
    )


def _explain_postgres(error: Any) -> StorageError:
    """Return the meaning of a psycopg error, by its SQLSTATE; never a row, never the URL."""
    state = error.sqlstate or ""
    if state in ("55P03", "40P01"):  # waited too long for a lock; a deadlock
        return busy()
    for sign, what, hint in _STATES:
        if state.startswith(sign):
            return StorageError(what, where="database", hint=hint)
    if state:
        text = error.diag.message_primary or type(error).__name__
        return StorageError(
            f"the database refused: {text}", where="database", hint="see `spikex doctor`"
        )
    low = str(error).lower()
    for sign, what, hint in _REFUSALS:
        if sign in low:
            return StorageError(what, where="database", hint=hint)
    return StorageError(
        f"the database cannot be reached: {first_line(error)}", where="database", hint=_URL
    )


_URL = "check SPIKEX_DATABASE_URL, and that PostgreSQL runs"
_PASSWORD = ("the database refused the user or the password", "check SPIKEX_DATABASE_URL")
_ABSENT = ("the server has no such database", "create it (createdb), or check SPIKEX_DATABASE_URL")
_AWAY = ("the connection to the database was lost", "nothing of this write was kept; try again")
_CROWD = ("the database server has no connection left", "end some programs, or raise its limit")
_STATES = (
    ("28", *_PASSWORD),
    ("3D000", *_ABSENT),
    ("53100", "the disk of the database server is full", "free some space; nothing was kept"),
    ("53300", *_CROWD),
    ("25006", "the database is read-only", "use the primary server, or change the user's rights"),
    ("42501", "the database user has no right to do this", "grant it: CREATE on the schema"),
    ("25P03", "this program stood still inside a write: the server ended it", _AWAY[1]),
    ("57P", *_AWAY),
    ("08", *_AWAY),
    ("XX00", "the database is damaged", "look at the server's log; restore it from a backup"),
)
"""What the beginnings of SQLSTATEs mean (PostgreSQL's manual, appendix A)."""
_REFUSALS = (
    ("password", *_PASSWORD),
    ("role", *_PASSWORD),
    ("does not exist", *_ABSENT),
    ("too many", *_CROWD),
    ("connection refused", "no database server answers at that address", _URL),
    ("timeout", "no database server answers at that address", _URL),
    ("translate host", "the database server's name is unknown", _URL),
    ("name or service", "the database server's name is unknown", _URL),
    ("no address", "the database server's name is unknown", _URL),
    ("terminating", *_AWAY),
    ("closed", *_AWAY),
    ("lost", *_AWAY),
)
"""The same where no connection came about, or where it broke: there is no SQLSTATE then."""
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
