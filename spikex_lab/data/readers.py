"""What a user uploads, made a dataset: an ``.npz``, or the IDX files of a folder or an archive."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from spikex_lab.data import archives
from spikex_lab.data.dataset import Array, DatasetInfo, check_labels
from spikex_lab.data.idx import idx, is_idx
from spikex_lab.data.npz import npz
from spikex_lab.data.sources import check_source
from spikex_lab.data.split import stratified
from spikex_lab.errors import InvalidError, TooLargeError
from spikex_lab.settings import Settings
from spikex_lab.spec.names import check_name

__all__ = ["idx", "npz", "read_upload"]

Arrays = Mapping[str, Array]
Splits = dict[str, tuple[Array, Array]]
CLASS_LIMIT = 10_000

_X = {"x", "data", "images", "image", "inputs", "features", "samples"}
_Y = {"y", "target", "targets", "labels", "label"}
_TRAIN = {"train", "training"}
_TEST = {"test", "testing", "t10k"}
_VALIDATION = {"val", "valid", "validation"}
_HINT = "name the arrays x_train, y_train, x_test, y_test, or x and y for a split of 80/20"


def read_upload(
    path: Path | str, name: str, classes: Sequence[str] | None = None
) -> tuple[DatasetInfo, Splits]:
    """Return the dataset in a file, folder or archive that a user gives, checked.

    Parameters
    ----------
    path : an ``.npz`` (``x_train``, ``y_train``, ``x_test``, ``y_test``; or ``x`` and ``y``, which
        are split 80/20, stratified), a folder with IDX files, or a ``.zip``, ``.tar`` or ``.tgz``
        of either. Images are [N, H, W], [N, C, H, W] or [N, H, W, C]; vectors [N, F].
    name : the new dataset's name.
    classes : names of the labels in order; default: the numbers 0 … largest label.

    Returns
    -------
    info, splits : splits by name, each x [N, *shape] uint8 or float32 and y [N] int64.

    Raises
    ------
    InvalidError : a damaged file, objects in it, labels out of range, shapes that do not agree.
    TooLargeError : over the setting ``max_upload_bytes``.
    """
    check_name(name, where="name")
    source = check_source(path)
    _check_size(source)
    if archives.is_archive(source):
        with tempfile.TemporaryDirectory(prefix="spikex-upload-") as folder:
            archives.extract(source, Path(folder), wanted=_is_data)
            arrays = _read(Path(folder), source.name)
    else:
        arrays = _read(source, source.name)
    return _dataset(arrays, name, source.name, list(classes) if classes else None)


def _is_data(name: str) -> bool:
    last = Path(name.rpartition("/")[2])
    return not last.name.startswith(".") and (is_idx(last) or last.suffix.lower() == ".npz")


def _check_size(source: Path) -> None:
    limit = Settings().max_upload_bytes
    if source.is_file() and source.stat().st_size > limit:
        raise TooLargeError(
            f"is larger than {limit / 1e6:,.0f} MB",
            where=source.name,
            hint="the setting SPIKEX_MAX_UPLOAD_BYTES",
        )


def _read(source: Path, where: str) -> dict[str, Array]:
    """Return the arrays of a file or folder by name."""
    if source.is_file():
        if source.suffix.lower() == ".npz":
            return npz(source)
        if is_idx(source):
            raise InvalidError(
                "an IDX file alone has no labels",
                where=where,
                hint="give the folder that holds images and labels",
            )
        raise InvalidError("is neither .npz, IDX nor an archive of these", where=where)
    files = sorted(file for file in source.rglob("*") if file.is_file() and _is_data(file.name))
    packed = [file for file in files if file.suffix.lower() == ".npz"]
    if len(packed) == 1 and len(files) == 1:
        return npz(packed[0])
    if packed or not files:
        found = "several datasets" if packed else "no .npz and no IDX files"
        raise InvalidError(f"holds {found}", where=where)
    arrays: dict[str, Array] = {}
    for file in files:
        if file.name.endswith(".gz") and file.with_suffix("") in files:
            continue  # the same, packed
        array = idx(file)
        stem = re.sub(r"[-.](idx\d?(-ubyte)?|ubyte)?(\.gz)?$", "", file.name.lower())
        key = f"{stem}-{'labels' if array.ndim == 1 else 'images'}"
        if key in arrays:
            raise InvalidError(f"holds {file.name} twice", where=where)
        arrays[key] = array
    return arrays


def _dataset(
    arrays: Arrays, name: str, where: str, classes: list[str] | None
) -> tuple[DatasetInfo, Splits]:
    splits = {
        split: (_samples(x, f"{where}, {split}"), _labels(y, f"{where}, {split}"))
        for split, (x, y) in _pairs(arrays, where).items()
    }
    for split, (x, y) in splits.items():
        if len(x) != len(y):
            raise InvalidError(f"{len(x)} samples but {len(y)} labels", where=f"{where}, {split}")
        if not len(x):
            raise InvalidError("holds no samples", where=f"{where}, {split}")
    if "test" not in splits:
        x, y = splits["train"]
        train, test = stratified(y)
        if not len(test) or not len(train):
            raise InvalidError(f"{len(y)} samples are too few to split", where=where)
        splits = {"train": (x[train], y[train]), "test": (x[test], y[test])}
    shape = splits["train"][0].shape[1:]
    if splits["test"][0].shape[1:] != shape:
        raise InvalidError(
            f"test samples have shape {list(splits['test'][0].shape[1:])}, training {list(shape)}",
            where=where,
        )
    if classes is None:
        classes = _numbered(splits["train"][1], where)
    for split, (_, y) in splits.items():
        check_labels(y, len(classes), where=f"{where}, {split}")
    splits, value_range = _common_type(splits)
    info = DatasetInfo.parse(
        {
            "name": name,
            "shape": shape,
            "classes": classes,
            "splits": {split: len(y) for split, (_, y) in splits.items()},
            "value_range": value_range,
            "source": f"uploaded from {where}"[:2000],
        },
        where=where,
    )
    return info, splits


def _pairs(arrays: Arrays, where: str) -> dict[str, tuple[Array, Array]]:
    """Return x and y of each split, found by the arrays' names."""
    found: dict[tuple[str, str], Array] = {}
    for name, array in arrays.items():
        words = set(re.split(r"[^a-z0-9]+", name.lower()))
        part = "x" if words & _X else "y" if words & _Y else ""
        split = "test" if words & _TEST else "validation" if words & _VALIDATION else "train"
        if not part:
            continue
        if (split, part) in found:
            raise InvalidError(f"two arrays are {part} of {split}", where=where, hint=_HINT)
        found[split, part] = array
    pairs: dict[str, tuple[Array, Array]] = {}
    for split in ("train", "validation", "test"):
        x, y = found.get((split, "x")), found.get((split, "y"))
        if (x is None) != (y is None):
            missing = "x" if x is None else "y"
            raise InvalidError(f"{missing} of {split} is missing", where=where, hint=_HINT)
        if x is not None and y is not None:
            pairs[split] = (x, y)
    if "train" not in pairs:
        names = ", ".join(list(arrays)[:8])
        raise InvalidError(f"no training samples among {names}", where=where, hint=_HINT)
    if "validation" in pairs:  # a run holds out its own share of the training samples
        (x, y), (x2, y2) = pairs["train"], pairs.pop("validation")
        if x.shape[1:] != x2.shape[1:] or y.shape[1:] != y2.shape[1:]:
            raise InvalidError("training and validation samples differ in shape", where=where)
        pairs["train"] = (np.concatenate([x, x2]), np.concatenate([y, y2]))
    return pairs


