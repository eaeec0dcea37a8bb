"""Conversion: which networks, into which, and with which weights."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab import nn
from spikex_lab.catalog import library
from spikex_lab.conformance.cases import find
from spikex_lab.errors import InvalidError
from spikex_lab.nn.conversion import activations, normalised
from spikex_lab.nn.conversion_plan import Conversion, plan
from spikex_lab.spec import ModelSpec
from spikex_lab.spec.templates import template

RELU = {"component": "layers/relu"}
FLAT = {"component": "layers/flatten"}


def dense(features: int, **params: Any) -> dict[str, Any]:
    return {"component": "synapses/dense", "params": {"features": features, **params}}


def conv(channels: int) -> dict[str, Any]:
    return {"component": "synapses/conv2d", "params": {"channels": channels, "kernel": 3}}


def pool(kind: str) -> dict[str, Any]:
    return {"component": f"layers/{kind}-pool2d", "params": {"kernel": 2}}


def spec(nodes: list[dict[str, Any]], **other: Any) -> ModelSpec:
    body = {
        "name": "trained",
        "input": {"shape": [1, 10, 10]},
        "nodes": [{"id": f"n{place}", **node} for place, node in enumerate(nodes)],
        "readout": "decoders/membrane",
    }
    return ModelSpec.model_validate(body | other)


def planned(model: ModelSpec, steps: int = 40) -> Conversion:
    return plan(model, library(), steps=steps, name="spiking")


IMAGES = [conv(4), RELU, pool("avg"), conv(3), RELU, FLAT, dense(8, bias=False), RELU, dense(5)]


def test_the_components_cases() -> None:
    component = library().get("learning/conversion")
    for entry in component.spec.conformance:
        assert find(entry.case or "")(component, entry.settings) <= (entry.tolerance or 0)


def test_the_spiking_network() -> None:
    model = spec([*IMAGES[:6], {"component": "layers/dropout"}, dense(5)], training={"lr": 0.5})
    found = planned(model).spec
    assert [node.component.split("/")[1] for node in found.nodes] == [
        "conv2d", "if", "avg-pool2d", "conv2d", "if", "flatten", "dropout", "dense",
    ]  # fmt: skip
    assert [node.id for node in found.nodes] == [node.id for node in model.nodes]
    assert found.nodes[1].params == {"reset": "subtract"}
    assert (found.name, found.time.steps, found.time.dt) == ("spiking", 40, 1.0)
    assert found.readout.params == {"take": "mean"}
    assert found.training == model.training
    assert found.input == model.input


def test_a_rectified_output_is_counted() -> None:
    assert planned(spec([FLAT, dense(5), RELU])).spec.readout.component == "decoders/spike-count"


def test_pooling_by_the_maximum_moves_before_the_neurons() -> None:
    drop = {"component": "layers/dropout"}
    found = planned(spec([conv(4), RELU, drop, pool("max"), conv(3), pool("max"), RELU, FLAT]))
    assert [node.id for node in found.spec.nodes] == [f"n{k}" for k in (0, 3, 1, 2, 4, 5, 6, 7)]
    assert found.scales == {"n0": (None, "n1"), "n4": ("n1", "n6")}


def test_scales() -> None:
    assert planned(spec(IMAGES)).scales == {
        "n0": (None, "n1"), "n3": ("n1", "n4"), "n6": ("n4", "n7"), "n8": ("n7", None),
    }  # fmt: skip
    two = planned(spec([FLAT, dense(9), dense(8), RELU, dense(5)]))
    assert two.scales == {"n1": (None, "n3"), "n2": ("n3", "n3"), "n4": ("n3", None)}


def test_scaled_weights_change_nothing_but_the_scale() -> None:
    model = spec(IMAGES)
    trained = nn.build(model, seed=1).double()
    with torch.no_grad():
        for weight in trained.parameters():
            weight.mul_(3)
    x = torch.rand(20, 1, 10, 10, dtype=torch.float64)
    how = planned(model)
    largest = activations(trained, how.units, lambda: x.split(7), 100)
    scaled = nn.build(model).double()
    scaled.load_state_dict(normalised(trained.state_dict(), how, largest))
    record = {unit: ["output"] for unit in how.units}
    before, after = trained.run(x, record=record), scaled.run(x, record=record)
    torch.testing.assert_close(after.scores, before.scores)
    for unit in how.units:
        one, other = (r.recorded[unit]["output"] for r in (before, after))
        torch.testing.assert_close(other * largest[unit], one)
        assert float(other.detach().max()) == pytest.approx(1.0, rel=1e-4)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.mark.parametrize("percentile", [50.0, 99.0, 100.0])
def test_percentiles_are_of_what_is_above_zero(percentile: float) -> None:
    model = spec([FLAT, dense(200), RELU, dense(2)])
    trained = nn.build(model, seed=1)
    x = torch.rand(200, 1, 10, 10)
    with torch.no_grad():
        hidden = trained.run(x, record={"n2": ["output"]}).recorded["n2"]["output"].flatten()
    wanted = torch.quantile(hidden[hidden > 0], percentile / 100)
    found = activations(trained, ["n2"], lambda: x.split(8), percentile)["n2"]
    assert found == pytest.approx(float(wanted), rel=5e-3)


def test_units_that_are_never_on() -> None:
    model = spec([FLAT, dense(20), RELU, dense(2)])
    trained = nn.build(model, seed=1)
    with torch.no_grad():
        trained.get_parameter("n1.bias").fill_(-1e3)
    assert activations(trained, ["n2"], lambda: [torch.rand(4, 1, 10, 10)]) == {"n2": 1.0}


@pytest.mark.parametrize(
    ("model", "told", "hint"),
    [
        (spec([FLAT, dense(9), {"component": "layers/sigmoid"}, dense(5)]),
         r"n2 \(layers/sigmoid\), which has no spiking", "relu"),
        (spec([FLAT, dense(9), {"component": "layers/tanh"}, dense(5)]), "n2", "relu"),
        (spec([FLAT, dense(9), {"component": "neurons/leaky"}, dense(5)]),
         r"n2 \(neurons/leaky\), which is a neuron already", "conv2d"),
        (spec([FLAT, dense(9), {"component": "synapses/delta"}, RELU]), "n2", "dense"),
        (spec([FLAT, dense(5)]), "no rectified units", "relu"),
        (spec([FLAT, RELU, dense(5)]), "no weights before n1", "dense"),
        (spec([FLAT, dense(9), RELU, RELU, dense(5)]), "no weights before n3", "dense"),
        (spec([FLAT, dense(9), RELU, dense(5)],
              input={"shape": [1, 10, 10], "encoder": "encoders/rate"}), "encoders/rate", "direct"),
        (spec([FLAT, dense(9), RELU, dense(9), RELU, dense(5)],
              edges=[["input", "n0"], ["n0", "n1"], ["n1", "n2"], ["n2", "n3"], ["n3", "n4"],
                     ["n2", "n5"], ["n4", "n5"]]), "joins several connections", "follow"),
        (spec([FLAT, dense(9), RELU, dense(5)], readout="decoders/first-spike"), "first-spike",
         "membrane"),
    ],
)  # fmt: skip
def test_what_cannot_be_converted_is_refused_by_name(
    model: ModelSpec, told: str, hint: str
) -> None:
    with pytest.raises(InvalidError, match=told) as caught:
        planned(model)
    assert hint in caught.value.hint


@pytest.mark.parametrize("name", ["mlp", "cnn"])
def test_the_templates_convert(name: str) -> None:
    model = template(name, model_name="trained")
    how = planned(model)
    trained = nn.build(model, seed=1)
    spiking = nn.build(how.spec)
    largest = dict.fromkeys(how.units, 2.0)
    spiking.load_state_dict(normalised(trained.state_dict(), how, largest))
    x = torch.rand(3, 1, 8, 8)
    assert spiking.run(x).scores.shape == trained.run(x).scores.shape
