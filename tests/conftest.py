"""Fixtures for every floor: a private home, and a store in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from spikex_lab.store import Store

pytest_plugins = ["servers"]
# Tests do not time: an example may take as long as a busy machine needs.
settings.register_profile("spikex", deadline=None)
settings.load_profile("spikex")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new SPIKEX_HOME, set in the environment (child processes get it too)."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SPIKEX_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a new store's database: made once, for making the tables takes a while."""
    from spikex_lab.settings import Settings
    from spikex_lab.store import Store

    folder = tmp_path_factory.mktemp("empty") / "home"
    Store.open(Settings(home=folder)).close()
    return folder / "spikex.db"


@pytest.fixture
def store(home: Path, empty_database: Path) -> Iterator[Store]:
    """A store in `home`."""
    from spikex_lab.store import Store

    home.mkdir(mode=0o700)
    shutil.copy2(empty_database, home)
    with Store.open() as opened:
        yield opened
