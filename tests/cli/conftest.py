"""The command line in process: a store that is ready, and a picture of all that is kept in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from spikex_lab.cli import main
from spikex_lab.engine import devices

GOOD = {
    "name": "small",
    "input": {"shape": [1, 8, 8]},
    "nodes": [
        {"id": "flatten", "component": "layers/flatten"},
        {"id": "fc", "component": "synapses/dense", "params": {"features": 10}},
    ],
    "readout": "decoders/membrane",
    "dataset": "digits",
}
"""A small spec with nothing wrong in it."""


@dataclass
class Answer:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@pytest.fixture
def spikex(capfd: pytest.CaptureFixture[str]) -> Callable[..., Answer]:
    """Run ``spikex ARGUMENTS…`` and return its exit status, stdout and stderr."""

    def run(*arguments: object) -> Answer:
        capfd.readouterr()
        code = main([str(a) for a in arguments])
        out, err = capfd.readouterr()
        return Answer(code, out, err)

    return run


def picture(*folders: Path) -> str:
    """Return a hash over the files in `folders` and every row of the databases among them."""
    from spikex_lab.store import sqlite

    total = hashlib.sha256()
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            name = path.relative_to(folder).as_posix()
            if name.startswith("spikex.db-") or path.is_dir():
                continue  # SQLite's own, whose content is read below; an empty folder is nothing
            total.update(name.encode())
            if path.name == "spikex.db":
                connection = sqlite.module().connect(str(path))
                tables = connection.execute(
                    "SELECT name, sql FROM sqlite_master ORDER BY name"
                ).fetchall()
                for table, made in tables:
                    total.update(f"{table} {made}".encode())
                    if made and made.startswith("CREATE TABLE"):
                        total.update(
                            repr(connection.execute(f"SELECT * FROM {table}").fetchall()).encode()
                        )
                connection.close()
            else:
                total.update(path.read_bytes())
    return total.hexdigest()


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a model and the digits in it; no test may change it."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPIKEX_HOME", str(folder))
        assert main(["models", "create", "taken", "--template", "mlp", "--dataset", "digits"]) == 0
        devices.available(refresh=True)  # kept in this home, whatever the process knows already
    return folder


@pytest.fixture
def refused(kept, tmp_path, monkeypatch, spikex):
    """Run a command that must be refused; return its one line."""
    monkeypatch.setenv("SPIKEX_HOME", str(kept))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> str:
        before = picture(kept, tmp_path)
        answer: Answer = spikex(*arguments)
        assert picture(kept, tmp_path) == before, "something was changed"
        return check(answer)

    return run


def check(answer: Answer) -> str:
    assert answer.code == 2, answer
    assert answer.out == ""
    lines = answer.err.strip().splitlines()
    message = lines[-1]
    assert len([line for line in lines if line.startswith("spikex:")]) == 1, answer.err
    assert "Traceback" not in answer.err
    assert len(message) < 600
    return message
