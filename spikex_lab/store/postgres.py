"""PostgreSQL: how connections open, how writes begin, and what became of a commit that was cut."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL

from spikex_lab.errors import StorageError
from spikex_lab.store.driver_errors import BUSY_SECONDS

T = TypeVar("T")

OLDEST = 12
"""The oldest version that the store is made for."""
LOCK = 0x5350494B
"""Number of the advisory lock in which all writers meet."""
IDLE_SECONDS = 8.0
"""A program that stands still this long inside a write (stopped, cut off) is thrown out of it:
sooner than the others, who wait for `BUSY_SECONDS`, give up."""
CONNECT_SECONDS = 10
RECONNECT_SECONDS = 10.0
"""How long a server that was there is waited for: as long as its restart takes."""
_PAUSES = (0.05, 1.0)
"""Seconds between two tries to reach it: the first, and at most."""
_PASSING = ("57P01", "57P02", "57P03", "53300", "08")
"""SQLSTATEs of a server that ends, starts or is full: it may be back soon."""


def engine(url: URL) -> Engine:
    """Return an engine for `url`.

    Raises
    ------
    StorageError : psycopg is not installed.
    """
    url = url.set(drivername="postgresql+psycopg")
    if "connect_timeout" not in url.query:
        url = url.update_query_dict({"connect_timeout": str(CONNECT_SECONDS)})
    if "application_name" not in url.query:
        url = url.update_query_dict({"application_name": "spikex"})
    try:
        # Few are kept: a server has a hundred connections for all programs together.
        made = create_engine(url, pool_pre_ping=True, pool_size=2, max_overflow=30)
    except ImportError as error:
        raise StorageError(
            f"no driver for PostgreSQL: {error}",
            where="SPIKEX_DATABASE_URL",
            hint="pip install 'spikex-lab[postgres]'",
        ) from None
    event.listen(made, "connect", _connected)
    event.listen(made, "begin", _begin)
    return made


def _connected(connection: Any, _record: Any) -> None:
    from psycopg.types.string import StrDumper, StrDumperUnknown

    for base in (StrDumper, StrDumperUnknown):
        connection.adapters.register_dumper(str, _without_nul(base))
    connection.autocommit = True  # we say BEGIN ourselves: a read alone is one round trip
    connection.execute(
        f"SET lock_timeout={int(BUSY_SECONDS * 1000)};"
        f"SET idle_in_transaction_session_timeout={int(IDLE_SECONDS * 1000)}"
    )


def _without_nul(base: Any) -> Any:
    """Return a dumper of text that PostgreSQL takes: it has no place for the character NUL."""

    class Dumper(base):  # type: ignore[misc]
        def dump(self, obj: str) -> Any:
            return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)

    return Dumper


def _begin(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    if connection.get_execution_options().get("spikex_write", False):
        connection.info["spikex_transaction"] = begin(raw.cursor())
    else:
        raw.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")


def begin(cursor: Any, *, shared: bool = False, synced: bool = True) -> int:
    """Begin a write, wait for its turn, and return the transaction's number: one round trip.

    Parameters
    ----------
    shared : go beside other shared ones. What they do must be fenced by a row that they change.
    synced : the commit waits for the disk.
    """
    lock = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    relaxed = "" if synced else "SET LOCAL synchronous_commit=off;"
    cursor.execute(f"BEGIN;{relaxed}SELECT {lock}({LOCK}), txid_current()")
    while cursor.nextset():
        pass
    return int(cursor.fetchone()[1])


def patient(work: Callable[[], T], seconds: float | None = None) -> T:
    """Return what `work`, which reaches for the server, gives; try again while it may come back."""
    until = time.monotonic() + (RECONNECT_SECONDS if seconds is None else seconds)
    pause, longest = _PAUSES
    while True:
        try:
            return work()
        except Exception as error:
            if not is_passing(error) or time.monotonic() + pause > until:
                raise
        time.sleep(pause)
        pause = min(2 * pause, longest)


def is_passing(error: BaseException) -> bool:
    """Return whether `error` says that the server cannot be reached just now."""
    import psycopg

    error = getattr(error, "orig", None) or error
    if not isinstance(error, psycopg.OperationalError):
        return False
    if error.sqlstate is not None:
        return error.sqlstate.startswith(_PASSING)
    text = str(error)  # a connection that did not come about has no SQLSTATE
    refused = ("password", "does not exist", "pg_hba", "Name or service", "translate host")
    return not any(sign in text for sign in refused)


def was_committed(open_one: Callable[[], Any], transaction: int) -> bool:
    """Return whether `transaction` was committed, though the connection was lost at its commit.

    Parameters
    ----------
    open_one : gives a new connection of the driver.

    Raises
    ------
    Exception : the driver's: the server did not come back within `RECONNECT_SECONDS`.
    """
    until = time.monotonic() + RECONNECT_SECONDS
    connection = patient(open_one)
    try:
        while True:
            cursor = connection.cursor()
            cursor.execute("SELECT txid_status(%s)", (transaction,))
            status = cursor.fetchone()[0]
            if status != "in progress" or time.monotonic() > until:
                return bool(status == "committed")
            time.sleep(_PAUSES[0])
    finally:
        connection.close()
