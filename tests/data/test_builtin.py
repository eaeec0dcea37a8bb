"""The built-in digits are scikit-learn's, in a split that never changes."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np

from spikex_lab.data import Dataset, builtin


def test_the_digits_are_those_of_scikit_learn(tmp_path: Path) -> None:
    from sklearn.datasets import load_digits

    builtin.digits(tmp_path)
    dataset = Dataset.open(tmp_path)
    assert dataset.info.shape == (1, 8, 8)
    assert dataset.info.classes == [str(i) for i in range(10)]
    both = [dataset.split("train"), dataset.split("test")]
    ours = np.concatenate([np.c_[split.x.reshape(-1, 64), split.y] for split in both])
    theirs = load_digits()
    expected = np.c_[theirs.data, theirs.target].astype(np.int64)

    def rows(table: np.ndarray) -> list[tuple[int, ...]]:
        return sorted(map(tuple, table.astype(np.int64).tolist()))

    assert rows(ours) == rows(expected)


def test_the_split_is_fixed_stratified_and_a_fifth(tmp_path: Path) -> None:
    builtin.digits(tmp_path)
    dataset = Dataset.open(tmp_path)
    train, test = dataset.split("train"), dataset.split("test")
    assert (len(train), len(test)) == (1438, 359)
    whole = np.bincount(train.y) + np.bincount(test.y)
    assert np.all(np.abs(np.bincount(test.y) - whole * 0.2) < 1)
    # a changed digest would make every run on it another run
    digest = "1145fa8aa60b080a42075d2f75e78c09d58b3cdd5fbba40ab1a655cabf01ddd8"
    assert dataset.digest == digest


def test_values_reach_the_network_between_0_and_1(tmp_path: Path) -> None:
    builtin.digits(tmp_path)
    x, _ = Dataset.open(tmp_path).split("train").batch(slice(None))
    assert (x.min(), x.max()) == (0.0, 1.0)


def test_what_is_shipped_is_small_and_attributed(tmp_path: Path) -> None:
    file = resources.files("spikex_lab.data") / "digits.npz"
    assert len(file.read_bytes()) <= 60_000
    info, _ = builtin.load_digits()
    assert "10.24432/C50P49" in info.citation
    assert info.licence
