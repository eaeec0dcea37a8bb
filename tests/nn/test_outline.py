"""The plan of a network says what really runs."""

from __future__ import annotations

import pytest
import torch

from spikex_lab import nn, toolchain
from spikex_lab.nn import fused, outline, use_kernels
from spikex_lab.spec import ModelSpec
from spikex_lab.spec.templates import names, template

compiled = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler here")


def ways(network: nn.Network) -> dict[str, str]:
    return {name: part.way for part in network.plan() for name in part.nodes}


@compiled
def test_what_is_still_is_once_and_neurons_are_scans() -> None:
    network = nn.build(template("snn-mlp"))
    assert ways(network) == {
        "flatten": outline.ONCE,
        "fc1": outline.ONCE,
        "lif1": outline.FUSED,
        "fc2": outline.WHOLE,
        "out": outline.FUSED,
    }
    (behind,) = [part.why for part in network.plan() if part.nodes == ("fc2",)]
    assert "from its events" in behind
    text = str(network.plan())
    assert [line.split()[0] for line in text.splitlines()] == list(network.graph.nodes)


@compiled
def test_a_loop_of_neurons_and_weights_is_one_scan_others_step() -> None:
    assert ways(nn.build(template("snn-recurrent")))["lif1"] == outline.FUSED
    spec = template("snn-recurrent").to_dict()
    spec["edges"][4]["delay"] = 2
    parts = nn.build(ModelSpec.parse(spec)).plan()
    (loop,) = [part for part in parts if len(part.nodes) == 2]
    assert (loop.way, loop.why) == (outline.STEPS, "they hear each other")


@compiled
def test_the_reason_is_that_of_the_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = template("snn-mlp").to_dict()
    spec["nodes"][2]["surrogate"] = "surrogates/stochastic"
    network = nn.build(ModelSpec.parse(spec))
    lif = next(part for part in network.plan() if part.nodes == ("lif1",))
    assert (lif.way, lif.why) == (outline.STEPS, "surrogates/stochastic draws random numbers")
    network = nn.build(template("snn-mlp")).to(torch.bfloat16)
    assert "its input is bfloat16" in str(network.plan())
    with use_kernels("reference"):
        network = nn.build(template("snn-mlp"))
        assert ways(network)["lif1"] == outline.STEPS
    fused.machine.cache_clear()
    monkeypatch.setattr(toolchain, "compiler", lambda: None)
    monkeypatch.setattr(fused.jitted, "functions", lambda _: None)
    assert "no C++ compiler was found" in str(network.plan())
    fused.machine.cache_clear()


@pytest.mark.parametrize("name", names())
def test_every_template_has_one(name: str) -> None:
    network = nn.build(template(name))
    assert set(ways(network)) == set(network.graph.nodes)
