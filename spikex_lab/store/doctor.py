"""`spikex doctor`: what the store stands on, each point with its remedy."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from spikex_lab.errors import StorageError
from spikex_lab.store import filesystem, postgres, schema, sqlite, urls
from spikex_lab.store.migrations import HEAD

if TYPE_CHECKING:
    from spikex_lab.store.store import Store

ENOUGH = 1024**3
"""Bytes of free disk below which we warn."""
WAL_ALARM = 64 * 1024**2
"""Bytes of write-ahead log that say: somebody holds a read open."""


@dataclass(frozen=True)
class Check:
    """One point: what was looked at, whether it is well, what was found, what to do."""

    name: str
    ok: bool
    detail: str
    hint: str = ""


def examine(store: Store) -> list[Check]:
    """Return every point; none of them changes anything."""
    points: tuple[tuple[str, Callable[[Store], Check]], ...] = (
        ("database", _database),
        ("journal", _journal),
        ("file system", _filesystem),
        ("disk", _disk),
        ("permissions", _permissions),
        ("schema", _schema),
        ("integrity", _integrity),
        ("objects", _objects),
        ("cache", lambda store: Check("cache", ok=True, detail=store.cache.check())),
    )
    found = []
    for name, point in points:
        try:
            found.append(point(store))
        except (StorageError, OSError) as error:
            hint = error.hint if isinstance(error, StorageError) else ""
            what = error.what if isinstance(error, StorageError) else str(error)
            found.append(Check(name, ok=False, detail=what, hint=hint))
    return found


def _database(store: Store) -> Check:
    if not store.database.sqlite:
        return _postgres(store)
    dbapi = sqlite.module()
    number = sqlite.version(dbapi)
    text = f"SQLite {dbapi.sqlite_version} ({dbapi.__name__.split('.')[0]})"
    if store.database.journal != "wal" or not sqlite.has_wal_reset_bug(number):
        return Check("database", ok=True, detail=text)
    return Check(
        "database",
        ok=False,
        detail=f"{text} may damage a database that two processes write (the WAL-reset bug, 3.7.0 "
        "to 3.51.2); checkpoints are done by one writer at a time to keep it away",
        hint="pip install pysqlite3, or a Python with SQLite 3.51.3 or newer",
    )


def _postgres(store: Store) -> Check:
    number, version, encoding = store.database.rows(
        "SELECT current_setting('server_version_num')::int, current_setting('server_version'), "
        "current_setting('server_encoding')"
    )[0]
    text = f"PostgreSQL {version}, {encoding}, {urls.shown(store.database.url)}"
    well = number >= postgres.OLDEST * 10_000 and encoding == "UTF8"
    hint = f"PostgreSQL {postgres.OLDEST} or newer, and a database made with ENCODING 'UTF8'"
    return Check("database", ok=well, detail=text, hint="" if well else hint)


def _journal(store: Store) -> Check:
    if not store.database.sqlite:
        return Check("journal", ok=True, detail="kept by the server")
    wanted = store.database.journal
    mode = store.database.rows("PRAGMA journal_mode")[0][0]
    size = store.database.wal_bytes()
    if mode != wanted:
        return Check(
            "journal",
            ok=False,
            detail=f"{mode}, not {wanted}",
            hint="stop every SPIKE-X Lab program once, then start again",
        )
    if mode == "wal" and size > WAL_ALARM:
        return Check(
            "journal",
            ok=False,
            detail=f"wal, grown to {size // 1024**2} MiB",
            hint="a program holds an old read open: end it",
        )
    why = "" if mode == "wal" else ": the write-ahead log does not work on a network file system"
    return Check("journal", ok=True, detail=mode + why)


def _filesystem(store: Store) -> Check:
    folder = store.database.file.parent if store.database.file else store.settings.home
    kind = store.database.filesystem or filesystem.kind(folder)
    if filesystem.is_network(kind):
        return Check(
            "file system",
            ok=False,
            detail=f"{folder} is on {kind}, a network file system: slower, and its locks are not "
            "always kept",
            hint="set SPIKEX_HOME to a local disk, or SPIKEX_DATABASE_URL to PostgreSQL",
        )
    if kind == "overlay":
        return Check(
            "file system",
            ok=True,
            detail=f"{folder} is in a container's own layer: it goes with the container",
            hint="mount a volume and set SPIKEX_HOME to it",
        )
    return Check("file system", ok=True, detail=f"{folder} is on {kind or 'an unknown one'}")


def _disk(store: Store) -> Check:
    free = shutil.disk_usage(store.settings.home).free
    hint = "" if free >= ENOUGH else "free some space, or set SPIKEX_HOME to another disk"
    return Check("disk", ok=free >= ENOUGH, detail=f"{free / 1024**3:.1f} GiB free", hint=hint)


def _permissions(store: Store) -> Check:
    home = store.settings.home
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        return Check(
            "permissions",
            ok=False,
            detail=f"{home} cannot be written",
            hint="change its owner, or set SPIKEX_HOME to another folder",
        )
    if os.name == "nt":
        return Check("permissions", ok=True, detail=f"{home} can be written")
    status = home.stat()
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid != os.getuid():
        return Check(
            "permissions",
            ok=False,
            detail=f"{home} belongs to another user ({status.st_uid})",
            hint="set SPIKEX_HOME to a folder of your own",
        )
    if mode & 0o077:
        return Check(
            "permissions",
            ok=False,
            detail=f"{home} is open to others ({mode:04o})",
            hint=f"chmod 700 {home}",
        )
    return Check("permissions", ok=True, detail=f"{home} is {mode:04o}")


def _schema(store: Store) -> Check:
    version = schema.current(store.database)
    if version == HEAD:
        return Check("schema", ok=True, detail=HEAD)
    return Check(
        "schema", ok=False, detail=f"{version}, this program wants {HEAD}", hint="spikex db upgrade"
    )


def _integrity(store: Store) -> Check:
    if not store.database.sqlite:
        return Check("integrity", ok=True, detail="kept by the server")
    answers = [str(row[0]) for row in store.database.rows("PRAGMA quick_check(5)")]
    loose = store.database.rows("PRAGMA foreign_key_check")
    if answers == ["ok"] and not loose:
        return Check("integrity", ok=True, detail="ok")
    detail = "; ".join([*answers, *(f"{row[0]}: a row without its {row[2]}" for row in loose[:5])])
    return Check(
        "integrity",
        ok=False,
        detail=detail,
        hint="stop everything, restore the database from a backup",
    )


def _objects(store: Store) -> Check:
    return Check("objects", ok=True, detail=store.objects.reach())
