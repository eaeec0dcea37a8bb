"""Names that users give: labels, never paths, yet harmless where one does become a file's name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from spikex_lab.errors import InvalidError

_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,98}[A-Za-z0-9_-])?\Z")
_RESERVED = re.compile(
    r"(con|prn|aux|nul|com[0-9]|lpt[0-9]|conin\$|conout\$)(\.|\Z)", re.IGNORECASE
)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f\\:*?"<>|]')
_RULE = "up to 100 letters, digits, spaces, dots, - and _, first a letter or digit, last no dot"


def check_name(name: str, *, where: str = "") -> str:
    """Return `name` where it may name a model, a dataset or a run.

    Raises
    ------
    InvalidError : empty, too long, separators, control characters, leading or trailing dots,
        names that Windows keeps for devices.

    Examples
    --------
    >>> check_name("digits-2")
    'digits-2'
    """
    try:
        return _checked(name)
    except ValueError as error:
        raise InvalidError(str(error), where=where) from None


def _checked(name: str) -> str:
    if not _NAME.match(name):
        raise ValueError(f"{name[:80]!r} is not a name: {_RULE}")
    if _RESERVED.match(name):
        raise ValueError(f"{name!r} is a device's name on Windows; choose another")
    return name


Name = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_checked)]
"""A name in a spec; same rule as `check_name`."""


def check_parts(*parts: str) -> list[str]:
    """Return the folders and the file name of a relative path, each fit to be one anywhere.

    Raises
    ------
    InvalidError : absolute paths, ``..``, backslashes, drive letters, control characters, names
        over 255 bytes or kept for devices by Windows.

    Examples
    --------
    >>> check_parts("runs", "a/b.bin")
    ['runs', 'a', 'b.bin']
    """
    pieces = [piece for part in parts for piece in part.split("/")]
    if not pieces or sum(map(len, pieces)) + len(pieces) > 1024:
        raise InvalidError("a path has 1 to 1024 characters")
    for piece in pieces:
        bad = piece.strip(". ") == "" or len(piece.encode("utf-8", "replace")) > 255
        if bad or _FORBIDDEN.search(piece) or _RESERVED.match(piece):
            raise InvalidError(f"{'/'.join(pieces)[:120]!r} is not a path inside the folder")
    return pieces


def inside(root: Path, *parts: str) -> Path:
    """Return the path of `parts` under `root`: the one place where a given name becomes a path.

    Every part may hold ``/`` between folders.

    Raises
    ------
    InvalidError : a name that `check_parts` refuses, or a link on the way.
    """
    pieces = check_parts(*parts)
    home = root.resolve()
    path = home.joinpath(*pieces)
    if not path.resolve().is_relative_to(home) or any(
        step.is_symlink() for step in (path, *path.parents) if step.is_relative_to(home / pieces[0])
    ):
        raise InvalidError(f"{'/'.join(pieces)[:120]!r} leads out of the folder")
    return path
