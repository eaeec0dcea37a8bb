"""One working folder per attempt, so that a frozen coordinator that wakes harms nobody.

The database is fenced by the lease; files are not. So each attempt writes its rolling checkpoint
to a folder of its own, and begins with hard links to the files of the newest attempt that has one.
Files there are only ever replaced, never written in place, so a link keeps what it was made to.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from spikex_lab.engine import checkpoint

CHECKPOINTS = (checkpoint.NAME, checkpoint.PREVIOUS)
_NAME = re.compile(r"attempt-(\d+)$")


def attempt_folder(run_folder: Path, lease: int) -> Path:
    """Make and return the folder of the attempt under `lease`, with the newest checkpoint in it.

    Folders of attempts before the one taken over are removed.
    """
    folder = run_folder / f"attempt-{lease}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    earlier = sorted(
        (int(match[1]), path)
        for path in run_folder.iterdir()
        if (match := _NAME.fullmatch(path.name)) and int(match[1]) < lease
    )
    kept = None
    for _, path in reversed(earlier):
        if kept is not None:
            shutil.rmtree(path, ignore_errors=True)
        elif any((path / name).exists() for name in CHECKPOINTS):
            kept = path
    for file in sorted(kept.iterdir()) if kept is not None else []:
        # ``.part`` files were being written when their attempt ended.
        if file.is_file() and file.suffix != ".part" and not (folder / file.name).exists():
            _link(file, folder / file.name)
    return folder


def newest(run_folder: Path) -> Path | None:
    """Return the folder that holds the run's newest rolling checkpoint, or None."""
    found = [
        (int(match[1]), path)
        for path in run_folder.glob("attempt-*")
        if (match := _NAME.fullmatch(path.name))
        and any((path / name).exists() for name in CHECKPOINTS)
    ]
    return max(found)[1] if found else None


def remove_all(run_folder: Path) -> None:
    """Remove the working folders of a finished run: what is worth keeping is in its artifacts."""
    for path in run_folder.glob("attempt-*"):
        if _NAME.fullmatch(path.name):
            shutil.rmtree(path, ignore_errors=True)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)
