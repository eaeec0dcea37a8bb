"""Names are labels; where one becomes a path it stays inside its folder (trust.md, case 9)."""

from __future__ import annotations

from pathlib import Path

import pytest

from spikex_lab.errors import InvalidError
from spikex_lab.spec import ModelSpec, check_name
from spikex_lab.spec.names import inside

TRICKS = [
    "..",
    "../x",
    "a/../../x",
    "%2e%2e/../x",
    "..\\x",
    "a\\b",
    "/etc/passwd",
    "//proc/self/root",
    "C:\\x",
    "C:x",
    "a\0b",
    "a\nb",
    "x" * 300,
    "",
    ".",
    " ",
    "con",
    "NUL.txt",
    "lpt1",
    "a/",
    "a//b",
    "name\u202e",
]
BAD_NAMES = [*TRICKS, "-x", ".hidden", "x.", "x ", "ü", "a:b", "a" * 101, "a*b", "$(id)", "x;y"]


@pytest.mark.parametrize("name", [t for t in BAD_NAMES if t])
def test_a_bad_name_is_refused(name: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_name(name, where="--name")
    assert caught.value.where == "--name"
    assert len(str(caught.value)) < 400
    data = {"name": name, "input": {"shape": [1]}, "readout": "a/b"}
    with pytest.raises(InvalidError, match="/name"):
        ModelSpec.parse({**data, "nodes": [{"id": "a", "component": "a/b"}]})


@pytest.mark.parametrize("name", ["a", "digits-2", "My model 3.1", "x_", "0", "a" * 100, "console"])
def test_a_good_name_passes(name: str) -> None:
    assert check_name(name) == name


@pytest.mark.parametrize("name", [t for t in TRICKS if t != "name\u202e"])
def test_no_trick_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    root = tmp_path / "store"
    (tmp_path / "store2").mkdir()
    root.mkdir()
    with pytest.raises(InvalidError):
        inside(root, name)


def test_a_sibling_with_the_same_beginning_is_outside(tmp_path: Path) -> None:
    root = tmp_path / "store"
    root.mkdir()
    with pytest.raises(InvalidError):
        inside(root, "../store2/x")


def test_links_inside_the_folder_are_not_followed(tmp_path: Path) -> None:
    root = tmp_path / "store"
    (root / "real").mkdir(parents=True)
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to(root / "real")
    for name in ("out", "out/x", "in", "in/x"):
        with pytest.raises(InvalidError, match="out of the folder"):
            inside(root, name)
    assert inside(root, "real/x.bin") == (root / "real" / "x.bin").resolve()


def test_a_root_that_is_a_link_is_the_callers_choice(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert inside(tmp_path / "link", "a") == (tmp_path / "real" / "a").resolve()
