"""Case 29 of trust.md, and how connections behave."""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from pathlib import Path

import pytest

from spikex_lab.errors import StorageError
from spikex_lab.store import Store, database, driver_errors, filesystem, sqlite

from .support import SPEC, a_run, batches, finish, python

HAMMER = """
import sys, time
from spikex_lab.store import Store, database, filesystem
seconds, network = float(sys.argv[1]), sys.argv[2]
database.WAL_LIMIT = 60_000
if network:
    filesystem.kind = lambda path: network
who = {"host": "here", "pid": 1}
appended = events = 0
with Store.open() as store:
    run = store.runs.create({"dataset": "d"}).id
    lease = store.runs.claim(run, who)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        store.runs.append(run, lease, [{"type": "batch", "text": "x" * 50}] * 5, state="running")
        store.runs.heartbeat(run, lease)
        store.objects.put_bytes(str(appended % 50).encode())
        if appended % 20 == 0:
            store.checkpoint()
        appended += 1
        time.sleep(0.003)  # without a pause for others SQLite's waiters may starve
        assert len(store.runs.events(run, after=store.runs.get(run).last_seq - 3)) == 3
print(run, appended, store.database.journal)
"""


def hammer(store: Store, processes: int, seconds: float, network: str = "") -> None:
    """Let `processes` write and fold the log at once; nothing is lost and the database is whole."""
    started = [python(HAMMER, str(seconds), network) for _ in range(processes)]
    longest = 0
    while any(process.poll() is None for process in started):
        longest = max(longest, store.database.wal_bytes())
        time.sleep(0.02)
    for process in started:
        run, appended, journal = finish(process).split()
        assert journal == ("truncate" if network else "wal")
        sql = "SELECT count(*), min(seq), max(seq) FROM run_event WHERE run=:run"
        whole = 2 + 6 * int(appended)
        assert store.database.rows(sql, {"run": run}) == [(whole, 1, whole)], "a gap, or a loss"
        assert int(appended) > 3
    if store.database.sqlite:
        assert store.database.rows("PRAGMA integrity_check") == [("ok",)]
        assert store.database.rows("PRAGMA foreign_key_check") == []
    assert store.verify().clean
    assert longest < 4_000_000, "the log is folded while all write"


def test_four_processes_write_and_fold(store: Store) -> None:
    hammer(store, 4, 3.0)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_four_processes_write_and_fold_for_ten_minutes(store: Store) -> None:
    hammer(store, 4, 600.0)


@pytest.mark.backends("files")
def test_two_processes_write_on_a_network_file_system(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filesystem, "kind", lambda path: "nfs4")
    with Store.open() as store:
        hammer(store, 2, 1.0, "nfs4")


