"""The engine: how connections open, how transactions begin, how the write-ahead log stays small."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.orm import Session

from spikex_lab.errors import StorageError
from spikex_lab.store import filesystem, postgres, sqlite
from spikex_lab.store.driver_errors import BUSY_SECONDS, busy, cut_at_commit, translated
from spikex_lab.store.urls import database_url

WAL_LIMIT = 4 * 1024 * 1024
"""Bytes of write-ahead log from which the next writer folds it into the database."""
FOLD_WAIT, FOLD_PATIENCE = 0.25, 1.0
"""Seconds that a fold waits for readers: at the limit, and at most."""
YIELD_FACTOR, YIELD_SECONDS = 8, 0.01
"""From so many times the limit on, writers pause after each commit: SQLite's lock is not fair, and
who wants to fold may never get it among writers that come again at once."""
RETRY_PAUSE, CHECKPOINT_PAUSE = 0.05, 1.0
"""Seconds between two tries to fold it while a reader holds it: after the first, and at most. Most
readers are gone at once; one that never ends must not stall the writers over and over."""

Params = Mapping[str, Any]
T = TypeVar("T")
_NOTHING = contextlib.nullcontext()
_log = logging.getLogger(__name__)


class Database:
    """One engine. Reads hold no transaction open; writes begin with the write lock in hand.

    Parameters
    ----------
    url : SQLAlchemy URL; ``sqlite:///<file>`` or ``postgresql://…``.

    Raises
    ------
    InvalidError : it is no URL, or of another kind of database.
    StorageError : the driver for it is not installed.

    Notes
    -----
    PostgreSQL: an advisory lock stands where SQLite's write lock is, so that both keep the same
    order; what only touches the rows that a lease fences may share it. A commit during which the
    connection breaks is looked up afterwards, so its outcome is known.

    ``wal_autocheckpoint=0`` on every connection and an explicit ``wal_checkpoint(TRUNCATE)``, which
    holds the write lock, keep the WAL-reset bug of SQLite 3.7.0 to 3.51.2 away.
    """

    def __init__(self, url: str | URL) -> None:
        self.url: URL = database_url(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.file = Path(self.url.database) if self.sqlite and self.url.database else None
        self.filesystem = ""
        self.journal = "wal"
        if self.file is not None:
            self.filesystem = filesystem.kind(self.file.parent)
            self.journal = "truncate" if filesystem.is_network(self.filesystem) else "wal"
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._mine = threading.local()
        self._next_fold, self._failed_folds = 0.0, 0
        self._met = False
        """Whether the server was there once: then one that is away is waited for."""
        self.engine = self._engine() if self.sqlite else postgres.engine(self.url)

    def _engine(self) -> Engine:
        engine = create_engine(
            self.url,
            module=sqlite.module(),
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            max_overflow=-1,
        )
        event.listen(engine, "connect", self._connected)
        event.listen(engine, "begin", _begin)
        return engine

    def _connected(self, connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA wal_autocheckpoint=0")
        self._set_journal(cursor)
        # A rollback journal at NORMAL may be damaged by a power cut on some disks; WAL is not.
        cursor.execute(f"PRAGMA synchronous={'NORMAL' if self.journal == 'wal' else 'FULL'}")
        cursor.close()

    def _set_journal(self, cursor: Any) -> None:
        """Ask for our journal mode. A change needs the file alone; SQLite does not wait."""
        until = time.monotonic() + BUSY_SECONDS
        while True:
            try:
                answer = cursor.execute(f"PRAGMA journal_mode={self.journal}").fetchone()[0]
            except sqlite.module().OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                answer = ""
            if answer == self.journal or (answer and time.monotonic() > until):
                return  # doctor says which mode it is
            time.sleep(0.02)

    # --- transactions --------------------------------------------------------------------

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection for a few reads that see one state; take what you need and leave."""
        self._check_fork()
        with translated(), self._opened(self.engine.connect) as connection, connection.begin():
            yield connection

    @contextlib.contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection that holds the write lock; commits at the end, or nothing is kept."""
        self._check_fork()
        with self._alone(), translated(), self._opened(self.engine.connect) as connection:
            writer = connection.execution_options(spikex_write=True)
            with self._synced(connection.connection.dbapi_connection):
                transaction = writer.begin()
                number = None if self.sqlite else writer.info["spikex_transaction"]
                try:
                    yield writer
                    self._commit(transaction.commit, number)
                except BaseException:
                    if transaction.is_active:
                        transaction.rollback()
                    raise
        self._fold()

    @contextlib.contextmanager
    def session(self, *, write: bool = False) -> Iterator[Session]:
        """Give an ORM session over `read` or `write`; flushed, and committed by them at the end."""
        with (
            self.write() if write else self.read() as connection,
            Session(connection, expire_on_commit=False, autoflush=True) as session,
        ):
            yield session
            session.flush()

    # --- the fast lane: plain SQL with :names, for appends and tails ---------------------

    def rows(self, sql: str, params: Params | None = None) -> list[tuple[Any, ...]]:
        """Return all rows of one SELECT; no transaction stays open."""
        self._check_fork()
        with translated(), self._raw() as connection:
            cursor = connection.cursor()
            cursor.execute(self.sql(sql), params or {})
            found: list[tuple[Any, ...]] = cursor.fetchall()
            cursor.close()
            return found

    @contextlib.contextmanager
    def fast(self, *, synced: bool = True, shared: bool = False) -> Iterator[Cursor]:
        """Give a cursor that holds the write lock; commits at the end, or nothing is kept.

        Parameters
        ----------
        synced : the commit outlasts a power cut (0.4 ms); without, only the program's end.
        shared : other shared writers may go on beside it where the database can; for what a row
            that each of them changes first keeps in order. SQLite has one writer at a time.
        """
        self._check_fork()
        with (
            self._alone(),
            translated(),
            self._raw() as connection,
            self._synced(connection.dbapi_connection) if synced else _NOTHING,
        ):
            cursor, number = connection.cursor(), None
            try:
                if self.sqlite:
                    cursor.execute("BEGIN IMMEDIATE")
                else:
                    number = postgres.begin(cursor, shared=shared, synced=synced)
                yield Cursor(self, cursor)
                self._commit(connection.commit, number)
            except BaseException:
                if not self._is_broken(connection):
                    connection.rollback()
                raise
        self._fold()

    def _commit(self, commit: Callable[[], None], number: int | None) -> None:
        """Commit; where the connection breaks meanwhile, find out whether it was."""
        try:
            commit()
        except Exception as error:
            if number is None or not postgres.is_passing(error):
                raise
            try:
                done = postgres.was_committed(self.engine.raw_connection, number)
            except Exception as unreachable:
                raise cut_at_commit() from unreachable
            if not done:
                raise

    @contextlib.contextmanager
    def _raw(self) -> Iterator[Any]:
        """Give a connection of the driver's; one that broke does not go back into the pool."""
        connection = self._opened(self.engine.raw_connection)
        try:
            yield connection
        finally:
            if self._is_broken(connection):
                connection.invalidate()
            connection.close()

    def _is_broken(self, connection: Any) -> bool:
        return not self.sqlite and bool(connection.dbapi_connection.broken)

    def _opened(self, open_one: Callable[[], T]) -> T:
        """Return a connection; a server that was there before is waited for."""
        connection = postgres.patient(open_one) if self._met else open_one()
        self._met = not self.sqlite
        return connection

    @contextlib.contextmanager
    def _synced(self, connection: Any) -> Iterator[None]:
        """Let the commit inside wait for the disk; SQLite is told so before it begins."""
        if not self.sqlite or self.journal != "wal":
            yield  # FULL already
            return
        connection.execute("PRAGMA synchronous=FULL")
        try:
            yield
        finally:
            connection.execute("PRAGMA synchronous=NORMAL")

    def sql(self, text: str) -> str:
        """Return `text` with its ``:name`` parameters as the driver writes them."""
        return text if self.sqlite else _pyformat(text)

    # --- upkeep --------------------------------------------------------------------------

    def wal_bytes(self) -> int:
        """Return the size of the write-ahead log."""
        if self.file is None:
            return 0
        try:
            return os.stat(f"{self.file}-wal").st_size  # noqa: PTH116 (on every commit: 2 µs, not 10)
        except FileNotFoundError:
            return 0

    def checkpoint(self, *, wait: float = FOLD_WAIT) -> bool:
        """Fold the write-ahead log into the database; return False if a reader was in the way."""
        if self.file is None or self.journal != "wal":
            return True
        self._check_fork()
        with self._alone(), translated(), self._raw() as connection:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={int(wait * 1000)}")
            try:
                held = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            except sqlite.module().OperationalError as error:
                if "locked" not in str(error):
                    raise
                held = 1
            finally:
                cursor.execute(f"PRAGMA busy_timeout={int(BUSY_SECONDS * 1000)}")
            return not held

    def _fold(self) -> None:
        if self.file is None or self.wal_bytes() < WAL_LIMIT:
            return
        if time.monotonic() < self._next_fold:
            if self.wal_bytes() > YIELD_FACTOR * WAL_LIMIT:
                time.sleep(YIELD_SECONDS)
            return
        # The further it has grown, the longer a fold insists on its turn; a reader that never ends
        # must not hold the writers up for more than a second, though.
        insist = min(self.wal_bytes() / WAL_LIMIT, FOLD_PATIENCE / FOLD_WAIT)
        try:
            folded = self.checkpoint(wait=FOLD_WAIT * insist)
        except StorageError as error:  # what was written is kept in the log all the same
            _log.warning("the write-ahead log cannot be folded: %s", error)
            folded = False
        self._failed_folds = 0 if folded else self._failed_folds + 1
        if not folded:
            pause = RETRY_PAUSE * 2 ** min(self._failed_folds - 1, 10)
            self._next_fold = time.monotonic() + min(pause, CHECKPOINT_PAUSE)

    def close(self) -> None:
        """Close the connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Let this process's threads queue for SQLite's write lock instead of racing for it."""
        if getattr(self._mine, "writing", False):
            raise RuntimeError("a write transaction inside a write transaction")
        lock = self._lock if self.sqlite else None  # PostgreSQL queues by itself
        if lock is not None and not lock.acquire(timeout=BUSY_SECONDS):
            raise busy()
        self._mine.writing = True
        try:
            yield
        finally:
            self._mine.writing = False
            if lock is not None:
                lock.release()

    def _check_fork(self) -> None:
        """Leave the parent's connections alone in a forked child: SQLite forbids to share them."""
        if os.getpid() != self._pid:
            self.engine.dispose(close=False)
            self._lock, self._mine, self._pid = threading.Lock(), threading.local(), os.getpid()


