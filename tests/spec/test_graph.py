"""Shapes, order and every way in which a graph can be wrong, without torch."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from spikex_lab.errors import InvalidError
from spikex_lab.spec import Graph, ModelSpec

from .fake import FakeRegistry

REGISTRY = FakeRegistry()


def spec(nodes: list[Any], edges: Any = "sequential", **more: Any) -> ModelSpec:
    data = {
        "name": "m",
        "input": {"shape": [1, 8, 8], **more.pop("input", {})},
        "nodes": nodes,
        "edges": edges,
        "readout": "decoders/spike-count",
        **more,
    }
    return ModelSpec.parse(data)


def node(id: str, component: str, **params: Any) -> dict[str, Any]:
    return {"id": id, "component": component, "params": params}


FLAT = node("flat", "layers/flatten")
FC1 = node("fc1", "synapses/dense", features=32)
LIF = node("lif", "neurons/leaky", beta=0.8)
FC2 = node("fc2", "synapses/dense", features=10)
OUT = node("out", "neurons/leaky")
MLP = [FLAT, FC1, LIF, FC2, OUT]


def refused(model: ModelSpec) -> str:
    with pytest.raises(InvalidError) as caught:
        Graph.of(model, REGISTRY)
    return str(caught.value)


def test_a_sequential_network_is_worked_out() -> None:
    graph = Graph.of(spec(MLP, time={"steps": 15}), REGISTRY)
    assert list(graph.nodes) == ["flat", "fc1", "lif", "fc2", "out"]
    assert graph.output == "out"
    assert graph.classes == 10
    assert graph.steps == 15
    assert graph.input_shape == (1, 8, 8)
    assert graph.nodes["fc1"].shape_in == (64,)
    assert graph.nodes["fc1"].weights == {"weight": (32, 64), "bias": (32,)}
    assert graph.parameters == 32 * 64 + 32 + 10 * 32 + 10
    assert graph.nodes["lif"].params == {"beta": 0.8, "threshold": 1.0}
    assert graph.spiking
    assert graph.has_time
    assert not graph.recurrent


def test_without_neurons_and_with_one_step_there_is_no_time() -> None:
    graph = Graph.of(spec([FLAT, FC2]), REGISTRY)
    assert not graph.spiking
    assert not graph.has_time


@pytest.mark.parametrize("rec_first", [True, False])
def test_a_delayed_loop_runs_in_the_order_of_the_undelayed_edges(rec_first: bool) -> None:
    rec = node("rec", "synapses/dense", features=32)
    nodes = [FLAT, FC1, rec, LIF, FC2, OUT] if rec_first else [FLAT, FC1, LIF, FC2, OUT, rec]
    edges = [
        ["input", "flat"],
        ["flat", "fc1"],
        ["fc1", "lif"],
        ["rec", "lif"],
        {"from": "lif", "to": "rec", "delay": 1},
        ["lif", "fc2"],
        ["fc2", "out"],
    ]
    graph = Graph.of(spec(nodes, edges), REGISTRY)
    order = list(graph.nodes)
    assert order.index("rec") < order.index("lif") < order.index("fc2") < order.index("out")
    assert graph.output == "out"
    assert graph.recurrent
    assert graph.nodes["rec"].shape_in == (32,)
    assert [edge.source for edge in graph.nodes["lif"].inputs] == ["fc1", "rec"]


def test_feedback_from_the_output_leaves_it_the_output() -> None:
    back = node("back", "synapses/dense", features=32)
    edges = [
        ["input", "flat"], ["flat", "fc1"], ["fc1", "lif"], ["lif", "fc2"], ["fc2", "out"],
        {"from": "out", "to": "back", "delay": 1}, ["back", "lif"],
    ]  # fmt: skip
    graph = Graph.of(spec([*MLP, back], edges), REGISTRY)
    assert graph.output == "out"
    assert graph.nodes["back"].shape_in == (10,)


def test_a_neuron_may_hear_itself() -> None:
    edges = [
        ["input", "flat"], ["flat", "fc1"], ["fc1", "lif"],
        {"from": "lif", "to": "lif", "delay": 1}, ["lif", "fc2"], ["fc2", "out"],
    ]  # fmt: skip
    assert Graph.of(spec(MLP, edges), REGISTRY).recurrent


def test_a_delayed_skip_leads_forward_and_makes_no_loop() -> None:
    edges = [
        ["input", "flat"], ["flat", "fc1"], ["fc1", "lif"],
        {"from": "fc1", "to": "fc2", "delay": 2}, ["lif", "fc2"], ["fc2", "out"],
    ]  # fmt: skip
    graph = Graph.of(spec(MLP, edges), REGISTRY)
    assert not graph.recurrent
    assert graph.output == "out"


def test_an_edge_whose_shapes_do_not_fit_is_named_with_both_shapes() -> None:
    text = refused(spec([FLAT, FC1, node("conv", "synapses/conv2d", channels=4)]))
    assert text.startswith("edge fc1 → conv: ")
    assert "[32]" in text
    assert "[channels, height, width]" in text


def test_summed_inputs_of_different_shapes_are_named_with_both_shapes() -> None:
    edges = [["input", "flat"], ["flat", "fc1"], ["flat", "fc2"], ["fc1", "lif"], ["fc2", "lif"]]
    text = refused(spec([FLAT, FC1, FC2, LIF], edges))
    assert "edge fc2 → lif" in text
    assert "[10]" in text
    assert "[32]" in text


def test_a_delayed_edge_is_checked_too() -> None:
    edges = [
        ["input", "flat"], ["flat", "fc1"], ["fc1", "lif"], ["lif", "fc2"], ["fc2", "out"],
        {"from": "out", "to": "lif", "delay": 1},
    ]  # fmt: skip
    text = refused(spec(MLP, edges))
    assert "edge out → lif" in text
    assert "[10]" in text
    assert "[32]" in text


def test_a_size_that_shrinks_to_nothing_is_refused() -> None:
    convs = [node(f"c{i}", "synapses/conv2d", channels=2) for i in range(5)]
    text = refused(spec([*convs, FLAT, FC2]))
    assert "edge c2 → c3" in text
    assert "[2, 2, 2]" in text


def test_a_loop_without_delay_is_named() -> None:
    edges = [
        ["input", "flat"], ["flat", "fc1"], ["fc1", "lif"], ["lif", "fc2"], ["fc2", "out"],
        ["lif", "rec"], ["rec", "lif"],
    ]  # fmt: skip
    text = refused(spec([*MLP, node("rec", "synapses/dense", features=32)], edges))
    assert "lif → rec → lif" in text
    assert "has no delay" in text
    assert "delay: 1" in text


def test_a_node_that_feeds_itself_without_delay_is_a_loop() -> None:
    edges = [["input", "flat"], ["flat", "fc1"], ["fc1", "fc1"]]
    assert "fc1 → fc1 has no delay" in refused(spec([FLAT, FC1], edges))


def test_an_unknown_component_names_the_nearest() -> None:
    text = refused(spec([node("a", "neurons/leeky")]))
    assert text.startswith("node a: ")
    assert "neurons/leaky" in text


def test_an_unknown_parameter_names_the_nearest() -> None:
    assert "threshold" in refused(spec([FLAT, node("a", "neurons/leaky", treshold=1)]))


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([["input", "flat"], ["flat", "fc1"], ["fc1", "lif"], ["lif", "fc3"]], '"fc3"'),
        ([["input", "flat"], ["flat", "input"]], "into the input"),
        ([["input", "flat"], ["flat", "fc2"], ["flat", "fc2"]], "twice"),
        ([["input", "flat"], ["flat", "fc2"]], "does not reach"),
    ],
)
def test_edges_that_lead_nowhere_are_refused(edges: list[list[str]], said: str) -> None:
    assert said in refused(spec(MLP, edges))


def test_two_ends_are_named() -> None:
    edges = [["input", "flat"], ["flat", "fc1"], ["flat", "fc2"]]
    text = refused(spec([FLAT, FC1, FC2], edges))
    assert "fc1, fc2" in text


def test_an_end_in_a_loop_of_its_own_still_has_to_reach_the_output() -> None:
    edges = [
        ["input", "flat"], ["flat", "fc2"], ["flat", "fc1"],
        {"from": "fc1", "to": "fc1", "delay": 1},
    ]  # fmt: skip
    assert refused(spec([FLAT, FC1, FC2], edges))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"input": {"encoder": "neurons/leaky"}}, "not an encoder"),
        ({"input": {"encoder": "decoders/spike-count"}}, "encoders/rate"),
        ({"readout": "encoders/rate"}, "not a decoder"),
        ({"nodes": [FLAT, node("e", "encoders/rate")]}, "cannot be a node"),
    ],
)
def test_a_component_in_the_wrong_place_is_refused(change: dict[str, Any], said: str) -> None:
    change = dict(change)
    assert said in refused(spec(change.pop("nodes", MLP), **change))


def test_a_readout_needs_a_vector() -> None:
    text = refused(spec([node("conv", "synapses/conv2d", channels=4)]))
    assert text.startswith("readout: ")
    assert "[4, 6, 6]" in text


def test_a_surrogate_is_resolved_and_only_for_neurons() -> None:
    lif = {**LIF, "surrogate": "surrogates/atan"}
    graph = Graph.of(spec([FLAT, FC1, lif]), REGISTRY)
    surrogate = graph.nodes["lif"].surrogate
    assert surrogate is not None
    assert surrogate.params == {"alpha": 2.0}
    assert "surrogate" in refused(spec([FLAT, {**FC1, "surrogate": "surrogates/atan"}]))
    assert "not a surrogate" in refused(spec([FLAT, {**LIF, "surrogate": "encoders/rate"}]))


def test_a_network_beyond_any_memory_is_refused() -> None:
    text = refused(spec([FLAT, node("fc", "synapses/dense", features=999_999_999)]))
    assert "weights" in text
    assert "node fc" in text


def test_a_long_chain_is_no_recursion() -> None:
    nodes = [FLAT, *(node(f"n{i}", "neurons/leaky") for i in range(3000))]
    assert Graph.of(spec(nodes), REGISTRY).output == "n2999"


def test_the_graph_needs_no_torch() -> None:
    code = (
        "import sys\n"
        "from spikex_lab.spec import Graph, templates\n"
        "from spikex_lab.catalog import library\n"
        "Graph.of(templates.template('snn-mlp'), library())\n"
        "assert 'torch' not in sys.modules, 'torch was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