@pytest.mark.backends("files")
@pytest.mark.parametrize("kind", ["nfs4", "cifs", "fuse.sshfs", "lustre", "9p"])
def test_no_wal_on_a_network_file_system(
    home: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(filesystem, "kind", lambda path: kind)
    with Store.open() as store:
        run, lease = a_run(store)
        store.runs.append(run, lease, batches(0, 3))
        assert store.database.rows("PRAGMA journal_mode") == [("truncate",)]
        assert store.database.rows("PRAGMA synchronous") == [(2,)], "FULL"
        assert not (home / "spikex.db-wal").exists()
        point = next(check for check in store.doctor() if check.name == "file system")
        assert not point.ok
        assert kind in point.detail
        assert "PostgreSQL" in point.hint
        journal = next(check for check in store.doctor() if check.name == "journal")
        assert journal.detail.startswith("truncate: ")


@pytest.mark.backends("files")
def test_a_store_that_moves_onto_a_network_file_system(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Store.open() as store:
        run, _ = a_run(store)
    monkeypatch.setattr(filesystem, "kind", lambda path: "nfs")
    with Store.open() as store:
        assert store.database.rows("PRAGMA journal_mode") == [("truncate",)]
        assert store.runs.get(run).state == "running"
    monkeypatch.undo()
    monkeypatch.setenv("SPIKEX_HOME", str(home))
    with Store.open() as store:
        assert store.database.rows("PRAGMA journal_mode") == [("wal",)]
        assert store.runs.get(run).state == "running"


@pytest.mark.backends("files")
def test_a_local_disk_has_wal_and_nobody_folds_by_himself(store: Store) -> None:
    assert store.database.rows("PRAGMA journal_mode") == [("wal",)]
    assert store.database.rows("PRAGMA wal_autocheckpoint") == [(0,)]
    assert store.database.rows("PRAGMA synchronous") == [(1,)], "NORMAL"
    assert store.database.rows("PRAGMA foreign_keys") == [(1,)]
    assert store.database.rows("PRAGMA busy_timeout") == [(10_000,)]


@pytest.mark.backends("files")
def test_what_must_last_waits_for_the_disk(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state, a checkpoint, a model outlast a power cut; a batch's figures need not."""
    seen: list[int] = []

    def level(statement: str) -> None:
        if statement.startswith("COMMIT"):
            seen.append(raw.execute("PRAGMA synchronous").fetchone()[0])

    run, lease = a_run(store)
    connection = store.database.engine.raw_connection()
    raw = connection.dbapi_connection
    raw.set_trace_callback(level)
    connection.close()

    def levels(*events: dict[str, object], **options: str) -> list[int]:
        seen.clear()
        store.runs.append(run, lease, list(events), **options)  # type: ignore[arg-type]
        return list(seen)

    assert levels(*batches(0, 2)) == [1]
    assert levels({"type": "checkpoint"}) == [2]
    assert levels({"type": "metrics", "epoch": 1}) == [2]
    assert levels(state="paused") == [2]
    seen.clear()
    store.objects.put_bytes(b"x")
    store.models.create("m", {"name": "m"})
    assert seen == [2, 2]
    seen.clear()
    store.runs.heartbeat(run, lease)
    assert seen == [1]
    assert store.database.rows("PRAGMA synchronous") == [(1,)]
    raw.set_trace_callback(None)


def test_mountinfo_is_read(tmp_path: Path) -> None:
    text = (
        "22 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
        "40 22 0:35 / /home rw shared:3 - nfs4 server:/home rw\n"
        "41 22 0:36 / /data\\040disk rw - xfs /dev/vdb rw\n"
        "42 22 0:37 / /home/me/local rw - ext4 /dev/vdc rw\n"
        "43 22 0:38 / /home/me/local rw - fuse.sshfs me@there rw\n"
    )
    mounts = filesystem._linux(text)
    for path, kind in {
        "/home2/x": "ext4",
        "/home/me/x": "nfs4",
        "/data disk/x": "xfs",
        "/home/me/local/x": "fuse.sshfs",
    }.items():
        assert filesystem._longest(Path(path), mounts) == kind
    assert filesystem.kind(tmp_path) != ""


@pytest.mark.backends("files")
def test_a_home_with_odd_letters(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = home / "my ?home#100%25 ü"
    monkeypatch.setenv("SPIKEX_HOME", str(odd))
    with Store.open() as store:
        store.models.create("m", {"name": "m"})
        store.objects.put_bytes(b"x")
        assert store.verify().clean
    assert sorted(path.name for path in odd.iterdir()) == ["objects", "spikex.db"]


def test_a_reader_sees_no_half_transaction_and_blocks_nobody(store: Store) -> None:
    run, _ = a_run(store)
    last = store.runs.get(run).last_seq
    with store.database.fast() as cursor:
        cursor.run("UPDATE run SET last_seq=last_seq+1 WHERE id=:r", r=run)
        with Store.open(store.settings) as other:
            assert other.runs.get(run).last_seq == last
    assert store.runs.get(run).last_seq == last + 1


def test_a_failure_inside_a_write_keeps_nothing(store: Store) -> None:
    run, _ = a_run(store)
    before = store.runs.get(run)

    def fail() -> None:
        with store.database.fast() as cursor:
            cursor.run("UPDATE run SET state='failed' WHERE id=:r", r=run)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert store.runs.get(run) == before
    store.models.create("still", {"name": "still"})


@pytest.mark.backends("files")
def test_a_busy_database_is_waited_for_then_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (database, driver_errors):
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.3)
    run, lease = a_run(store)
    with Store.open(store.settings) as other:
        holder = other.database.engine.raw_connection()
        holder.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with (
            Store.open(store.settings) as impatient,
            pytest.raises(StorageError, match="the database was busy"),
        ):
            impatient.runs.append(run, lease, batches(0, 1))
        assert time.monotonic() - started > 0.25
        threading.Timer(0.3, holder.rollback).start()
        store.runs.append(run, lease, batches(0, 1))
        holder.close()


@pytest.mark.backends("files")
def test_an_open_reader_lets_the_log_grow_but_not_for_ever(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAL_LIMIT", 100_000)
    run, lease = a_run(store)
    reader = Store.open(store.settings).database.engine.raw_connection()
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM run").fetchone()
    for _ in range(60):
        store.runs.append(run, lease, [{"type": "log", "message": "x" * 5000}])
    assert store.database.wal_bytes() > 100_000
    assert store.checkpoint() is False
    reader.execute("COMMIT")
    reader.close()
    store.database._next_fold = 0.0
    store.runs.append(run, lease, batches(0, 1))
    assert store.database.wal_bytes() == 0


@pytest.mark.skipif(sys.platform == "win32", reason="fork")
def test_a_forked_child_has_connections_of_its_own(store: Store) -> None:
    run = store.runs.create(SPEC).id
    connection = store.database.engine.raw_connection()
    parents = connection.dbapi_connection
    connection.close()
    with store.database._lock:  # as if another thread were writing at the moment of the fork
        child = os.fork()
        if child == 0:
            status = 1
            try:
                store.runs.add_evaluation(run, {"from": "child"})
                mine = store.database.engine.raw_connection().dbapi_connection
                status = 2 if mine is parents else 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
    store.runs.add_evaluation(run, {"from": "parent"})
    assert [row.body["from"] for row in store.runs.evaluations(run)] == ["parent", "child"]
    if store.database.sqlite:
        assert store.database.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.backends("files")
def test_the_standard_librarys_sqlite_does_too(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "module", lambda: sqlite3)
    with Store.open() as store:
        run, lease = a_run(store)
        store.runs.append(run, lease, batches(0, 5))
        point = store.doctor()[0]
        assert sqlite3.sqlite_version in point.detail
        assert point.ok is not sqlite.has_wal_reset_bug(sqlite3.sqlite_version_info)


@pytest.mark.backends("files")
@pytest.mark.parametrize(
    ("number", "bad"),
    [((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 51, 2), True),
     ((3, 51, 3), False), ((3, 53, 0), False)],
)  # fmt: skip
def test_the_doctor_knows_sqlites_with_the_bug(
    store: Store, monkeypatch: pytest.MonkeyPatch, number: tuple[int, ...], bad: bool
) -> None:
    monkeypatch.setattr(sqlite, "version", lambda dbapi=None: number)
    point = store.doctor()[0]
    assert point.name == "database"
    assert point.ok is not bad
    assert ("pysqlite3" in point.hint) is bad
