"""The job ``convert`` on digits: what it loses, what it leaves, how it is stopped."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from safetensors.torch import load

from spikex_lab import nn
from spikex_lab.catalog import library
from spikex_lab.data import Dataset, builtin
from spikex_lab.engine import Trainer
from spikex_lab.engine.convert import convert
from spikex_lab.errors import InvalidError
from spikex_lab.nn.conversion_plan import plan
from spikex_lab.spec import RunSpec
from spikex_lab.spec.templates import template

from .fakes import MemorySink, Script


@dataclass
class Context:
    """A `JobContext` in memory."""

    spec: dict[str, Any]
    dataset: Any
    folder: Path
    files: dict[str, Path] = field(default_factory=dict)
    sink: MemorySink = field(default_factory=MemorySink)
    control: Any = field(default_factory=Script)
    run: dict[str, Any] = field(default_factory=lambda: {"id": "0190", "attempt": 1})

    def file(self, sha256: str) -> Path:
        return self.files[sha256]

    def code(self, sha256: str) -> bytes | None:
        return None


@dataclass
class Trained:
    dataset: Dataset
    spec: RunSpec
    weights: Path
    accuracy: float

    def context(self, folder: Path, steps: int = 50, **changes: Any) -> Context:
        how = plan(self.spec.model, library(), steps=steps, name="spiking")
        sha = hashlib.sha256(self.weights.read_bytes()).hexdigest()
        spec = {
            "job": "convert",
            "model": how.spec.to_dict(),
            "weights": sha,
            "conversion": {"model": self.spec.model.to_dict()},
            "dataset": "digits",
            "training": {"threads": 1},
        }
        return Context(spec | changes, self.dataset, folder, {sha: self.weights})


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """An ordinary network, trained on digits."""
    paths = builtin.digits(tmp_path_factory.mktemp("digits"))
    dataset = Dataset.open(paths[0].parent)
    model = template("mlp", model_name="ann")
    body = {**model.training.to_dict(), "epochs": 6, "threads": 1}
    spec = RunSpec.parse({"model": model.to_dict(), "dataset": "digits", "training": body})
    folder = tmp_path_factory.mktemp("run")
    sink = MemorySink()
    outcome = Trainer(spec, dataset, sink=sink, control=Script(), folder=folder).fit()
    weights = folder / "trained.safetensors"
    weights.write_bytes(sink.artifacts["weights.safetensors"])
    return Trained(dataset, spec, weights, outcome.metrics["test_accuracy"])


def test_digits_lose_at_most_one_point(trained: Trained, tmp_path: Path) -> None:
    context = trained.context(tmp_path)
    outcome = convert(context)
    assert outcome.state == "finished"
    assert outcome.metrics["accuracy_before"] == trained.accuracy
    assert trained.accuracy > 0.93
    assert outcome.metrics["test_accuracy"] >= trained.accuracy - 0.01
    assert context.sink.states() == ["running"]
    (metrics,) = context.sink.of("metrics")
    assert metrics["final"]
    assert metrics["test_accuracy"] == outcome.metrics["test_accuracy"]
    assert any("points lost" in event["message"] for event in context.sink.of("log"))
    assert not list(tmp_path.iterdir())


def test_what_it_leaves_is_a_run_like_any_other(trained: Trained, tmp_path: Path) -> None:
    context = trained.context(tmp_path, steps=5)
    convert(context)
    kept = context.sink.artifacts
    network = nn.build(RunSpec.parse(json.loads(kept["spec.json"])).model)
    network.load_state_dict(load(kept["weights.safetensors"]))
    before, after = (
        json.loads(kept[name]) for name in ("evaluation-before.json", "evaluation.json")
    )
    assert before["accuracy"] == trained.accuracy
    assert set(after["spikes"]) == {"relu1"}
    told = json.loads(kept["conversion.json"])
    assert told["from"] == "ann"
    assert told["weights"] == context.spec["weights"]
    assert 0 < told["largest_activations"]["relu1"] < 50
    assert b"<html" in kept["report.html"]


def test_again_it_gives_the_same_bytes(trained: Trained, tmp_path: Path) -> None:
    contexts = [trained.context(tmp_path, steps=3) for _ in range(2)]
    for context in contexts:
        convert(context)
    one, two = (context.sink.artifacts for context in contexts)
    assert one["weights.safetensors"] == two["weights.safetensors"]


def test_it_stops(trained: Trained, tmp_path: Path, every_poll: None) -> None:
    context = trained.context(tmp_path)
    context.control = Script(["stop"])
    assert convert(context).state == "stopped"
    assert not context.sink.artifacts


def test_weights_of_another_network_are_refused(trained: Trained, tmp_path: Path) -> None:
    context = trained.context(tmp_path)
    other = template("perceptron", model_name="other").to_dict()
    other["nodes"][1:] = [
        {"id": "fc1", "component": "synapses/dense", "params": {"features": 7}},
        {"id": "relu1", "component": "layers/relu"},
        {"id": "fc2", "component": "synapses/dense", "params": {"features": 10}},
    ]
    context.spec["conversion"] = {"model": other}
    with pytest.raises(InvalidError, match="fc1"):
        convert(context)


def test_training_begins_with_weights_that_are_given(trained: Trained, tmp_path: Path) -> None:
    body = {**trained.spec.training.to_dict(), "epochs": 1, "lr": 1e-9, "validation": 0.0}
    spec = RunSpec.parse({**trained.spec.to_dict(), "training": body})
    outcome = Trainer(
        spec, trained.dataset, sink=MemorySink(), control=Script(), folder=tmp_path,
        start=trained.weights,
    ).fit()  # fmt: skip
    assert outcome.metrics["test_accuracy"] == trained.accuracy


@pytest.mark.parametrize(
    "change",
    [{"conversion": None}, {"weights": None}, {"job": "train"}],
    ids=["no conversion", "no weights", "a training"],
)
def test_a_spec_that_does_not_hold_together(trained: Trained, change: dict[str, Any]) -> None:
    spec = trained.context(Path("unused")).spec | change
    with pytest.raises(InvalidError, match="convert"):
        RunSpec.parse({k: v for k, v in spec.items() if v is not None})
