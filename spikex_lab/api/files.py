"""Writing a file where the user asked for it: whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from spikex_lab.errors import InvalidError, StorageError


def write(path: Path, content: bytes) -> Path:
    """Write `content` to `path`, beside it first; return the path made absolute."""

    def fill(beside: Path) -> None:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    return place(path, fill)


def place(path: Path, fill: Callable[[Path], None]) -> Path:
    """Let `fill` write a temporary file beside `path`, then move it into place.

    Raises
    ------
    InvalidError : the folder is not there, or `path` is one.
    StorageError : the disk refused; `path` is as it was.
    """
    try:
        path = path.expanduser().absolute()
        if path.is_dir():
            raise InvalidError("this is a folder, a file name is wanted", where=str(path))
        if not path.parent.is_dir():
            raise InvalidError("no such folder", where=str(path.parent))
    except (ValueError, OSError) as error:
        raise InvalidError(f"this cannot be a path: {error}"[:200], where="path") from None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}-", dir=path.parent)
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", where=str(path)) from None
    beside = Path(name)
    os.close(handle)
    try:
        fill(beside)
        umask = os.umask(0)
        os.umask(umask)
        beside.chmod(0o666 & ~umask)
        beside.replace(path)
    except OSError as error:
        raise StorageError(f"cannot write: {error.strerror}", where=str(path)) from None
    finally:
        beside.unlink(missing_ok=True)
    return path


def stem(name: str, default: str = "model") -> str:
    """Return how the names of files saved of something called `name` begin.

    Examples
    --------
    >>> stem("my digits")
    'my-digits'
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.") or default
