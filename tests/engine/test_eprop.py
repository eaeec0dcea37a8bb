"""e-prop as a training algorithm: it learns digits, and stops and resumes as any other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from spikex_lab import nn
from spikex_lab.catalog import library
from spikex_lab.data import Dataset, builtin
from spikex_lab.engine import algorithms, losses
from spikex_lab.engine.measure import Place
from spikex_lab.errors import InvalidError
from spikex_lab.spec import Graph, RunSpec, TrainingSpec
from spikex_lab.spec.templates import template

from .fakes import MemorySink, Script
from .test_resume import figures, train

KINDS = ("symmetric", "random", "adaptive")


def rules(kind: str, **params: Any) -> list[dict[str, Any]]:
    return [{"component": "learning/e-prop", "params": {"feedback": kind, **params}}]


def spec(name: str = "snn-mlp", neurons: int = 48, **training: Any) -> RunSpec:
    model = template(name, model_name="taught").to_dict()
    for node in model["nodes"]:
        if node["id"] in ("fc1", "rec"):
            node["params"]["features"] = neurons
    body = {**model.pop("training"), "algorithm": "e-prop", "epochs": 4, "threads": 1}
    return RunSpec.parse({"model": model, "dataset": "digits", "training": {**body, **training}})


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    paths = builtin.digits(tmp_path_factory.mktemp("digits"))
    return Dataset.open(paths[0].parent)


def run(digits: Dataset, folder: Path, **kw: Any) -> tuple[Any, MemorySink]:
    outcome, sink, _ = train(digits, folder, backend=_Nodes(), **kw)
    return outcome, sink


class _Nodes:
    """The backend of networks of nodes."""

    name = "spikex"

    def build(self, spec: Any, seed: int | None = None) -> torch.nn.Module:
        return nn.build(spec, seed=seed)


@pytest.mark.parametrize(
    ("kind", "neurons", "least"), [("symmetric", 48, 0.85), ("random", 128, 0.75)]
)
def test_it_learns_digits(
    digits: Dataset, tmp_path: Path, kind: str, neurons: int, least: float
) -> None:
    asked = spec(neurons=neurons, epochs=3, rules=rules(kind))
    outcome, _ = run(digits, tmp_path / "run", spec=asked)
    assert outcome.metrics["test_accuracy"] >= least


def test_recurrent_neurons_learn_digits(digits: Dataset, tmp_path: Path) -> None:
    outcome, _ = run(digits, tmp_path / "run", spec=spec("snn-recurrent", epochs=3))
    assert outcome.metrics["test_accuracy"] >= 0.75


@pytest.mark.parametrize("kind", KINDS)
def test_stopped_and_resumed_it_ends_the_same(
    digits: Dataset, tmp_path: Path, every_poll: None, kind: str
) -> None:
    asked = spec(neurons=12, epochs=2, batch_size=256, rules=rules(kind), memory="low")
    _, whole = run(digits, tmp_path / "whole", spec=asked)
    sink = MemorySink()
    control = Script(["stop"], lambda: sink.position == (2, 2))
    first, _ = run(digits, tmp_path / "run", spec=asked, sink=sink, control=control)
    assert first.state == "stopped"
    second = MemorySink(seq=sink.flush())
    run(digits, tmp_path / "run", spec=asked, sink=second)
    assert second.artifacts["weights.safetensors"] == whole.artifacts["weights.safetensors"]
    assert figures([sink, second]) == figures([whole])


def setting(kind: str = "adaptive", **params: Any) -> algorithms.Setting:
    asked = spec(neurons=6, rules=rules(kind, **params), optimizer="sgd")
    network = nn.build(asked.model, seed=1)
    loss = losses.build(asked.training, network)
    place = Place(torch.device("cpu"))
    return algorithms.Setting(network, asked.training, loss, place, lambda: None)


def test_adaptive_feedback_and_readout_grow_alike() -> None:
    made = setting(decay=0.2)
    algorithm = algorithms.build(made)
    x = torch.rand(8, 1, 8, 8, generator=torch.Generator().manual_seed(3))

    def apart() -> float:
        weight = made.network.get_parameter("fc2.weight").detach()
        return float((algorithm.state()["feedback"]["lif1/fc2"] - weight).norm())

    before = apart()
    for count in range(1, 4):
        algorithm.prepare(x, torch.arange(8), torch.Generator().manual_seed(0))
        algorithm.apply(0.1)
        assert apart() == pytest.approx(before * 0.8**count, rel=1e-4)


def test_random_feedback_stays_and_hangs_on_the_seed() -> None:
    one, two = (algorithms.build(setting("random")).state()["feedback"] for _ in range(2))
    assert all(torch.equal(one[name], two[name]) for name in one)
    assert list(one) == ["lif1/fc2"]
    assert 0.2 < float(one["lif1/fc2"].abs().max()) <= 1 / 6**0.5


def test_a_state_of_another_network_is_refused() -> None:
    algorithm = algorithms.build(setting())
    state = algorithm.state()
    state["feedback"] = {"lif1/fc2": torch.zeros(10, 7)}
    with pytest.raises(ValueError, match="another network"):
        algorithm.restore(state)


@pytest.mark.parametrize(
    ("training", "told"),
    [
        ({"rules": rules("sideways")}, "sideways"),
        ({"rules": [{"component": "learning/stdp"}]}, "no other rules"),
        ({"rules": [{**rules("random")[0], "nodes": ["fc1"]}]}, "no nodes"),
        ({"labels": "fc2"}, "has no labels"),
        ({"algorithm": "bptt", "rules": rules("random")}, "has no rules"),
    ],
)
def test_bad_settings_are_refused_before_a_run(training: dict[str, Any], told: str) -> None:
    asked = spec(**training)
    graph = Graph.of(asked.model, library())
    with pytest.raises(InvalidError, match=told):
        algorithms.check(asked.training, graph, library())


def test_networks_it_cannot_teach_are_refused_before_a_run() -> None:
    training = TrainingSpec(algorithm="e-prop")
    graph = Graph.of(template("snn-conv", model_name="images"), library())
    with pytest.raises(InvalidError, match="conv1"):
        algorithms.check(training, graph, library())
    with pytest.raises(InvalidError, match="networks of nodes"):
        algorithms.check(training, None, library())
