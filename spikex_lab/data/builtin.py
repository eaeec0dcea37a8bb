"""The dataset that is always there: 1,797 real handwritten digits of 8 × 8 pixels."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import numpy as np

from spikex_lab.data import arrays
from spikex_lab.data.dataset import Array, DatasetInfo
from spikex_lab.data.split import stratified

SEED = 0
"""Key of the fixed split; it belongs to the dataset, not to a run."""


def digits(folder: Path) -> list[Path]:
    """Write the digits into `folder` in the form of `data.arrays` and return the files.

    Images [1, 8, 8] with values 0…16; a fixed stratified split of 80 % for training (1,438) and
    20 % for testing (359).

    References
    ----------
    E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning
    Repository, DOI 10.24432/C50P49; the copy of its test set that scikit-learn ships.
    """
    info, splits = load_digits()
    return arrays.write(folder, info, splits)


def load_digits() -> tuple[DatasetInfo, dict[str, tuple[Array, Array]]]:
    """Return the digits as arrays: see `digits`."""
    file = resources.files(__package__) / "digits.npz"
    with file.open("rb") as stream, np.load(stream, allow_pickle=False) as content:
        x = content["x"].reshape(-1, 1, 8, 8)
        y = content["y"].astype(np.int64)
    train, test = stratified(y, test=0.2, seed=SEED)
    info = DatasetInfo(
        name="digits",
        shape=(1, 8, 8),
        classes=[str(digit) for digit in range(10)],
        splits={"train": len(train), "test": len(test)},
        value_range=(0.0, 16.0),
        source="UCI Optical Recognition of Handwritten Digits, test set, as in scikit-learn",
        licence="CC BY 4.0",
        citation=(
            "E. Alpaydin, C. Kaynak. Optical Recognition of Handwritten Digits. UCI Machine "
            "Learning Repository, 1998. DOI 10.24432/C50P49"
        ),
    )
    return info, {"train": (x[train], y[train]), "test": (x[test], y[test])}
