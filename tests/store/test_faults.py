"""Case 28 of trust.md: what was acknowledged is there and true, whatever the disk does."""

from __future__ import annotations

import errno
import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event

from spikex_lab import durable
from spikex_lab.errors import NotFoundError, StorageError
from spikex_lab.store import Store, verify

from .support import FaultyIo, a_run, batches, finish, python

DATA = b"spikes" * 100_000
SHA = hashlib.sha256(DATA).hexdigest()
CODES = [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES]


def chunks() -> Iterator[bytes]:
    for start in range(0, len(DATA), 200_000):
        yield DATA[start : start + 200_000]


def each_call(
    monkeypatch: pytest.MonkeyPatch, work: Callable[[], object], **options: object
) -> Iterator[tuple[FaultyIo, BaseException | None]]:
    """Do `work` with the first call to the disk failing, then the second, … until none is left."""
    for nth in range(1, 100):
        disk = FaultyIo(nth, **options)  # type: ignore[arg-type]
        monkeypatch.setattr(durable, "io", disk)
        failure: BaseException | None = None
        try:
            work()
        except StorageError as error:
            failure = error
        monkeypatch.setattr(durable, "io", durable.Io())
        if not disk.failed:
            assert failure is None
            assert nth > 6, "fewer calls to the disk than open, write, fsync, replace, fsync"
            return
        yield disk, failure
    raise AssertionError("no end")


@pytest.mark.backends("files")
@pytest.mark.parametrize("code", CODES, ids=[errno.errorcode[code] for code in CODES])
def test_a_put_is_whole_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    for disk, failure in each_call(
        monkeypatch, lambda: store.objects.put_stream(chunks()), code=code
    ):
        assert isinstance(failure, StorageError), f"{disk.failed}: acknowledged all the same"
        assert failure.hint
        with pytest.raises(NotFoundError):
            store.objects.path(SHA)
        report = store.verify()
        assert report.clean, f"{disk.failed}: {report}"
        # and the disk is well again: the same put works, and starts from nothing
        store.objects.put_stream(chunks())
        assert store.objects.read(SHA) == DATA
        store.collect(grace=-1)
        assert store.verify().objects == 0
    assert store.objects.read(SHA) == DATA


