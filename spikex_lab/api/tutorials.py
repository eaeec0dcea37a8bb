"""The tutorials that travel with the package."""

from __future__ import annotations

from pathlib import Path

from spikex_lab.errors import InvalidError, NotFoundError


def folder() -> Path:
    """Return where they lie: in the wheel, or in the checkout."""
    package = Path(__file__).resolve().parent.parent
    for place in (package / "_notebooks", package.parent / "notebooks"):
        if place.is_dir():
            return place
    raise NotFoundError("the tutorials are not installed")


def names() -> list[str]:
    """Return the tutorials' file names, in order."""
    return sorted(path.name for path in folder().glob("*.ipynb"))


def copy_to(target: Path) -> list[Path]:
    """Copy the tutorials into `target` where they are not there yet; return the new files."""
    source = folder()
    if target.exists() and not target.is_dir():
        raise InvalidError("this is a file, a folder is wanted", where=str(target))
    target.mkdir(parents=True, exist_ok=True)
    if target.resolve() == source.resolve():
        return []
    copied = []
    for name in names():
        try:
            with (target / name).open("xb") as file:
                file.write((source / name).read_bytes())
        except FileExistsError:
            continue
        copied.append(target / name)
    return copied
