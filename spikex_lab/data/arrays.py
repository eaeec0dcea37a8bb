"""The form in which a dataset lies on disk: one ``.npy`` per array and ``dataset.json``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from spikex_lab.data.dataset import INFO, Array, DatasetInfo, check_arrays
from spikex_lab.errors import InvalidError, StorageError


def write(folder: Path, info: DatasetInfo, splits: Mapping[str, tuple[Array, Array]]) -> list[Path]:
    """Write the arrays of each split and `info` into `folder` and return the files.

    Parameters
    ----------
    splits : by name, ``x`` [N, *shape] uint8 or float32 and ``y`` [N] whole numbers.

    Raises
    ------
    InvalidError : the arrays are not what `info` says, or of a type that is not kept.
    StorageError : the disk refused; nothing of the dataset is left behind.
    """
    check_arrays(info, splits)
    written: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (x, y) in splits.items():
            if x.dtype not in (np.uint8, np.float32):
                raise InvalidError(f"values of type {x.dtype} are not kept", where=info.name)
            for part, array in (("x", x), ("y", np.asarray(y, dtype=np.int64))):
                path = folder / f"{name}_{part}.npy"
                written.append(path)
                np.save(path, np.ascontiguousarray(array), allow_pickle=False)
        path = folder / INFO
        written.append(path)
        path.write_text(info.to_json(), encoding="utf-8")
    except OSError as error:
        for path in written:
            path.unlink(missing_ok=True)
        raise StorageError(
            f"the dataset cannot be written: {error.strerror or error}", where=str(folder)
        ) from None
    return written
