"""A dataset as training sees it: what it is, and its splits as memory-mapped arrays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from spikex_lab.errors import InvalidError, NotFoundError, StorageError, nearest
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.documents import load_document
from spikex_lab.spec.names import Name

INFO = "dataset.json"
"""Role of the file that says what a dataset is."""
SPLITS = ("train", "test")

Array = np.ndarray[Any, np.dtype[Any]]
Floats = np.ndarray[Any, np.dtype[np.float32]]
Labels = np.ndarray[Any, np.dtype[np.int64]]


class DatasetInfo(SpecModel):
    """What a dataset is: plain JSON data, kept beside its arrays.

    `shape` is one sample's, ``[channels, height, width]`` for images; `classes` names the labels in
    order; `splits` counts samples; `value_range` is that of the values as they are kept.
    """

    schema_: Literal["spikex/dataset@1"] = Field(default="spikex/dataset@1", alias="schema")
    name: Name
    kind: Literal["frames"] = "frames"
    shape: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1, max_length=4)]
    classes: Annotated[
        list[Annotated[str, Field(max_length=200)]], Field(min_length=1, max_length=100_000)
    ]
    splits: dict[str, Annotated[int, Field(ge=0)]]
    value_range: tuple[float, float] = (0.0, 255.0)
    source: Annotated[str, Field(max_length=2000)] = ""
    licence: Annotated[str, Field(max_length=2000)] = ""
    citation: Annotated[str, Field(max_length=4000)] = ""

    @model_validator(mode="after")
    def _ranges(self) -> DatasetInfo:
        low, high = self.value_range
        if low > high:
            raise ValueError(f"value_range [{low}, {high}] runs backwards")
        if "train" not in self.splits:
            raise ValueError('there is no split "train"')
        return self


class Split:
    """One split, memory-mapped: ``x`` [N, *shape] uint8 or float32 as kept, ``y`` [N] int64."""

    def __init__(self, x: Array, y: Labels, value_range: tuple[float, float]) -> None:
        self.x = x
        self.y = y
        self.value_range = value_range

    def __len__(self) -> int:
        return len(self.y)

    def batch(self, indices: Any) -> tuple[Floats, Labels]:
        """Return the samples at `indices` (integers or a slice), copied: x float32, y int64.

        Bytes are scaled from the dataset's value range to 0…1; floats are given as they are kept.
        """
        x, y = self.kept(indices)
        result = x.astype(np.float32, copy=False)
        if self.scale is not None:
            low, span = self.scale
            if low:
                result -= np.float32(low)
            result /= np.float32(span)
        return result, y

    def kept(self, indices: Any) -> tuple[Array, Labels]:
        """Return the samples at `indices`, copied, as kept: x uint8 or float32, y int64."""
        # as plain arrays over the same memory: a memory map's own indexing costs more
        x, y = np.asarray(self.x)[indices], np.asarray(self.y)[indices]
        return x if x.base is None else x.copy(), np.array(y, dtype=np.int64)

    @property
    def scale(self) -> tuple[float, float] | None:
        """What is taken off a byte, and what it is then divided by; None: floats stay."""
        if self.x.dtype != np.uint8:
            return None
        low, high = self.value_range
        return low, high - low or 1.0


class Dataset:
    """A named dataset, opened from its files.

    Parameters
    ----------
    info : what it is.
    files : its files by role: ``dataset.json``, ``train_x.npy``, ``train_y.npy``, ``test_x.npy``…
        (a folder where they have these names will do too).
    """

    def __init__(self, info: DatasetInfo, files: Mapping[str, Path] | Path) -> None:
        self.info = info
        self.files = _by_role(files)
        self._splits: dict[str, Split] = {}

    @classmethod
    def open(cls, files: Mapping[str, Path] | Path) -> Dataset:
        """Return the dataset kept in `files`; arrays are mapped when a split is first asked for.

        Raises
        ------
        NotFoundError : a file is missing.
        InvalidError : ``dataset.json`` is not a dataset's.
        """
        roles = _by_role(files)
        try:
            text = roles[INFO].read_bytes()
        except (KeyError, FileNotFoundError):
            raise NotFoundError("the dataset has no dataset.json") from None
        info = DatasetInfo.parse(load_document(text, where=INFO), where=INFO)
        return cls(info, roles)

    @property
    def name(self) -> str:
        """The dataset's name."""
        return self.info.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over what a run's numbers depend on: arrays, classes, value range."""
        about = {
            "kind": self.info.kind,
            "shape": list(self.info.shape),
            "classes": self.info.classes,
            "value_range": list(self.info.value_range),
        }
        total = hashlib.sha256(json.dumps(about, sort_keys=True).encode())
        for role in sorted(self.files):
            if role.endswith(".npy"):
                with self.files[role].open("rb") as stream:
                    content = hashlib.file_digest(stream, "sha256").hexdigest()
                total.update(f"\n{role} {content}".encode())
        return total.hexdigest()

    def split(self, name: str) -> Split:
        """Return the split ``"train"`` or ``"test"``.

        Raises
        ------
        NotFoundError : no such split.
        StorageError : its files are missing or damaged.
        """
        if name not in self.info.splits:
            known = sorted(self.info.splits)
            raise NotFoundError(
                f'no split "{name[:80]}"', where=self.info.name, hint=nearest(name, known)
            )
        if name not in self._splits:
            x, y = self._map(f"{name}_x.npy"), self._map(f"{name}_y.npy")
            count = self.info.splits[name]
            if x.shape != (count, *self.info.shape) or y.shape != (count,):
                raise StorageError(
                    f"split {name} has x {list(x.shape)} and y {list(y.shape)}, "
                    f"not {count} samples of {list(self.info.shape)}",
                    where=self.info.name,
                )
            self._splits[name] = Split(x, y, self.info.value_range)
        return self._splits[name]

    def _map(self, role: str) -> Array:
        if role not in self.files:
            raise StorageError(f"the file {role} is missing", where=self.info.name)
        try:
            array: Array = np.load(self.files[role], mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError, EOFError) as error:
            raise StorageError(f"{role} cannot be read: {error}", where=self.info.name) from None
        return array


