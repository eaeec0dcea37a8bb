"""Loops of neurons that hear each other as one scan, against stepping through them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab import nn, toolchain
from spikex_lab.nn import feedback, use_kernels
from spikex_lab.spec import ModelSpec

pytestmark = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler here")

SIZE = 19
INTO = {"id": "into", "component": "synapses/dense", "params": {"features": SIZE}}


def model(neuron: dict[str, Any], edges: list[Any], bias: bool = True) -> ModelSpec:
    return ModelSpec.parse(
        {
            "name": "loop",
            "input": {"shape": [5]},
            "time": {"steps": 15, "dt": 1.0},
            "nodes": [
                INTO,
                {
                    "id": "rec",
                    "component": "synapses/dense",
                    "params": {"features": SIZE, "bias": bias},
                },
                {"id": "it", **neuron},
                {"id": "from", "component": "synapses/dense", "params": {"features": 3}},
                {"id": "out", "component": "neurons/leaky"},
            ],
            "edges": [["input", "into"], ["into", "it"], *edges, ["it", "from"], ["from", "out"]],
            "readout": "decoders/spike-count",
        }
    )


BEFORE = [["rec", "it"], {"from": "it", "to": "rec", "delay": 1}]
BEHIND = [{"from": "rec", "to": "it", "delay": 1}, ["it", "rec"]]
CASES = {
    "leaky": ({"component": "neurons/leaky"}, BEFORE, True),
    "alif": ({"component": "neurons/alif"}, BEFORE, True),
    "learned": ({"component": "neurons/leaky", "params": {"learn": ["beta"]}}, BEFORE, True),
    "synaptic": ({"component": "neurons/synaptic"}, BEFORE, False),
    "a state": (
        {"component": "neurons/leaky"},
        [["rec", "it"], {"from": "it.mem", "to": "rec", "delay": 1}],
        True,
    ),
    "behind the weights": ({"component": "neurons/leaky"}, BEHIND, False),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_it_is_the_loop(case: str, dtype: torch.dtype) -> None:
    network = nn.build(model(*CASES[case]), seed=1).to(dtype)
    (found,) = network.feedback.values()
    assert (found.cell, found.weights) == ("it", "rec")
    x = 3 * torch.rand(4, 5, generator=torch.Generator().manual_seed(0)).to(dtype)
    x.requires_grad_()
    names = ["input", *(name for name, _ in network.named_parameters())]
    results, gradients = [], []
    for kind in ("reference", "fused"):
        with use_kernels(kind):
            ran = network.run(x, record={"it": ["spikes", "mem"] if case != "alif" else ["v"]})
        results.append([ran.output, *ran.recorded["it"].values()])
        mix = torch.rand(ran.output.shape, generator=torch.Generator().manual_seed(3)).to(dtype)
        loss = (ran.output * mix).sum() + sum(one.sum() for one in ran.recorded["it"].values())
        gradients.append(torch.autograd.grad(loss, [x, *network.parameters()]))
    near = 1e-11 if dtype == torch.float64 else 1e-5
    for one, other in zip(*results, strict=True):
        assert torch.allclose(one, other, rtol=near, atol=near)
    assert results[0][0].sum() > 0
    for name, one, other in zip(names, *gradients, strict=True):
        scale = float(one.abs().max().clamp(min=1e-30))
        assert float((one - other).abs().max()) / scale < near, name


def winners(**neuron: Any) -> ModelSpec:
    plain = model({"component": "neurons/leaky", **neuron}, BEFORE).to_dict()
    plain["nodes"][1] = {
        "id": "rec",
        "component": "synapses/lateral-inhibition",
        "params": {"strength": 0.3},
    }
    return ModelSpec.parse(plain)


@pytest.mark.parametrize("reset", ["subtract", "zero"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_inhibition_of_all_others_is_the_loop_to_the_last_bit(
    reset: str, dtype: torch.dtype
) -> None:
    network = nn.build(winners(params={"reset": reset}), seed=1).to(dtype)
    (found,) = network.feedback.values()
    assert (found.cell, found.weights) == ("it", "rec")
    assert "it hears itself through rec" in str(network.plan())
    x = 3 * torch.rand(4, 5, generator=torch.Generator().manual_seed(0)).to(dtype)
    x.requires_grad_()
    results, gradients = [], []
    for kind in ("reference", "fused"):
        with use_kernels(kind):
            ran = network.run(x, record={"it": ["spikes", "mem"], "rec": ["output"]})
        results.append([ran.output, *ran.recorded["it"].values(), ran.recorded["rec"]["output"]])
        mix = torch.rand(ran.output.shape, generator=torch.Generator().manual_seed(3)).to(dtype)
        loss = (ran.output * mix).sum() + ran.recorded["it"]["mem"].sum()
        gradients.append(torch.autograd.grad(loss, [x, *network.parameters()]))
    assert results[0][3].min() < -0.3  # several fired at once
    for one, other in zip(*results, strict=True):
        assert torch.equal(one, other)
    for one, other in zip(*gradients, strict=True):
        scale = float(one.abs().max().clamp(min=1e-30))
        assert float((one - other).abs().max()) / scale < (1e-11 if dtype.itemsize == 8 else 1e-5)


def test_what_others_hear_of_the_weights_is_worked_out() -> None:
    edges = [*BEFORE, ["rec", "from"]]
    network = nn.build(model({"component": "neurons/leaky"}, edges), seed=1).double()
    assert next(iter(network.feedback.values())).shown
    x = 3 * torch.rand(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = []
    for kind in ("reference", "fused"):
        with use_kernels(kind):
            found.append(network.run(x, record={"rec": ["output"]}))
    assert torch.allclose(found[0].output, found[1].output)
    assert torch.allclose(found[0].recorded["rec"]["output"], found[1].recorded["rec"]["output"])


@pytest.mark.parametrize(
    ("edges", "bias"),
    [
        ([["rec", "it"], {"from": "it", "to": "rec", "delay": 2}], True),
        (BEHIND, True),  # the first step would hear the bias
        ([*BEFORE, {"from": "it", "to": "it", "delay": 1}], True),
    ],
)
def test_other_loops_step(edges: list[Any], bias: bool) -> None:
    network = nn.build(model({"component": "neurons/leaky"}, edges, bias), seed=1)
    assert not network.feedback
    assert network(torch.rand(2, 5)).shape == (2, 3)


def test_a_stateful_network_goes_on() -> None:
    network = nn.build(model({"component": "neurons/leaky"}, BEFORE), seed=1).double()
    x = 3 * torch.rand(30, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    network.stateful = True
    found = []
    for kind in ("reference", "fused"):
        network.reset()
        with use_kernels(kind):
            found.append(torch.cat([network.run(part).output for part in x.split(10)]))
    assert torch.allclose(*found)


def test_where_no_kernel_serves_the_loop_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    network = nn.build(model({"component": "neurons/leaky"}, BEFORE), seed=1)
    x = torch.rand(2, 5)
    fused = network(x)
    monkeypatch.setattr(feedback.scanning, "serving", lambda *_, **__: None)
    assert torch.allclose(network(x), fused)
