"""``.npz`` files from anywhere: plain arrays only, sizes checked before anything is allocated."""

from __future__ import annotations

import math
import warnings
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np

from spikex_lab.data import archives
from spikex_lab.data.dataset import Array
from spikex_lab.data.sources import check_file
from spikex_lab.errors import InvalidError, TooLargeError
from spikex_lab.settings import Settings

MEMBER_LIMIT = 64
"""Arrays of one file."""


def npz(path: Path, *, limit: int | None = None) -> dict[str, Array]:
    """Return the arrays of the ``.npz`` file at `path` by name.

    Parameters
    ----------
    limit : largest number of bytes of all arrays; default: the setting ``max_upload_bytes``.

    Raises
    ------
    InvalidError : not an npz file, damaged, or it holds Python objects (which could run code).
    TooLargeError : over the limit, in bytes, arrays or packing.
    """
    check_file(path)
    limit = Settings().max_upload_bytes if limit is None else limit
    with archives.told(path, ".npz file"):
        archives.check_directory(path)
        with zipfile.ZipFile(path) as archive:
            entries = [one for one in archive.infolist() if not one.filename.endswith("/")]
            _check(entries, path, limit)
            arrays: dict[str, Array] = {}
            for entry in entries:
                with archive.open(entry) as stream:
                    name = entry.filename.removesuffix(".npy")
                    arrays[name] = _array(stream, entry, path)
            return arrays


def _check(entries: list[zipfile.ZipInfo], path: Path, limit: int) -> None:
    if not entries:
        raise InvalidError("holds no arrays", where=path.name)
    if len(entries) > MEMBER_LIMIT:
        raise TooLargeError(f"holds more than {MEMBER_LIMIT} arrays", where=path.name)
    total = sum(entry.file_size for entry in entries)
    if total > limit:
        raise TooLargeError(
            f"holds {total / 1e6:,.0f} MB, more than {limit / 1e6:,.0f} MB",
            where=path.name,
            hint="the setting SPIKEX_MAX_UPLOAD_BYTES",
        )
    if total > 1000 * path.stat().st_size + 1024**2:
        raise TooLargeError("says that it unpacks more than 1,000 times", where=path.name)
    for entry in entries:
        if not entry.filename.endswith(".npy"):
            raise InvalidError(f"{entry.filename[:80]!r} is not an array", where=path.name)


def _array(stream: IO[bytes], entry: zipfile.ZipInfo, path: Path) -> Array:
    where = f"{path.name}, {entry.filename[:80].removesuffix('.npy')}"
    try:
        version = np.lib.format.read_magic(stream)
        readers: Any = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }
        if version not in readers:
            raise InvalidError(f"has .npy version {version}, which is not read", where=where)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            shape, fortran, dtype = readers[version](stream)
    except (ValueError, TypeError, SyntaxError, Warning, RecursionError, MemoryError) as error:
        reason = str(error).partition("\n")[0][:120]
        raise InvalidError(f"is not an array: {reason}", where=where) from None
    if dtype.hasobject:
        raise InvalidError(
            "holds Python objects, which are not read",
            where=where,
            hint="save numbers: np.savez(path, x_train=…, y_train=…)",
        )
    if dtype.kind not in "biuf":
        raise InvalidError(f"holds values of type {dtype}, not numbers", where=where)
    expected = math.prod(shape) * dtype.itemsize
    if min(shape, default=1) < 0 or expected > entry.file_size:
        raise InvalidError(
            f"is truncated: {list(shape)} of {dtype} are {expected:,} bytes, "
            f"{entry.file_size:,} found",
            where=where,
        )
    data = stream.read(expected + 1)
    if len(data) != expected:
        problem = "is truncated" if len(data) < expected else "is longer than its header says"
        raise InvalidError(f"{problem}: {expected:,} bytes expected", where=where)
    array: Array = np.frombuffer(data, dtype).reshape(shape[::-1] if fortran else shape)
    array = array.T if fortran else array
    return array.astype(dtype.newbyteorder("="), copy=False)
