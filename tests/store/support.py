"""What several tests of the store use: a disk that fails, somebody to hold a run, a tree's hash."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from spikex_lab import durable
from spikex_lab.store import Store
from spikex_lab.store.bucket_objects import BucketObjects

HERE = {"host": "here", "boot": "b", "pidns": "p", "pid": 7, "start": 1}
SPEC: dict[str, Any] = {"model": {"name": "tiny"}, "dataset": "digits", "device": "cpu"}
CALLS = ("open", "write", "fsync", "replace", "mkdir", "fstat")


class FaultyIo(durable.Io):
    """The disk, whose n-th call fails (and with `lasting` every one after it, `unlink` too)."""

    def __init__(self, nth: int, code: int, *, lasting: bool = False, short: bool = False) -> None:
        self.nth, self.code, self.lasting, self.short = nth, code, lasting, short
        self.calls = 0
        self.failed: list[str] = []
        self.names: list[str] = []
        for name in CALLS:
            setattr(self, name, self._counted(name, getattr(durable.Io, name)))
        real = durable.Io.unlink
        self.unlink = lambda path: self._fail("unlink") if lasting and self.failed else real(path)

    def _counted(self, name: str, real: Any) -> Any:
        def call(*args: Any, **options: Any) -> Any:
            self.calls += 1
            self.names.append(name)
            if self.calls == self.nth or (self.lasting and self.failed):
                if name == "write" and self.short:
                    self.failed.append("short write")
                    self.nth += 1  # and the disk is full at the next call
                    return real(args[0], bytes(args[1])[: max(1, len(args[1]) // 2)])
                self._fail(name)
            return real(*args, **options)

        return call

    def _fail(self, name: str) -> None:
        self.failed.append(name)
        raise OSError(self.code, errno.errorcode[self.code])


def a_run(store: Store, limit: int | None = None) -> tuple[str, int]:
    """Return (id, lease) of a new run that is running."""
    run = store.runs.create(SPEC).id
    lease = store.runs.claim(run, HERE, limit=limit)
    assert lease is not None
    store.runs.append(run, lease, [], state="running")
    return run, lease


def batches(first: int, last: int, epoch: int = 0) -> list[dict[str, Any]]:
    """Return `batch` events first … last - 1."""
    return [
        {"type": "batch", "epoch": epoch, "batch": number, "loss": 1 / (number + 1)}
        for number in range(first, last)
    ]


def table_names(store: Store) -> set[str]:
    """Return the names of the database's tables, but for what SQLite keeps for itself."""
    found = inspect(store.database.engine).get_table_names()
    return {name for name in found if not name.startswith("sqlite_")}


def lay(store: Store, name: str, data: bytes | None) -> None:
    """Put something among the objects behind the store's back; None: take it away."""
    if isinstance(store.objects, BucketObjects):
        bucket, file = store.objects.bucket, store.settings.home / "laid"
        file.write_bytes(data or b"")
        bucket.remove(name) if data is None else bucket.put(name, file, len(data))
        store.objects.drop_copies(-1)
        return
    place = store.objects.root / name
    place.unlink(missing_ok=True)
    if data is not None:
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(data)


def damage(store: Store, sha: str, data: bytes | None) -> None:
    """Let the object have other bytes, or none."""
    lay(store, f"{sha[:2]}/{sha}", data)


@contextlib.contextmanager
def without_foreign_keys(store: Store) -> Iterator[Callable[[str], object]]:
    """Give a way to execute what the database would refuse: to damage it."""
    raw = store.database.engine.raw_connection()
    how = "PRAGMA foreign_keys=OFF" if store.database.sqlite else _NO_TRIGGERS
    raw.execute(how)
    yield raw.execute
    raw.detach()
    raw.close()


_NO_TRIGGERS = "SET session_replication_role=replica"


def tree(folder: Path) -> str:
    """Return a hash over every name and byte below `folder` (but SQLite's shared memory)."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
        if path.is_file() and not path.name.endswith("-shm"):
            digest.update(path.read_bytes())
    return digest.hexdigest()


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Start a Python process on `code`; SPIKEX_HOME comes from the environment."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str], seconds: float = 60) -> str:
    """Wait for `process`, which must succeed; return what it printed."""
    out, err = process.communicate(timeout=seconds)
    assert process.returncode == 0, err
    return out