def _by_role(files: Mapping[str, Path] | Path) -> dict[str, Path]:
    if isinstance(files, Path):
        known = [INFO, *(f"{split}_{part}.npy" for split in SPLITS for part in "xy")]
        return {role: files / role for role in known if (files / role).is_file()}
    return {role: Path(path) for role, path in files.items()}


def check_arrays(info: DatasetInfo, splits: Mapping[str, tuple[Array, Array]]) -> None:
    """Check that arrays are what `info` says: shapes, counts, labels within the classes.

    Raises
    ------
    InvalidError : names the split and what is wrong in it.
    """
    if set(splits) != set(info.splits):
        raise InvalidError(
            f"splits {sorted(splits)} are not {sorted(info.splits)}", where=info.name
        )
    for name, (x, y) in splits.items():
        where = f"{info.name}, {name}"
        if x.shape[1:] != info.shape or len(x) != info.splits[name]:
            raise InvalidError(
                f"samples have shape {list(x.shape[1:])}, not {list(info.shape)}", where=where
            )
        if y.shape != (len(x),):
            raise InvalidError(f"{len(x)} samples but labels of {list(y.shape)}", where=where)
        check_labels(y, len(info.classes), where=where)


def check_labels(y: Array, classes: int, *, where: str) -> None:
    """Check that labels are whole numbers from 0 to `classes` - 1; say which one is not."""
    bad = np.flatnonzero((y < 0) | (y >= classes))
    if len(bad):
        others = f"{len(bad)} of {len(y)} labels are; " if len(bad) > 1 else ""
        raise InvalidError(
            f"label {y[bad[0]]} of sample {bad[0]} is out of range 0…{classes - 1}",
            where=where,
            hint=f"{others}labels number the {classes} classes from 0",
        )
