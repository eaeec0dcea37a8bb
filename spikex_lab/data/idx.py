"""The IDX format of MNIST: four bytes of magic, big-endian sizes, values; plain or gzipped."""

from __future__ import annotations

import gzip
import math
import zlib
from pathlib import Path
from typing import IO, Any

import numpy as np

from spikex_lab.data.dataset import Array
from spikex_lab.data.sources import check_file
from spikex_lab.errors import InvalidError, TooLargeError
from spikex_lab.settings import Settings

_TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
_CHUNK = 1024**2
_AGAIN = "copy or download it again"


def idx(path: Path, *, limit: int | None = None) -> Array:
    """Return the array in the IDX file at `path` (``.gz`` or not), in native byte order.

    Parameters
    ----------
    limit : largest number of bytes of values; default: the setting ``max_upload_bytes``.

    Raises
    ------
    InvalidError : not an IDX file, truncated, or longer than its header says.
    TooLargeError : over the limit, or packed more than 1,000 times.

    References
    ----------
    Y. LeCun, C. Cortes, C. J. C. Burges, The MNIST database of handwritten digits, section "File
    formats".
    """
    check_file(path)
    limit = Settings().max_upload_bytes if limit is None else limit
    with path.open("rb") as raw:
        packed = raw.read(2) == b"\x1f\x8b"
        raw.seek(0)
        stream: IO[bytes] = gzip.GzipFile(fileobj=raw) if packed else raw  # type: ignore[assignment]
        try:
            return _read(stream, path, limit, path.stat().st_size, packed)
        except (gzip.BadGzipFile, zlib.error) as error:
            raise InvalidError(f"is a damaged gzip file: {error}", where=path.name) from None
        except EOFError:
            problem = "is truncated: the gzip stream ends early"
            raise InvalidError(problem, where=path.name, hint=_AGAIN) from None


def is_idx(path: Path) -> bool:
    """Return whether the name is an IDX file's: ``…-idx3-ubyte`` or ``.idx``, ``.gz`` or not."""
    name = path.name.lower().removesuffix(".gz")
    return name.endswith((".idx", "-ubyte", ".idx1-ubyte", ".idx3-ubyte"))


def _read(stream: IO[bytes], path: Path, limit: int, size: int, packed: bool) -> Array:
    head = stream.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] not in _TYPES or not 1 <= head[3] <= 4:
        raise InvalidError("is not an IDX file", where=path.name)
    sizes = stream.read(4 * head[3])
    if len(sizes) < 4 * head[3]:
        raise InvalidError("is truncated: its header is cut short", where=path.name, hint=_AGAIN)
    shape = tuple(int(n) for n in np.frombuffer(sizes, ">u4"))
    dtype = np.dtype(_TYPES[head[2]])
    expected = math.prod(shape) * dtype.itemsize
    if expected > limit:
        raise TooLargeError(
            f"holds {expected / 1e6:,.0f} MB, more than {limit / 1e6:,.0f} MB",
            where=path.name,
            hint="the setting SPIKEX_MAX_UPLOAD_BYTES",
        )
    if packed and expected > 1000 * size + 1024**2:
        raise TooLargeError("says that it unpacks more than 1,000 times", where=path.name)
    data = bytearray()
    # one byte more than expected shows what is too long; nothing is allocated on the header's word
    while len(data) <= expected and (chunk := stream.read(min(_CHUNK, expected + 1 - len(data)))):
        data += chunk
    if len(data) != expected:
        problem = "is truncated" if len(data) < expected else "is longer than its header says"
        got = f"{len(data):,}" if len(data) < expected else "more"
        raise InvalidError(
            f"{problem}: {expected:,} bytes of values expected, {got} found",
            where=path.name,
            hint=_AGAIN,
        )
    array: np.ndarray[Any, np.dtype[Any]] = np.frombuffer(data, dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)
