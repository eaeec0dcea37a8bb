from __future__ import annotations

from pathlib import Path

import pytest

from spikex_lab.errors import ConflictError, NotFoundError, StorageError
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
