"""Case 9 of trust.md: no name and no id that a person gives is ever a path."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spikex_lab.errors import ConflictError, InvalidError, NotFoundError, SpikexError, StorageError
from spikex_lab.store import Store

from .support import SPEC, a_run, tree

HOSTILE = [
    "../evil", "..", "../../etc/passwd", "%2e%2e/evil", "..\\evil", "/etc/passwd",
    "//proc/self/root", "C:\\evil", "a/b", "a\0b", "a\nb", "name\n", "x" * 300, "", " ", ".hidden",
    "-rf", "~", "../store2/x",
]  # fmt: skip


@pytest.fixture
def beside(store: Store) -> Path:
    """Everything around the store, with a sibling whose name begins like the store's."""
    outside = store.settings.home.parent
    (outside / "home2").mkdir()
    (outside / "home2" / "secret").write_text("secret")
    (outside / "evil").write_text("was here")
    return outside


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_refused_and_touches_nothing(
    store: Store, beside: Path, tmp_path: Path, name: str
) -> None:
    run, lease = a_run(store)
    kept = store.objects.put_bytes(b"x")
    store.models.create("good", {"name": "good"})
    source = tmp_path / "evil"
    store.checkpoint()
    before = tree(beside)
    writes: list[Callable[[], Any]] = [
        lambda: store.models.create(name, {}),
        lambda: store.models.rename("good", name),
        lambda: store.models.copy("good", name),
        lambda: store.datasets.add(name, {}, {"x.npy": source}),
        lambda: store.datasets.add("good", {}, {name: source}),
        lambda: store.targets.add(name, "ssh"),
        lambda: store.runs.add_artifact(run, lease, name, kept),
    ]
    for write in writes:
        with pytest.raises(InvalidError):
            write()
    reads: list[Callable[[], Any]] = [
        lambda: store.models.get(name),
        lambda: store.datasets.get(name),
        lambda: store.datasets.files(name),
        lambda: store.targets.get(name),
        lambda: store.runs.get(name),
        lambda: store.runs.folder(name),
        lambda: store.runs.delete(name),
        lambda: store.objects.path(name),
        lambda: store.objects.read(name),
        lambda: store.objects.get(name),
        lambda: store.objects.check(name),
        lambda: store.objects.forget(name),
    ]
    for read in reads:
        with pytest.raises(NotFoundError):
            read()
    assert store.runs.events(name) == []
    assert tree(beside) == before


@pytest.mark.parametrize("name", ["CON", "nul.txt", "aux"])
def test_a_devices_name_is_refused(store: Store, beside: Path, name: str) -> None:
    with pytest.raises(InvalidError, match="device"):
        store.models.create(name, {"name": name})
    with pytest.raises(InvalidError, match="device"):
        store.datasets.add(name, {}, {"x.npy": beside / "evil"})
    assert store.models.list().total == 0


def test_dots_inside_a_name_are_no_path(store: Store, beside: Path) -> None:
    store.models.create("a..b", {"name": "a..b"})
    store.datasets.add("a..b", {}, {"x.npy": beside / "evil"})
    assert store.models.get("a..b").name == "a..b"
    assert [path for path in beside.rglob("*") if path.name == "a..b"] == []


def test_a_runs_folder_is_named_by_its_id_alone(store: Store) -> None:
    row = store.runs.create({**SPEC, "model": {"name": "../../evil"}})
    folder = store.runs.folder(row.id[:20])
    assert folder == store.settings.runs / row.id


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_in_the_place_of_a_runs_folder_is_refused(store: Store, beside: Path) -> None:
    run = store.runs.create(SPEC).id
    store.settings.runs.mkdir()
    (store.settings.runs / run).symlink_to(beside / "home2")
    with pytest.raises(ConflictError, match="a link"):
        store.runs.folder(run)


@pytest.mark.backends("files")
@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_in_the_place_of_an_object_is_not_followed(store: Store, beside: Path) -> None:
    """Even one to the right bytes: what it leads to is not the store's."""
    sha = store.objects.put_bytes(b"secret").sha256
    place = store.objects.path(sha)
    place.unlink()
    place.symlink_to(beside / "home2" / "secret")
    for read in (store.objects.path, store.objects.read):
        with pytest.raises(StorageError):
            read(sha)
    assert store.verify().ok is False


@pytest.mark.backends("files")
@pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")
def test_a_link_in_the_place_of_a_shelf_is_not_followed(store: Store, beside: Path) -> None:
    sha = store.objects.put_bytes(b"secret").sha256
    shelf = store.objects.path(sha).parent
    shelf.rename(beside / "home2" / "shelf")
    shelf.symlink_to(beside / "home2" / "shelf")
    before = tree(beside / "home2")
    calls: list[Callable[[], Any]] = [
        lambda: store.objects.path(sha),
        lambda: store.objects.read(sha),
        lambda: store.objects.put_bytes(b"secret"),
    ]
    for call in calls:
        with pytest.raises(SpikexError):
            call()
    assert tree(beside / "home2") == before
