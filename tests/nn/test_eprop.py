"""e-prop's gradients: backpropagation's where they should be, and refusals by name."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab import nn
from spikex_lab.catalog import library
from spikex_lab.conformance.cases import find
from spikex_lab.errors import InvalidError
from spikex_lab.nn import eprop, eprop_traces
from spikex_lab.nn.eprop_plan import Layout, Source, check_direct, layout
from spikex_lab.spec import ModelSpec

LEAKY = "neurons/leaky"


def dense(name: str, features: int = 5, **params: Any) -> dict[str, Any]:
    return {
        "id": name,
        "component": "synapses/dense",
        "params": {"features": features, **params},
    }


def node(name: str, component: str = LEAKY, **params: Any) -> dict[str, Any]:
    return {"id": name, "component": component, "params": params}


CHAIN = [dense("a"), node("h"), dense("b", 3), node("out", reset="none")]
DELAYED = [
    ["input", "a"],
    {"from": "a", "to": "h", "delay": 1},
    {"from": "h", "to": "b", "delay": 2},
    {"from": "b", "to": "out", "delay": 1},
]


def build(nodes: list[dict[str, Any]], edges: Any = "sequential") -> nn.Network:
    spec = ModelSpec.model_validate(
        {
            "name": "taught",
            "input": {"shape": [4]},
            "time": {"steps": 15},
            "nodes": nodes,
            "edges": edges,
            "readout": "decoders/membrane",
        }
    )
    network = nn.build(spec, seed=2).double()
    with torch.no_grad():
        for weight in network.parameters():
            weight.mul_(3)
    return network


def planned(network: nn.Network) -> Layout:
    return layout(network.graph, library().get)


def loss(result: Any, target: torch.Tensor) -> torch.Tensor:
    """Hears states and output, at every step with another weight."""
    weight = torch.linspace(1, 2, 15).double()[:, None, None]
    error = (weight * (result.states["mem"] - target[None, :, None])).square().sum()
    return error + (weight * result.output).sum() + result.scores.sum()


X = torch.rand(6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
Y = torch.arange(6)


@pytest.mark.parametrize("case", ["eprop-bptt", "eprop-recurrent", "eprop-traces"])
def test_the_components_cases(case: str) -> None:
    component = library().get("learning/e-prop")
    entry = next(one for one in component.spec.conformance if one.case == case)
    assert find(case)(component, entry.settings) <= (entry.tolerance or 0)


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        (CHAIN, "sequential"),
        ([dense("a", bias=False), node("h"), dense("b", 3), node("out")], "sequential"),
        (CHAIN, DELAYED),
        (
            [dense("a"), dense("c", 7), node("h"), node("g", "neurons/alif"), dense("b", 3),
             dense("d", 3), node("out", "neurons/synaptic")],
            [["input", "a"], ["input", "c"], ["a", "h"], ["c", "g"], ["h", "b"], ["g", "d"],
             ["b", "out"], ["d", "out"]],
        ),
    ],
    ids=["chain", "spiking readout", "delays", "two populations"],
)  # fmt: skip
@pytest.mark.parametrize("block", [60, 10**6])
def test_it_is_backpropagation(
    nodes: Any, edges: Any, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(eprop_traces, "BLOCK", block)
    network = build(nodes, edges)
    plan = planned(network)
    feedback = eprop.symmetric(network, plan)
    found, value, result = eprop.gradients(network, plan, X, Y, loss, feedback=feedback)
    exact = network.run(X)
    wanted = loss(exact, Y)
    wanted.backward()
    assert result.activity["h"] > 20
    assert torch.equal(value, wanted.detach())
    assert torch.equal(result.scores, exact.scores.detach())
    assert found.keys() == dict(network.named_parameters()).keys()
    for name, weight in network.named_parameters():
        assert weight.grad is not None
        assert weight.grad.abs().max() > 0
        torch.testing.assert_close(found[name], weight.grad, rtol=1e-10, atol=1e-10)


def test_any_feedback_leaves_the_readout_exact() -> None:
    network = build(CHAIN)
    plan = planned(network)
    exact = eprop.gradients(network, plan, X, Y, loss, feedback=eprop.symmetric(network, plan))[0]
    back = torch.rand(3, 5, dtype=torch.float64)
    found = eprop.gradients(network, plan, X, Y, loss, feedback={"h": [(back, 0)]})[0]
    assert torch.equal(found["b.weight"], exact["b.weight"])
    assert not torch.allclose(found["a.weight"], exact["a.weight"])
    twice = eprop.gradients(network, plan, X, Y, loss, feedback={"h": [(2 * back, 0)]})[0]
    torch.testing.assert_close(twice["a.weight"], 2 * found["a.weight"])


def test_no_graph_and_no_trace_of_its_work_is_left() -> None:
    network = build(CHAIN)
    plan = planned(network)
    polls = []
    found, value, result = eprop.gradients(
        network, plan, X, Y, loss, feedback=eprop.symmetric(network, plan),
        poll=lambda: polls.append(1),
    )  # fmt: skip
    assert not any(t.requires_grad for t in (*found.values(), value, result.output, result.scores))
    assert all(weight.grad is None for weight in network.parameters())
    assert len(polls) > 2 * 15


def test_layout() -> None:
    network = build([dense("a"), node("h"), dense("r"), dense("b", 3), node("out")],
                    [*DELAYED, {"from": "h", "to": "r", "delay": 1}, ["r", "h"]])  # fmt: skip
    plan = planned(network)
    (hidden,) = plan.hidden
    assert hidden.sources == (Source("a", 1), Source("r", 0))
    assert hidden.paths == (Source("b", 3),)
    assert plan.readout.sources == (Source("b", 1),)


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        ([dense("a"), node("h"), dense("b", 3)], "ends in b"),
        ([dense("a"), node("r", "layers/relu"), dense("b", 3), node("out")], "a .* leads to r"),
        ([node("h"), dense("b", 3), node("out")], "the input leads into h"),
        ([dense("a"), node("h", learn=["beta"]), dense("b", 3), node("out")], "h .* learns beta"),
        ([dense("a"), node("h", "neurons/rleaky"), dense("b", 3), node("out")], "h .* recurrent"),
        ([dense("a"), node("h", "neurons/poisson"), dense("b", 3), node("out")], "leads to h"),
        (
            [dense("a"), node("h"), node("d", "layers/dropout"), dense("b", 3), node("out")],
            "d .* stands behind the neurons h",
        ),
    ],
)
def test_what_it_cannot_teach_is_refused_by_name(nodes: Any, told: str) -> None:
    network = build(nodes)
    with pytest.raises(InvalidError, match=told) as caught:
        planned(network)
    assert caught.value.hint


def test_several_layers_need_random_feedback() -> None:
    network = build([dense("a"), node("g"), dense("c"), node("h"), dense("b", 3), node("out")])
    with pytest.raises(InvalidError, match="from g to the readout out") as caught:
        check_direct(planned(network))
    assert "random" in caught.value.hint


def test_a_readout_that_a_spike_changes_is_refused() -> None:
    network = build([*CHAIN[:3], node("out", "neurons/lif", preset="unit")])
    plan = planned(network)
    with pytest.raises(InvalidError, match="readout out by constant factors"):
        eprop.gradients(network, plan, X, Y, lambda r, _: r.scores.sum(),
                        feedback=eprop.symmetric(network, plan))  # fmt: skip
