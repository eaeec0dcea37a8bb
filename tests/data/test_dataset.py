"""Datasets on disk: written once, mapped, scaled, checked."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import numpy as np
import pytest

from spikex_lab.data import Dataset, DatasetInfo, arrays
from spikex_lab.errors import InvalidError, NotFoundError, StorageError

X = (np.arange(6 * 4) % 16).astype(np.uint8).reshape(6, 1, 2, 2)
Y = np.array([0, 1, 2, 0, 1, 2])


def info(**change: object) -> DatasetInfo:
    data = {
        "name": "tiny",
        "shape": [1, 2, 2],
        "classes": ["a", "b", "c"],
        "splits": {"train": 6, "test": 2},
        "value_range": [0, 16],
    }
    return DatasetInfo.parse({**data, **change})


def write(folder: Path, **change: object) -> Dataset:
    arrays.write(folder, info(**change), {"train": (X, Y), "test": (X[:2], Y[:2])})
    return Dataset.open(folder)


def test_what_was_written_is_read_mapped_and_scaled(tmp_path: Path) -> None:
    dataset = write(tmp_path)
    train = dataset.split("train")
    assert isinstance(train.x, np.memmap)
    assert isinstance(train.y, np.memmap)
    assert train.x.dtype == np.uint8
    assert np.array_equal(train.x, X)
    assert len(dataset.split("test")) == 2
    x, y = train.batch([5, 0])
    assert (x.dtype, y.dtype) == (np.float32, np.int64)
    assert np.array_equal(x, X[[5, 0]].astype(np.float32) / np.float32(16))
    assert y.tolist() == [2, 0]
    x[:] = 9  # a copy: the file stays as it is
    assert np.array_equal(dataset.split("train").x, X)
    assert np.array_equal(train.batch(slice(0, 2))[0], X[:2].astype(np.float32) / 16)


def test_files_may_have_any_names(tmp_path: Path) -> None:
    """In the store they are objects, named by their content."""
    write(tmp_path)
    files = {}
    for number, path in enumerate(sorted(tmp_path.iterdir())):
        files[path.name] = path.rename(tmp_path / f"{number:064x}")
    dataset = Dataset.open(files)
    assert dataset.split("test").y.tolist() == [0, 1]
    assert dataset.digest == write(tmp_path / "again").digest


def test_floats_are_given_as_they_are_kept(tmp_path: Path) -> None:
    x = np.linspace(-2, 5, 24, dtype=np.float32).reshape(6, 1, 2, 2)
    splits = {"train": (x, Y), "test": (x[:2], Y[:2])}
    arrays.write(tmp_path, info(value_range=[-2, 5]), splits)
    assert np.array_equal(Dataset.open(tmp_path).split("train").batch([1, 3])[0], x[[1, 3]])


def test_the_digest_is_that_of_what_decides_the_numbers(tmp_path: Path) -> None:
    first = write(tmp_path / "a").digest
    assert len(first) == 64
    assert write(tmp_path / "b", citation="somebody", name="other").digest == first
    assert write(tmp_path / "c", value_range=[0, 15]).digest != first
    other = X.copy()
    other[0] += 1
    arrays.write(tmp_path / "d", info(), {"train": (other, Y), "test": (X[:2], Y[:2])})
    assert Dataset.open(tmp_path / "d").digest != first


@pytest.mark.parametrize(
    ("train", "said"),
    [
        ((X, np.array([0, 1, 2, 0, 1, 3])), "label 3 of sample 5 is out of range 0…2"),
        ((X, np.array([0, -1, 2, 0, -1, 2])), "label -1 of sample 1"),
        ((X, Y[:5]), "6 samples but labels of [5]"),
        ((X[:5], Y[:5]), "not [1, 2, 2]"),
        ((X[:, 0], Y), "[2, 2]"),
        ((X.astype(np.float64), Y), "float64"),
    ],
)
def test_arrays_that_do_not_agree_are_refused_and_nothing_is_kept(
    tmp_path: Path, train: tuple[np.ndarray, np.ndarray], said: str
) -> None:
    with pytest.raises(InvalidError) as caught:
        arrays.write(tmp_path / "x", info(), {"train": train, "test": (X[:2], Y[:2])})
    assert said in str(caught.value)
    assert not (tmp_path / "x" / "dataset.json").exists()


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save, calls = np.save, []

    def failing(path: Path, *args: object, **more: object) -> None:
        calls.append(path)
        if len(calls) == 3:
            Path(path).write_bytes(b"half")
            raise OSError(errno.ENOSPC, "No space left on device")
        save(path, *args, **more)

    monkeypatch.setattr(np, "save", failing)
    with pytest.raises(StorageError, match="No space left"):
        write(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_split_names_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="test, train"):
        write(tmp_path).split("validation")


def test_missing_and_damaged_files_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match=r"dataset\.json"):
        Dataset.open(tmp_path)
    write(tmp_path)
    (tmp_path / "train_x.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(StorageError, match="train_x"):
        Dataset.open(tmp_path).split("train")
    np.save(tmp_path / "train_x.npy", X[:3])
    with pytest.raises(StorageError, match="not 6 samples"):
        Dataset.open(tmp_path).split("train")
    (tmp_path / "test_y.npy").unlink()
    with pytest.raises(StorageError, match=r"test_y\.npy is missing"):
        Dataset.open(tmp_path).split("test")


def test_objects_in_a_kept_array_are_never_unpickled(tmp_path: Path) -> None:
    write(tmp_path)
    np.save(tmp_path / "train_y.npy", np.array([{}] * 6, dtype=object), allow_pickle=True)
    with pytest.raises(StorageError, match=r"train_y\.npy"):
        Dataset.open(tmp_path).split("train")


def test_the_description_is_strict(tmp_path: Path) -> None:
    write(tmp_path)
    path = tmp_path / "dataset.json"
    data = json.loads(path.read_text())
    for change in ({"shap": [1]}, {"shape": [0]}, {"splits": {}}, {"value_range": [3, 1]}):
        path.write_text(json.dumps({**data, **change}))
        with pytest.raises(InvalidError):
            Dataset.open(tmp_path)
