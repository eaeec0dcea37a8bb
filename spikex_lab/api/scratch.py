"""Work in progress: files in the store's own folder ``tmp``, on the same disk as its objects."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from spikex_lab import durable
from spikex_lab.api import context

PREFIX = "spikex-"
STALE = 86_400.0
"""Seconds after which what lies there was left by a process that was killed."""


def folder() -> Path:
    """Return the folder; what killed processes have left in it is removed once per process."""
    found = durable.folder(Path(context.store().settings.home) / "tmp")
    _sweep(found)
    return found


@contextmanager
def temporary() -> Iterator[Path]:
    """Give an empty folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=folder()) as name:
        yield Path(name)


@cache
def _sweep(found: Path) -> None:
    for left in found.glob(f"{PREFIX}*"):
        if time.time() - left.lstat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
