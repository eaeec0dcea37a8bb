"""Checks of what a user names as a source: a file or a folder on this machine, nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from spikex_lab.errors import InvalidError, NotFoundError

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")


def check_source(path: Path | str) -> Path:
    """Return the path of an existing file or folder.

    Raises
    ------
    InvalidError : a URI (``file:///…``, ``s3://…``) or a device: only plain files are read.
    NotFoundError : there is nothing of that name.
    """
    text = str(path)
    if _URI.match(text) or "\0" in text:
        raise InvalidError("is not a path on this machine", where=text[:200].replace("\0", "?"))
    source = Path(path).expanduser()
    try:
        if not source.exists():
            raise NotFoundError("no such file or folder", where=text[:200])
    except OSError as error:
        raise InvalidError(f"cannot be read: {error.strerror}", where=text[:200]) from None
    if not source.is_dir():
        check_file(source)
    return source


def check_file(path: Path) -> None:
    """Check that `path` is a regular file."""
    if not path.is_file():
        raise InvalidError("is not a file", where=str(path)[:200])