@pytest.mark.backends("files")
def test_a_disk_that_stays_broken_leaves_litter_but_no_object(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even the temporary file can be removed then; the collector takes it later."""
    monkeypatch.setattr(verify, "TEMPORARY_GRACE", -1.0)
    for disk, failure in each_call(
        monkeypatch,
        lambda: store.objects.put_stream(chunks()),
        code=errno.EIO,
        lasting=True,
    ):
        assert isinstance(failure, StorageError), disk.failed
        with pytest.raises(NotFoundError):
            store.objects.path(SHA)
        assert store.verify().ok
        store.collect(grace=-1)
        assert store.verify().clean, disk.failed


@pytest.mark.backends("files")
def test_a_short_write_goes_on_or_says_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for disk, failure in each_call(
        monkeypatch, lambda: store.objects.put_stream(chunks()), code=errno.ENOSPC, short=True
    ):
        assert isinstance(failure, StorageError)
        assert "full" in str(failure), disk.failed
        with pytest.raises(NotFoundError):
            store.objects.path(SHA)
        assert store.verify().clean

    class Slow(durable.Io):
        @staticmethod
        def write(handle: int, data: memoryview) -> int:
            return os.write(handle, data[:70_000])

    monkeypatch.setattr(durable, "io", Slow())
    assert store.objects.read(store.objects.put_stream(chunks()).sha256) == DATA


def test_a_disk_that_lies_about_a_write_is_found_out(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lying(durable.Io):
        @staticmethod
        def write(handle: int, data: memoryview) -> int:
            os.write(handle, data[: len(data) // 2])
            return len(data)

    monkeypatch.setattr(durable, "io", Lying())
    with pytest.raises(StorageError, match="input/output error"):
        store.objects.put_stream(chunks())
    assert store.verify().clean
    assert store.verify().objects == 0


@pytest.mark.backends("files")
def test_a_failed_fsync_is_never_taken_for_success(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same file is not synced again: its pages may be marked clean. All is written anew."""
    fsyncs = {True: 0, False: 0}
    opened: list[object] = []

    class Disk(durable.Io):
        broken = True

        def open(self, path: Path, *args: int) -> int:  # type: ignore[override]
            if args[0] & os.O_CREAT:
                opened.append(path)
            return os.open(path, *args)

        def fsync(self, handle: int) -> None:  # type: ignore[override]
            fsyncs[self.broken] += 1
            if self.broken:
                raise OSError(errno.EIO, "fsync")
            os.fsync(handle)

    disk = Disk()
    monkeypatch.setattr(durable, "io", disk)
    store.objects.temporary.mkdir(parents=True)
    (store.objects.root / SHA[:2]).mkdir()
    with pytest.raises(StorageError, match="input/output error"):
        store.objects.put_bytes(DATA)
    assert fsyncs == {True: 1, False: 0}, "tried once, not again"
    disk.broken = False
    store.objects.put_bytes(DATA)
    assert fsyncs[False] == 2, "the new file and its folder"
    assert len(set(opened)) == 2
    assert store.objects.read(SHA) == DATA


@pytest.mark.backends("files")
def test_a_dataset_is_whole_or_not_at_all(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    files = {}
    for role in ("dataset.json", "train_x.npy"):
        files[role] = tmp_path / role
        files[role].write_bytes(role.encode())

    def add() -> None:
        store.datasets.add("digits", {}, files)

    for disk, failure in each_call(monkeypatch, add, code=errno.ENOSPC):
        assert isinstance(failure, StorageError), disk.failed
        assert store.datasets.list().total == 0, disk.failed
        assert store.verify().ok
        store.collect(grace=-1)
    assert {path.read_bytes() for path in store.datasets.files("digits").values()} == {
        b"dataset.json",
        b"train_x.npy",
    }


@pytest.mark.parametrize("cut", [0, 1, 199_999, 200_000, 200_001, 599_999])
def test_an_upload_cut_at_any_byte_leaves_nothing(store: Store, cut: int) -> None:
    def upload() -> Iterator[bytes]:
        yield DATA[:cut]
        raise ConnectionResetError("the line is cut")

    with pytest.raises(StorageError, match="refused"):
        store.objects.put_stream(upload())
    with pytest.raises(Exception, match=f"cut: {cut} of {len(DATA)}"):
        store.objects.put_stream(iter([DATA[:cut]]), size=len(DATA))
    assert store.verify().clean
    assert store.verify().objects == 0


KILLED = """
import os, signal
from spikex_lab.store import Store
def chunks():
    yield b"x" * 500_000
    print("half", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
    yield b"y"
Store.open().objects.put_stream(chunks())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL")
def test_an_upload_whose_process_is_killed_leaves_only_litter(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = python(KILLED)
    assert process.communicate(timeout=60)[0] == "half\n"
    report = store.verify()
    assert report.ok
    assert (report.objects, len(report.temporary)) == (0, 1)
    assert store.collect(grace=-1).temporary == 0, "it may be an upload that still comes in"
    monkeypatch.setattr(verify, "TEMPORARY_GRACE", -1.0)
    assert store.collect(grace=-1).temporary == 1
    assert store.verify().clean


LIMITED = """
import resource, signal
from spikex_lab.errors import StorageError
from spikex_lab.store import Store
with Store.open() as store:
    store.objects.put_bytes(b"small")
    store.checkpoint()
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
    try:
        store.objects.put_bytes(b"x" * 1_000_000)
    except StorageError as error:
        print(bool(error.hint), store.verify().clean, store.verify().objects)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE")
def test_the_systems_own_limit_on_files(store: Store) -> None:
    """Not a pretended fault: the kernel takes half of a write and refuses the rest."""
    assert finish(python(LIMITED)) == "True True 1\n"


@pytest.fixture
def full(store: Store) -> Iterator[Callable[[bool], None]]:
    """A switch that lets the database grow no further, as on a full disk."""
    limit = [2**30]

    def connected(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limit[0]}")  # type: ignore[attr-defined]

    event.listen(store.database.engine, "connect", connected)

    def switch(on: bool) -> None:
        store.checkpoint()
        pages = store.database.rows("PRAGMA page_count")[0][0]
        limit[0] = pages if on else 2**30
        store.database.close()

    yield switch
    switch(False)


@pytest.mark.backends("files")
def test_a_full_disk_under_the_database(store: Store, full: Callable[[bool], None]) -> None:
    run, lease = a_run(store)
    kept = store.runs.append(run, lease, batches(0, 10))
    full(True)
    failure: StorageError | None = None
    while failure is None:
        try:
            kept = store.runs.append(run, lease, [{"type": "log", "message": "x" * 5000}])
        except StorageError as error:
            failure = error
    assert "disk is full" in str(failure)
    assert failure.hint
    assert store.runs.get(run).last_seq == kept
    assert [event["seq"] for event in store.runs.events(run, limit=5000)] == [*range(1, kept + 1)]
    with pytest.raises(StorageError, match="full"):
        store.models.create("big", {"name": "big", "x": "x" * 100_000})
    assert store.models.list().total == 0
    full(False)
    assert store.runs.append(run, lease, batches(0, 1)) == kept + 1


@pytest.mark.backends("files")
def test_an_object_whose_row_cannot_be_written_is_not_there(
    store: Store, full: Callable[[bool], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    full(True)
    refused = 0
    for number in range(200):
        data = f"{number}".encode() * 100
        try:
            store.objects.put_bytes(data)
        except StorageError:
            refused += 1
            with pytest.raises(NotFoundError):
                store.objects.path(hashlib.sha256(data).hexdigest())
            if refused > 3:
                break
    assert refused > 3
    assert store.verify().clean
    full(False)
    assert store.objects.put_bytes(data).size == len(data)


def test_a_home_that_cannot_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "file"
    file.write_text("")
    monkeypatch.setenv("SPIKEX_HOME", str(file / "home"))
    with pytest.raises(StorageError, match=r"SPIKEX_HOME: .*\(.+\)"):
        Store.open()
    monkeypatch.setenv("SPIKEX_HOME", str(tmp_path / "new" / "home"))
    monkeypatch.setattr(durable, "io", FaultyIo(1, errno.EROFS))
    with pytest.raises(StorageError, match="read-only"):
        Store.open()
    assert not (tmp_path / "new").exists()
