"""A folder from somebody's disk: known names, plain files, within limits; nothing outside it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from spikex_lab.catalog import folder
from spikex_lab.errors import SpikexError

YAML = b"id: neurons/mine\n"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a component in it."""
    made = tmp_path / "mine"
    made.mkdir()
    (made / "component.yaml").write_bytes(YAML)
    (made / "description.md").write_text("What it is.")
    (made / "mine.py").write_text("rendered = 1")
    (made / "own.py").write_text("written = 1")
    (made / "diagram.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><title>x</title>'
                                      '<path d="M0 0"/></svg>')  # fmt: skip
    (made / "conformance").mkdir()
    (made / "conformance" / "nest-3.10.json").write_text("{}")
    return made


def test_what_is_read_and_what_is_kept(place: Path) -> None:
    found = folder.read(place)
    assert found.source == YAML
    kept = folder.belonging(found, {"own.py"})
    # what follows from the equations is printed anew: code that is shown is code that runs
    assert sorted(kept) == ["conformance/nest-3.10.json", "description.md", "diagram.svg", "own.py"]


def _link(place: Path) -> None:
    (place / "own.py").unlink()
    (place / "own.py").symlink_to("/etc/passwd")


def _hard_link(place: Path) -> None:
    (place.parent / "secret").write_text("s")
    (place / "own.py").unlink()
    os.link(place.parent / "secret", place / "own.py")


def _linked_folder(place: Path) -> None:
    (place / "conformance" / "nest-3.10.json").unlink()
    (place / "conformance").rmdir()
    (place.parent / "elsewhere").mkdir()
    (place.parent / "elsewhere" / "secret.json").write_text("{}")
    (place / "conformance").symlink_to(place.parent / "elsewhere")


def _pipe(place: Path) -> None:
    (place / "own.py").unlink()
    os.mkfifo(place / "own.py")


def _many(place: Path) -> None:
    for number in range(50):
        (place / f"f{number}.py").write_text("")


BAD = {
    "a link": (_link, "link or no plain file"),
    "a hard link": (_hard_link, "link or no plain file"),
    "a link for a folder": (_linked_folder, "no file of a component"),
    "a pipe": (_pipe, "link or no plain file"),
    "another name": (lambda p: (p / "setup.cfg").write_text(""), "no file of a component"),
    "a hidden name": (lambda p: (p / ".env").write_text(""), "no file of a component"),
    "a folder": (lambda p: (p / "sub").mkdir(), "no file of a component"),
    "a folder called like code": (lambda p: (p / "x.py").mkdir(), "link or no plain file"),
    "a trace of another name": (
        lambda p: (p / "conformance" / "run.sh").write_text(""),
        "no file of a component",
    ),
    "a large file": (lambda p: (p / "own.py").write_bytes(b"x" * 1_000_001), "more than 1000 kB"),
    "a large source": (
        lambda p: (p / "component.yaml").write_bytes(b"x" * 100_001),
        "more than 100 kB",
    ),
    "much in all": (
        lambda p: [(p / f"f{n}.py").write_bytes(b"x" * 900_000) for n in range(5)],
        "more than 4 MB",
    ),
    "many files": (_many, "more than 40 files"),
    "a script in the drawing": (
        lambda p: (p / "diagram.svg").write_text("<svg><title/><script>f()</script></svg>"),
        "shapes and text only",
    ),
    "a handler in the drawing": (
        lambda p: (p / "diagram.svg").write_text("<svg><path onclick='f()'/></svg>"),
        "shapes and text only",
    ),
    "an entity in the drawing": (
        lambda p: (p / "diagram.svg").write_text("<!DOCTYPE x [<!ENTITY a 'b'>]><svg/>"),
        "shapes and text only",
    ),
    "no source": (lambda p: (p / "component.yaml").unlink(), "no component.yaml"),
}


@pytest.mark.parametrize("name", BAD)
def test_refused(place: Path, name: str) -> None:
    spoil, reason = BAD[name]
    spoil(place)
    with pytest.raises(SpikexError, match=reason):
        folder.read(place)


def test_a_file_exchanged_while_it_is_read_is_refused(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = os.open

    def exchanged(path: object, *rest: int) -> int:
        if str(path).endswith("own.py"):
            (place / "other").write_text("other")
            (place / "other").replace(place / "own.py")
        return opened(path, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(folder.os, "open", exchanged)
    with pytest.raises(SpikexError, match="changed while it was read"):
        folder.read(place)
