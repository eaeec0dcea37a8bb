"""EventProp as a training algorithm; the gradient itself is held by the component's cases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from spikex_lab import nn
from spikex_lab.catalog import library
from spikex_lab.conformance.cases import find
from spikex_lab.data import Dataset, builtin
from spikex_lab.engine import algorithms, losses
from spikex_lab.engine.measure import Place
from spikex_lab.errors import InvalidError
from spikex_lab.nn.eventprop import EventNetwork, Neurons
from spikex_lab.nn.spiketimes import scan
from spikex_lab.spec import Graph, RunSpec, TrainingSpec

from .fakes import MemorySink, Script
from .test_resume import figures, train

NEURON = {
    "component": "neurons/synaptic",
    "params": {"alpha": 0.8, "beta": 0.95, "reset": "zero", "reset_delay": False},
}
READ = {"component": "neurons/leaky", "params": {"beta": 0.95, "reset": "none", "threshold": 1e6}}


def spec(
    hidden: dict[str, Any] | None = None, out: dict[str, Any] | None = None, **training: Any
) -> RunSpec:
    nodes = [
        {"id": "flat", "component": "layers/flatten"},
        {"id": "fc1", "component": "synapses/dense", "params": {"features": 64}},
        {"id": "lif", **(hidden or NEURON)},
        {"id": "fc2", "component": "synapses/dense", "params": {"features": 10}},
        {"id": "out", **(out or READ)},
    ]
    body = {"algorithm": "eventprop", "epochs": 6, "lr": 5e-3, "clip": 1.0, "threads": 1}
    return RunSpec.parse(
        {
            "model": {
                "name": "timed",
                "input": {"shape": [1, 8, 8], "encoder": "encoders/latency"},
                "time": {"steps": 30},
                "nodes": nodes,
                "readout": {"component": "decoders/membrane", "params": {"take": "mean"}},
            },
            "dataset": "digits",
            "training": {**body, **training},
        }
    )


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    paths = builtin.digits(tmp_path_factory.mktemp("digits"))
    return Dataset.open({path.name: path for path in paths})


def test_it_trains_digits(digits: Dataset, tmp_path: Path) -> None:
    outcome, _, _ = train(digits, tmp_path / "run", spec=spec(), backend=_ours())
    assert outcome.metrics["test_accuracy"] > 0.9


def test_a_stopped_run_ends_with_the_same_bytes(
    digits: Dataset, tmp_path: Path, every_poll: None
) -> None:
    run = spec(epochs=2)
    _, whole, _ = train(digits, tmp_path / "whole", spec=run, backend=_ours())
    sink = MemorySink()
    control = Script(["stop"], lambda: sink.position == (2, 3))
    first, _, _ = train(
        digits, tmp_path / "run", spec=run, sink=sink, control=control, backend=_ours()
    )
    assert first.state == "stopped"
    again = MemorySink(seq=sink.flush())
    train(digits, tmp_path / "run", spec=run, sink=again, backend=_ours())
    name = "weights.safetensors"
    assert again.artifacts[name] == whole.artifacts[name]
    assert figures([sink, again]) == figures([whole])


def test_spikes_are_those_of_the_reference() -> None:
    cell = nn.build(spec().model, seed=0).node("lif")
    x = torch.randn(50, 4, 7, generator=torch.Generator().manual_seed(0)) * 0.6
    spikes, _, kept = cell.scan(x, keep=("syn", "mem"))
    mine, _, other = scan(cell, x, ("syn", "mem"), None)
    assert spikes.sum() > 50
    assert torch.equal(spikes, mine)
    for name in ("syn", "mem"):
        assert torch.equal(kept[name], other[name])


def test_it_gives_the_neurons_their_surrogates_back() -> None:
    run = spec()
    network = nn.build(run.model, seed=0)
    place = Place(torch.device("cpu"))
    loss = losses.build(run.training, network)
    algorithm = algorithms.build(
        algorithms.Setting(network, run.training, loss, place, lambda: None)
    )
    assert network.node("lif").scanner is scan
    algorithm.close()
    assert network.node("lif").scanner is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hidden": {"component": "neurons/leaky"}}, "node lif: EventProp does not know"),
        ({"hidden": {"component": "neurons/synaptic"}}, "reset: zero, reset_delay: false"),
        ({"hidden": {**NEURON, "params": {**NEURON["params"], "learn": ["beta"]}}}, "to learn"),
        ({"hidden": {"component": "layers/relu"}}, "no spikes whose times"),
        ({"out": {"component": "neurons/leaky"}}, "node out"),
    ],
)
def test_networks_it_cannot_teach(change: dict[str, Any], message: str) -> None:
    run = spec(**change)
    with pytest.raises(InvalidError, match=message):
        algorithms.check(run.training, Graph.of(run.model, library()), library())


def test_it_needs_nodes() -> None:
    with pytest.raises(InvalidError, match="networks of nodes"):
        algorithms.check(TrainingSpec(algorithm="eventprop"), None, library())


def test_exact_neurons_have_two_time_constants() -> None:
    with pytest.raises(InvalidError, match="must differ"):
        Neurons(tau_m=5.0, tau_s=5.0)
    with pytest.raises(InvalidError, match="recurrent weights"):
        EventNetwork([[1.0]], [[0.0, 1.0]])  # type: ignore[arg-type]


def test_a_crossing_is_where_the_closed_form_has_it() -> None:
    """One strong pulse: V = w tau_s/(tau_s - tau_m) (e^(-t/tau_s) - e^(-t/tau_m)) reaches 1."""
    import numpy as np

    for weight in (6.5, 10.0, 40.0):
        course = EventNetwork(np.array([[weight]]), np.zeros((1, 1))).run([[3.0]], 60.0)
        time = course.spikes[0][0] - 3.0
        height = weight * 5 / (5 - 20) * (np.exp(-time / 5) - np.exp(-time / 20))
        assert height == pytest.approx(1.0, abs=1e-12)
    silent = EventNetwork(np.array([[6.3]]), np.zeros((1, 1))).run([[3.0]], 60.0)
    assert silent.spikes == [[]]


@pytest.mark.parametrize(("loss", "seed"), [("times", 7), ("peaks", 5)])
def test_exact_gradients(loss: str, seed: int) -> None:
    """With seed 5 a peak lies where a spike that arrives ends the rise, and moves with it."""
    differences = find("eventprop-differences")
    assert differences(library().get("learning/eventprop"), {"loss": loss, "seed": seed}) < 1e-4


def _ours() -> Any:
    from spikex_lab.engine.backends import get

    return get("spikex")
