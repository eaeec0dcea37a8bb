"""A store with one finished run, made once for all tests of this folder that only read it."""

from __future__ import annotations

from pathlib import Path

import pytest

import spikex_lab as sx


@pytest.fixture(scope="session")
def trained_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the model ``small`` and a finished run of it."""
    folder = tmp_path_factory.mktemp("trained")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPIKEX_HOME", str(folder))
        model = sx.Model.create("small", template="snn-mlp", dataset="digits")
        run = model.train(epochs=2, batch_size=128, seed=3).wait(120)
        assert run.state == "finished", run.logs()
    return folder


@pytest.fixture
def trained(trained_home: Path, monkeypatch: pytest.MonkeyPatch) -> sx.Run:
    """The finished run."""
    monkeypatch.setenv("SPIKEX_HOME", str(trained_home))
    return sx.Run.open(sx.runs(state="finished")[-1].id)
