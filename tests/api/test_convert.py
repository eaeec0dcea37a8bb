"""`sx.convert`: from a trained model to one that can be evaluated, exported, trained on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import spikex_lab as sx
from spikex_lab.cli.main import main
from spikex_lab.errors import ConflictError, InvalidError, NotFoundError
from spikex_lab.store import Store


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a trained network ``ann`` and the spiking one that came of it."""
    folder = tmp_path_factory.mktemp("converted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPIKEX_HOME", str(folder))
        model = sx.Model.create("ann", template="mlp", dataset="digits")
        assert model.train(epochs=2, threads=1).wait(120).state == "finished"
        sx.Model.create("raw", template="mlp", dataset="digits")
        sx.Model.create("wide", template="cnn", dataset="digits")
        run = sx.convert(model, steps=12)
        assert run.state == "finished", run.logs()
    return folder


@pytest.fixture
def spiking(home: Path, monkeypatch: pytest.MonkeyPatch) -> sx.Run:
    """The run of the conversion."""
    monkeypatch.setenv("SPIKEX_HOME", str(home))
    return sx.Run.open(sx.runs(model="ann-snn", state="finished")[-1].id)


def test_the_new_model_and_its_run(spiking: sx.Run) -> None:
    model = sx.Model.open("ann-snn")
    assert model.spec.time.steps == 12
    assert "neurons/if" in repr(model)
    assert spiking.name == "ann-snn"
    assert spiking.summary["test_accuracy"] == pytest.approx(
        spiking.summary["accuracy_before"], abs=0.05
    )
    assert spiking.progress.fraction == 1.0
    assert spiking.report().accuracy == spiking.summary["test_accuracy"]


def test_it_is_evaluated_and_exported(spiking: sx.Run, tmp_path: Path) -> None:
    assert spiking.evaluate().accuracy == spiking.summary["test_accuracy"]
    assert spiking.export("safetensors", tmp_path / "w.safetensors").stat().st_size > 1000
    assert spiking.export("bundle", tmp_path / "all.spikex").stat().st_size > 1000


@pytest.mark.slow
def test_it_is_trained_on(spiking: sx.Run) -> None:
    model = sx.Model.open("ann-snn")
    run = model.train(weights=spiking, epochs=1, lr=1e-9, threads=1).wait(120)
    assert run.state == "finished", run.logs()
    assert run.summary["test_accuracy"] == spiking.summary["test_accuracy"]


def test_the_weights_it_began_with_are_held(spiking: sx.Run) -> None:
    sha = spiking.spec.weights
    assert sha is not None
    with Store.open() as store:
        rows = store.database.rows("SELECT sha256 FROM run_object WHERE run=:r", {"r": spiking.id})
    assert [row[0] for row in rows] == [sha]


def test_refusals_change_nothing(spiking: sx.Run, tmp_path: Path) -> None:
    models, runs = len(sx.models()), len(sx.runs())
    with pytest.raises(ConflictError, match="ann-snn"):
        sx.convert("ann")
    with pytest.raises(ConflictError, match="no trained weights"):
        sx.convert("raw")
    with pytest.raises(InvalidError, match=r"relu1 \(neurons/if\), which is a neuron already"):
        sx.convert(spiking, to="again")
    with pytest.raises(NotFoundError):
        sx.convert("nobody")
    for bad in ({"steps": 0}, {"percentile": 0}, {"percentile": 101}, {"samples": 0}):
        with pytest.raises(InvalidError):
            sx.convert("ann", to="other", **bad)
    with pytest.raises(InvalidError, match="differs from this model in conv1"):
        sx.Model.open("wide").train(weights=spiking)
    with pytest.raises(InvalidError, match="no such file"):
        sx.Model.open("raw").train(weights=tmp_path / "nothing")
    assert (len(sx.models()), len(sx.runs())) == (models, runs)


@pytest.mark.slow
def test_the_command(spiking: sx.Run, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["models", "convert", "ann", "--steps", "6", "--to", "short", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told["model"] == "short"
    assert told["steps"] == 6
    assert told["accuracy_before"] == spiking.summary["accuracy_before"]
    assert 0 < told["accuracy_after"] <= 1
