from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from spikex_lab.errors import ConflictError, NotFoundError, StorageError, TooLargeError
from spikex_lab.store import Store

from .support import damage


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    made = {}
    for role in ("dataset.json", "train_x.npy"):
        made[role] = tmp_path / f"source-{role}"
        made[role].write_bytes(role.encode() * 100)
    return made


def test_files_are_copied_and_come_back(store: Store, files: dict[str, Path]) -> None:
    row = store.datasets.add("digits", {"shape": [1, 8, 8]}, files)
    wanted = {role: path.read_bytes() for role, path in files.items()}
    for path in files.values():
        path.unlink()
    assert store.datasets.get("digits") == row
    assert row.info == {"shape": [1, 8, 8]}
    found = store.datasets.files("digits")
    assert {role: path.read_bytes() for role, path in found.items()} == wanted
    assert row.size == sum(map(len, wanted.values()))


def test_the_same_again_is_no_change_another_is_refused(
    store: Store, files: dict[str, Path]
) -> None:
    first = store.datasets.add("digits", {}, files)
    assert store.datasets.add("digits", {}, files) == first
    assert store.datasets.list().total == 1
    files["train_x.npy"].write_bytes(b"other")
    with pytest.raises(ConflictError, match='another dataset "digits" exists'):
        store.datasets.add("digits", {}, files)
    assert store.datasets.get("digits") == first


def test_a_missing_file_keeps_nothing(store: Store, files: dict[str, Path]) -> None:
    files["train_x.npy"].unlink()
    with pytest.raises(NotFoundError):
        store.datasets.add("digits", {}, files)
    assert store.datasets.list().total == 0


@pytest.fixture
def small(store: Store) -> Store:
    """The store under a quota of 5 kB."""
    settings = store.settings.model_copy(update={"max_store_bytes": 5000})
    return Store(settings, store.database)


def test_a_quota_refuses_a_dataset_before_any_of_it_is_kept(
    small: Store, files: dict[str, Path]
) -> None:
    small.datasets.add("first", {}, files)
    before = small.objects.size()
    assert small.datasets.room() == 5000 - before
    files["dataset.json"].write_bytes(b"other")
    files["train_x.npy"].write_bytes(b"x" * 5000)
    with pytest.raises(TooLargeError, match="quota"):
        small.datasets.add("second", {}, files)
    assert small.objects.size() == before
    assert small.datasets.list().total == 1
    small.datasets.add("built-in", {}, files, ours=True)
    small.objects.put_bytes(b"what a run leaves" * 1000)
    assert small.datasets.room() == 0


def test_the_quota_holds_where_the_room_was_taken_meanwhile(
    small: Store, files: dict[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(small.datasets, "check_room", lambda _size: None)
    files["train_x.npy"].write_bytes(b"x" * 3500)
    small.datasets.add("first", {}, files)
    for index in range(3):
        files["train_x.npy"].write_bytes(b"y" * (3500 + index))
        with pytest.raises(TooLargeError, match="quota"):
            small.datasets.add("second", {}, files)
        assert small.objects.size() <= 5000
    sha = hashlib.sha256(b"y" * 3500).hexdigest()
    assert not small.objects.has(sha)
    files["train_x.npy"].write_bytes(b"x" * 3500)
    assert small.datasets.add("again", {}, files).size < 6000  # the same bytes are there once


def test_a_damaged_file_is_not_handed_out(store: Store, files: dict[str, Path]) -> None:
    row = store.datasets.add("digits", {}, files)
    damage(store, row.files["train_x.npy"].sha256, b"x" * row.files["train_x.npy"].size)
    with pytest.raises(StorageError, match="damaged"):
        store.datasets.files("digits")


def test_delete_hides_it_and_frees_the_name(store: Store, files: dict[str, Path]) -> None:
    first = store.datasets.add("digits", {}, files)
    store.datasets.delete("digits")
    assert store.datasets.list().total == 0
    with pytest.raises(NotFoundError):
        store.datasets.get("digits")
    files["train_x.npy"].write_bytes(b"other")
    assert store.datasets.add("digits", {}, files).id != first.id


def test_targets_and_people_of_a_new_store(store: Store) -> None:
    assert [target.name for target in store.targets.list()] == ["local"]
    assert store.people.me().name == "local"
    added = store.targets.add("cluster", "slurm", {"partition": "gpu"})
    assert store.targets.get("cluster") == added
    with pytest.raises(ConflictError):
        store.targets.add("cluster", "ssh")
    store.targets.delete("cluster")
    with pytest.raises(ConflictError):
        store.targets.delete("local")
    assert [target.name for target in store.targets.list()] == ["local"]