def _samples(x: Array, where: str) -> Array:
    """Return samples as uint8 or float32, images with their channels first."""
    if not 2 <= x.ndim <= 5:
        raise InvalidError(f"samples have shape {list(x.shape[1:])}", where=where)
    if x.ndim == 3:
        x = x[:, None]
    elif x.ndim == 4 and x.shape[3] in (1, 3, 4) and x.shape[1] not in (1, 3, 4):
        x = np.moveaxis(x, 3, 1)
    if min(x.shape[1:]) < 1:
        raise InvalidError(f"samples have shape {list(x.shape[1:])}", where=where)
    if x.dtype == bool or (x.dtype.kind in "iu" and x.size and x.min() >= 0 and x.max() <= 255):
        return x.astype(np.uint8, copy=False)
    with np.errstate(over="ignore"):
        x = x.astype(np.float32, copy=False)
    if not np.isfinite(x).all():
        raise InvalidError("some values are not finite in float32", where=where)
    return x


def _labels(y: Array, where: str) -> Array:
    if y.ndim == 2 and y.shape[1] == 1:
        y = y[:, 0]
    if y.ndim != 1:
        hint = "give class numbers, such as y.argmax(1)" if y.ndim == 2 else ""
        raise InvalidError(f"labels have shape {list(y.shape)}, not [N]", where=where, hint=hint)
    with np.errstate(invalid="ignore"):
        whole = y.astype(np.int64, copy=False)
    wrong = np.flatnonzero(whole != y)
    if len(wrong):
        raise InvalidError(f"label {y[wrong[0]]} of sample {wrong[0]} is no class", where=where)
    return whole


def _numbered(y: Array, where: str) -> list[str]:
    largest = int(y.max())
    if largest >= CLASS_LIMIT or int(y.min()) < 0:
        bad = largest if largest >= CLASS_LIMIT else int(y.min())
        raise InvalidError(
            f"label {bad} is out of range 0…{CLASS_LIMIT - 1}",
            where=where,
            hint="labels number the classes from 0",
        )
    return [str(label) for label in range(largest + 1)]


def _common_type(splits: Splits) -> tuple[Splits, tuple[float, float]]:
    """Return the splits in one type, and the range of the training values."""
    if any(x.dtype != np.uint8 for x, _ in splits.values()):
        splits = {name: (x.astype(np.float32, copy=False), y) for name, (x, y) in splits.items()}
    x = splits["train"][0]
    low, high = float(x.min()), float(x.max())
    return splits, (0.0, max(high, 1.0)) if x.dtype == np.uint8 else (low, high)
