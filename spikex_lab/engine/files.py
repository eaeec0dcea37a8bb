"""Files that are whole or not there: written beside, synced, moved into place."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from spikex_lab import durable


def replace(path: Path, write: Callable[[BinaryIO], None], *, keep: Path | None = None) -> int:
    """Write `path` through `write`; a crash at any moment leaves the old file or the new one.

    Parameters
    ----------
    write : called with the open binary file.
    keep : where the file that `path` held so far is moved to.

    Returns
    -------
    The size in bytes.

    Raises
    ------
    StorageError : when the disk is full or refuses; the old file is untouched. A failed sync is not
    tried again.
    """
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
            size = file.tell()
        if keep is not None and path.exists():
            path.replace(keep)
        part.replace(path)
        durable.sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise durable.explain(error, path.name) from error
    return size


def replace_bytes(path: Path, data: bytes) -> int:
    """Write `data` to `path` as `replace` does."""

    def write(file: BinaryIO) -> None:
        file.write(data)

    return replace(path, write)
