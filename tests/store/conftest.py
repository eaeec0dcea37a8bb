"""One fixture for every test of the store: once on SQLite and files, once on the servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from spikex_lab.store import Store

BACKENDS = ("files", "servers")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Let a test run on each of `BACKENDS`, or on those that its mark ``backends`` names."""
    if "backend" in metafunc.fixturenames:
        mark = metafunc.definition.get_closest_marker("backends")
        metafunc.parametrize("backend", mark.args if mark else BACKENDS)


@pytest.fixture
def home(
    backend: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Path]:
    """A new SPIKEX_HOME, and what belongs to it, set in the environment (child processes too)."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SPIKEX_HOME", str(folder))
    if backend == "files":
        yield folder
        return
    server, objects = (request.getfixturevalue(name) for name in ("postgres", "bucket_server"))
    monkeypatch.setenv("SPIKEX_CACHE_URL", request.getfixturevalue("redis_server").url())
    wants_new = "store" not in request.fixturenames
    template = None if wants_new else request.getfixturevalue("empty_postgres")
    with server.database(template) as name:
        monkeypatch.setenv("SPIKEX_DATABASE_URL", server.url(name))
        monkeypatch.setenv("SPIKEX_OBJECT_STORE_URL", objects.url(f"tests/{name}"))
        yield folder


@pytest.fixture
def store(home: Path, backend: str, empty_database: Path) -> Iterator[Store]:
    """A store in `home`."""
    home.mkdir(mode=0o700)
    if backend == "files":
        shutil.copy2(empty_database, home)
    with Store.open() as opened:
        yield opened
