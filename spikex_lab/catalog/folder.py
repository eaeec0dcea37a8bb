"""A component's folder from somebody's disk, read within limits: plain files of known names only.

What follows from the equations (``mine.py``, ``mine.cpp``, …) is not taken: it is printed anew, so
that code which is shown is the code that runs.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from spikex_lab.catalog.kept import DEFINITION_LIMIT
from spikex_lab.errors import InvalidError, NotFoundError, TooLargeError

SOURCE = "component.yaml"
MAX_FILES = 40
MAX_FILE = 1_000_000
MAX_TOTAL = 4_000_000
_RENDERED = ("py", "cpp", "js", "tex", "mml")
_NAME = re.compile(
    r"component\.yaml|description\.md|diagram\.svg|conformance\.json"
    r"|[A-Za-z0-9][A-Za-z0-9_-]{0,62}\.(py|cpp|js|tex|mml)"
    r"|conformance/[A-Za-z0-9][A-Za-z0-9._-]{0,62}\.json"
)
_ALLOWED = "component.yaml, description.md, diagram.svg, code (.py .cpp .js), conformance/*.json"
_UNSAFE_SVG = re.compile(
    rb"<!|<\?(?!xml )|<\s*(?:\w+:)?(?:script|style|foreignObject|image|use|a|iframe|animate|set)\b"
    rb"|\son[a-z]+\s*=|href|url\(|javascript:|data:",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Folder:
    """What was read: the source's text, and the other files by name."""

    source: bytes
    files: dict[str, bytes]


def read(path: Path) -> Folder:
    """Return the component in the folder `path`; nothing outside it is ever opened.

    Raises
    ------
    NotFoundError : there is no such folder, or no ``component.yaml`` in it.
    InvalidError : a link, a device, a name that does not belong to a component, a drawing that is
        more than a drawing. TooLargeError : too many or too large files.
    """
    if not path.is_dir():
        raise NotFoundError("no such folder", where=str(path)[:200])
    if not (path / SOURCE).exists():
        raise NotFoundError(f"no {SOURCE} in it", where=str(path)[:200])
    found: dict[str, bytes] = {}
    total = 0
    for name, file in _walk(path):
        if len(found) >= MAX_FILES:
            raise TooLargeError(f"more than {MAX_FILES} files", where=str(path)[:200])
        data = _bytes(file, name)
        total += len(data)
        if total > MAX_TOTAL:
            raise TooLargeError(f"more than {MAX_TOTAL // 1_000_000} MB", where=str(path)[:200])
        found[name] = data
    source = found.pop(SOURCE)
    if "diagram.svg" in found and _UNSAFE_SVG.search(found["diagram.svg"]):
        raise InvalidError(
            "a drawing holds shapes and text only: no scripts, styles, links or entities",
            where="diagram.svg",
        )
    return Folder(source, found)


def belonging(folder: Folder, code: set[str]) -> dict[str, bytes]:
    """Return the files that are kept: all but those that follow from the rest.

    Parameters
    ----------
    code : names under ``code:``, which nothing renders.
    """
    return {
        name: data
        for name, data in folder.files.items()
        if name in code or (name.rpartition(".")[2] not in _RENDERED and name != "conformance.json")
    }


def _walk(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield (name, path) of what is in the folder; refuse what does not belong to a component."""
    for entry in sorted(os.scandir(path), key=lambda entry: entry.name):
        if entry.name == "conformance" and entry.is_dir(follow_symlinks=False):
            for inner in sorted(os.scandir(entry.path), key=lambda inner: inner.name):
                yield _named(f"conformance/{inner.name}"), Path(inner.path)
            continue
        yield _named(entry.name), Path(entry.path)


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise InvalidError(f"{name[:80]!a} is no file of a component", hint=f"it has {_ALLOWED}")
    return name


def _bytes(path: Path, name: str) -> bytes:
    """Return the bytes of a regular file; the look and the read are on one open handle."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    flags |= getattr(os, "O_BINARY", 0)
    try:
        before = path.lstat()
        if not stat.S_ISREG(before.st_mode) or before.st_nlink > 1:
            raise InvalidError("is a link or no plain file", where=name)
        handle = os.open(path, flags)
    except OSError as error:
        raise InvalidError(f"cannot be read: {error.strerror or error}", where=name) from None
    with os.fdopen(handle, "rb") as stream:
        status = os.fstat(stream.fileno())
        if (status.st_dev, status.st_ino) != (before.st_dev, before.st_ino):
            raise InvalidError("was changed while it was read", where=name)
        limit = DEFINITION_LIMIT if name == SOURCE else MAX_FILE
        data = stream.read(limit + 1)
    if len(data) > limit:
        raise TooLargeError(f"more than {limit // 1000} kB", where=name)
    return data
