from __future__ import annotations

import hashlib
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from spikex_lab import durable
from spikex_lab.errors import InvalidError, NotFoundError, StorageError, TooLargeError
from spikex_lab.store import Store

from .support import damage


def test_the_same_bytes_once(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "a"
    source.write_bytes(b"spikes" * 1000)
    first, second = store.objects.put_file(source), store.objects.put_bytes(b"spikes" * 1000)
    assert first == second
    assert first.sha256 == hashlib.sha256(b"spikes" * 1000).hexdigest()
    assert first.size == 6000
    assert [file.name for file in store.objects.files()] == [f"{first.sha256[:2]}/{first.sha256}"]
    assert list(store.objects.temporary.iterdir()) == []


def test_read_path_and_open_give_the_bytes(store: Store) -> None:
    sha = store.objects.put_bytes(b"abc").sha256
    assert store.objects.read(sha) == b"abc"
    assert store.objects.path(sha).read_bytes() == b"abc"
    with store.objects.open(sha) as stream:
        assert stream.read() == b"abc"
    with pytest.raises(NotFoundError):
        store.objects.read("0" * 64)


@pytest.mark.parametrize("how", ["read", "path"])
def test_damaged_bytes_are_never_handed_out(store: Store, how: str) -> None:
    sha = store.objects.put_bytes(b"abc").sha256
    damage(store, sha, b"abd")
    with pytest.raises(StorageError, match="damaged or gone"):
        getattr(store.objects, how)(sha)
    damage(store, sha, None)
    with pytest.raises(StorageError, match="damaged or gone"):
        getattr(store.objects, how)(sha)


def test_a_put_mends_a_damaged_object(store: Store) -> None:
    sha = store.objects.put_bytes(b"abc").sha256
    damage(store, sha, b"abd")
    store.objects.put_bytes(b"abc")
    assert store.objects.read(sha) == b"abc"


@pytest.mark.backends("files")
def test_a_file_without_a_row_is_not_trusted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be what a failed fsync left: a put syncs and moves its own file over it."""
    sha = hashlib.sha256(b"abc").hexdigest()
    place = store.objects.root / sha[:2] / sha
    durable.folder(place.parent)
    place.write_bytes(b"abc")
    moved: list[object] = []

    class Watched(durable.Io):
        @staticmethod
        def replace(source: Path, target: Path) -> None:
            moved.append(target)
            source.replace(target)

    monkeypatch.setattr(durable, "io", Watched())
    store.objects.put_bytes(b"abc")
    assert moved == [place]


def test_limit_size_and_hash_of_an_upload(store: Store) -> None:
    chunks = [b"a" * 10] * 10
    with pytest.raises(TooLargeError):
        store.objects.put_stream(chunks, limit=99)
    with pytest.raises(InvalidError, match="cut: 100 of 101"):
        store.objects.put_stream(chunks, size=101)
    with pytest.raises(InvalidError, match="checksum"):
        store.objects.put_stream(chunks, sha256="0" * 64)
    assert list(store.objects.files()) == []
    assert list(store.objects.temporary.iterdir()) == []
    kept = store.objects.put_stream(chunks, size=100, limit=100)
    assert store.objects.read(kept.sha256) == b"a" * 100


def test_ten_writers_of_one_object(store: Store) -> None:
    data = os.urandom(300_000)
    kept: list[object] = []

    def put() -> None:
        with Store.open(store.settings) as mine:
            kept.append(mine.objects.put_bytes(data))
            assert mine.objects.read(hashlib.sha256(data).hexdigest()) == data

    threads = [threading.Thread(target=put) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(kept) == 10
    report = store.verify()
    assert report.clean
    assert report.objects == 1


def test_a_part_of_an_object(store: Store) -> None:
    sha = store.objects.put_bytes(b"0123456789").sha256

    def part(start: int, length: int) -> bytes:
        return b"".join(store.objects.read_range(sha, start, length))

    for _ in range(2):  # the second time there is no copy here
        assert part(0, 10) == b"0123456789"
        assert part(3, 4) == b"3456"
        assert part(8, 100) == b"89"
        assert part(10, 5) == b""
        for start, length in ((11, 1), (-1, 1), (0, -1)):
            with pytest.raises(InvalidError, match="bytes from byte"):
                part(start, length)
        store.objects.drop_copies(-1)
    with pytest.raises(NotFoundError):
        list(store.objects.read_range("0" * 64, 0, 1))


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_everything_is_for_its_owner_only(store: Store) -> None:
    place = store.objects.path(store.objects.put_bytes(b"abc").sha256)
    run = store.runs.create({}).id
    home = store.settings.home
    folders = [home, home / "objects", place.parent, home / "runs", store.runs.folder(run)]
    assert [stat.S_IMODE(path.stat().st_mode) for path in folders] == [0o700] * len(folders)
    assert stat.S_IMODE(place.stat().st_mode) == 0o400
    for name in ("spikex.db", "spikex.db-wal") if store.database.sqlite else ():
        assert stat.S_IMODE((home / name).stat().st_mode) == 0o600