class Cursor:
    """A cursor inside one write transaction."""

    def __init__(self, database: Database, cursor: Any) -> None:
        self._database, self._cursor = database, cursor
        self.sqlite = database.sqlite

    def all(self, sql: str, **params: Any) -> list[tuple[Any, ...]]:
        """Execute and return all rows."""
        self._cursor.execute(self._database.sql(sql), params)
        found: list[tuple[Any, ...]] = self._cursor.fetchall()
        return found

    def one(self, sql: str, **params: Any) -> tuple[Any, ...] | None:
        """Execute and return the only row, or None."""
        found = self.all(sql, **params)
        return found[0] if found else None

    def run(self, sql: str, **params: Any) -> int:
        """Execute; return how many rows were changed."""
        self._cursor.execute(self._database.sql(sql), params)
        return int(self._cursor.rowcount)

    def many(self, sql: str, rows: Sequence[Params]) -> None:
        """Execute once for each of `rows`."""
        self._cursor.executemany(self._database.sql(sql), rows)


def _begin(connection: Connection) -> None:
    write = connection.get_execution_options().get("spikex_write", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


@lru_cache(maxsize=256)
def _pyformat(text: str) -> str:
    return re.sub(r"(?<![:\w]):([a-z_]\w*)", r"%(\1)s", text.replace("%", "%%"))
