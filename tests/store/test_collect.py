"""`verify` and the collector; among them case 28's collecting while uploads come in."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from spikex_lab.errors import NotFoundError
from spikex_lab.store import Store
from spikex_lab.store.verify import collect

from .support import a_run, damage, lay, without_foreign_keys


def test_verify_finds_what_is_damaged_missing_dangling_and_litter(store: Store) -> None:
    run, lease = a_run(store)
    good, bad, gone, named = (store.objects.put_bytes(word) for word in (b"g", b"b", b"m", b"n"))
    store.runs.add_artifact(run, lease, "weights.safetensors", named)
    assert store.verify().clean
    assert "everything is there" in str(store.verify())
    damage(store, bad.sha256, b"B")
    damage(store, gone.sha256, None)
    damage(store, "ab" * 32, b"?")
    lay(store, "stray", b"?")
    with without_foreign_keys(store) as delete:
        delete(f"DELETE FROM object WHERE sha256='{named.sha256}'")
    report = store.verify()
    assert not report.ok
    assert report.objects == 3
    assert report.damaged == [bad.sha256]
    assert report.missing == [gone.sha256]
    assert report.dangling == [f"artifact: {run}: {named.sha256}"]
    assert report.orphans == sorted(
        [f"ab/{'ab' * 32}", f"{named.sha256[:2]}/{named.sha256}", "stray"]
    )
    assert "NOT in order" in str(report)
    assert report.to_dict()["ok"] is False
    assert store.objects.read(good.sha256) == b"g"


def test_only_what_nothing_names_is_collected(store: Store, tmp_path: Path) -> None:
    run, lease = a_run(store)
    file = tmp_path / "x.npy"
    file.write_bytes(b"dataset")
    store.datasets.add("digits", {}, {"x.npy": file})
    put = store.objects.put_bytes
    store.runs.add_artifact(run, lease, "weights.safetensors", put(b"artifact"))
    store.runs.append(run, lease, [{"type": "frame", "object": put(b"frame").sha256}])
    store.models.create("m", {"name": "m", "module": {"sha256": put(b"code").sha256}})
    store.consents.give(put(b"chosen").sha256)
    store.runs.add_evaluation(run, {"figure": put(b"figure").sha256})
    loose = put(b"loose")
    assert store.collect(grace=60).objects == 0, "young ones stay"
    done = store.collect(grace=-1)
    assert (done.objects, done.bytes) == (1, 5)
    with pytest.raises(NotFoundError):
        store.objects.path(loose.sha256)
    report = store.verify()
    assert report.clean
    assert report.objects == 6


def test_the_trash_is_emptied_once_it_is_old(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "x.npy"
    file.write_bytes(b"dataset")
    used, free = (store.datasets.add(name, {}, {"x.npy": file}) for name in ("used", "free"))
    run, lease = a_run(store)
    store.runs.add_artifact(run, lease, "weights.safetensors", store.objects.put_bytes(b"w"))
    folder = store.runs.folder(run)
    (folder / "checkpoint.pt").write_bytes(b"big")
    store.runs.create({"dataset": "used"}, dataset_id=used.id)
    store.runs.append(run, lease, [], state="stopped")
    store.runs.delete(run)
    store.datasets.delete("free")
    store.datasets.delete("used")
    assert store.collect(grace=-1).objects == 0
    assert folder.exists()
    assert len(store.datasets.list().items) == 0
    done = collect(store, grace=-1, trash=-1)
    assert (done.objects, done.folders) == (1, 1), "the dataset is still in use by a run"
    assert not folder.exists()
    assert store.verify().ok
    assert free.files.keys() == {"x.npy"}


def test_a_collection_during_an_upload(store: Store) -> None:
    old = store.objects.put_bytes(b"first" * 100)

    def upload() -> Iterator[bytes]:
        yield b"first" * 50
        with Store.open(store.settings) as other:  # takes the object that is there, not the upload
            assert other.collect(grace=-1).objects == 1
        yield b"first" * 50

    assert store.objects.put_stream(upload()) == old
    assert store.objects.read(old.sha256) == b"first" * 100
    assert store.verify().clean


def test_a_put_between_the_row_and_the_file_of_a_collection(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    sha = store.objects.put_bytes(b"again").sha256
    forget = store.objects.forget

    def late(name: str) -> bool:
        with Store.open(store.settings) as other:
            other.objects.put_bytes(b"again")
        return forget(name)

    monkeypatch.setattr(store.objects, "forget", late)
    store.collect(grace=-1)
    assert store.objects.read(sha) == b"again"
    assert store.verify().clean


def test_a_put_makes_an_old_object_young_again(store: Store) -> None:
    sha = store.objects.put_bytes(b"old").sha256
    with store.database.fast() as cursor:
        cursor.run("UPDATE object SET touched='2020-01-01T00:00:00.000Z'")
    store.objects.put_bytes(b"old")
    assert store.collect(grace=3600).objects == 0
    assert store.objects.read(sha) == b"old"


def test_uploads_and_collections_side_by_side(store: Store) -> None:
    """What a put has acknowledged is readable for the whole grace, whatever the collector does."""
    over = threading.Event()
    errors: list[BaseException] = []

    def gather() -> None:
        with Store.open(store.settings) as mine:
            while not over.is_set():
                mine.collect(grace=0.3)

    def put(number: int) -> None:
        try:
            with Store.open(store.settings) as mine:
                while not over.is_set():
                    data = f"{number % 2}".encode() * 10_000
                    sha = mine.objects.put_bytes(data).sha256
                    assert mine.objects.read(sha) == data
                    time.sleep(0.05 if os.getpid() % 2 else 0.31)
        except BaseException as error:  # noqa: BLE001 (handed to the test)
            errors.append(error)

    threads = [threading.Thread(target=gather)]
    threads += [threading.Thread(target=put, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    over.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert store.verify().clean
