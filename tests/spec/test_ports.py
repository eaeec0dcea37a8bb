"""Edges that start at a state or end at a further input: names, shapes, loops."""

from __future__ import annotations

from typing import Any

import pytest

from spikex_lab.errors import InvalidError
from spikex_lab.spec import Graph, ModelSpec

from .fake import FakeRegistry

REGISTRY = FakeRegistry()


def spec(edges: list[Any], nodes: list[Any] | None = None) -> ModelSpec:
    return ModelSpec.parse(
        {
            "name": "m",
            "input": {"shape": [6]},
            "nodes": nodes
            or [
                {"id": "fc", "component": "synapses/dense", "params": {"features": 4}},
                {"id": "ampa", "component": "synapses/ampa"},
                {"id": "lif", "component": "neurons/leaky"},
            ],
            "edges": edges,
            "readout": "decoders/spike-count",
        }
    )


CHAIN = [["input", "fc"], ["fc", "ampa"], ["ampa", "lif"]]
BACK = {"from": "lif.mem", "to": "ampa.V", "delay": 1}


def refused(model: ModelSpec) -> str:
    with pytest.raises(InvalidError) as caught:
        Graph.of(model, REGISTRY)
    return str(caught.value)


def test_an_edge_knows_its_ends() -> None:
    edge = spec([*CHAIN, BACK]).edge_list()[-1]
    assert (edge.source, edge.state, edge.target, edge.port) == ("lif", "mem", "ampa", "V")
    assert str(edge) == "lif.mem → ampa.V"
    plain = spec(CHAIN).edge_list()[1]
    assert (plain.source, plain.state, plain.target, plain.port) == ("fc", None, "ampa", None)


def test_a_spec_with_ports_reads_back_the_same() -> None:
    model = spec([*CHAIN, BACK])
    assert ModelSpec.load(model.to_yaml()) == model
    assert model.to_dict()["edges"][-1] == {"from": "lif.mem", "to": "ampa.V", "delay": 1}


def test_edges_are_sorted_into_inputs() -> None:
    graph = Graph.of(spec([*CHAIN, BACK]), REGISTRY)
    ampa = graph.nodes["ampa"]
    assert [edge.source for edge in ampa.inputs] == ["fc"]
    assert {port: [e.from_ for e in edges] for port, edges in ampa.ports.items()} == {
        "V": ["lif.mem"]
    }
    assert len(ampa.edges) == 2
    assert graph.recurrent
    assert graph.output == "lif"
    assert list(graph.nodes) == ["fc", "ampa", "lif"]


def test_the_first_input_may_be_named() -> None:
    graph = Graph.of(spec([["input", "fc"], ["fc", "ampa.x"], ["ampa", "lif.I"]]), REGISTRY)
    assert [str(edge) for edge in graph.nodes["lif"].inputs] == ["ampa → lif"]
    assert graph.nodes["lif"].ports == {}


def test_a_node_may_be_fed_through_a_further_input_alone() -> None:
    graph = Graph.of(spec([*CHAIN[:2], ["ampa", "lif.g_exc"]]), REGISTRY)
    assert graph.nodes["lif"].inputs == []
    assert graph.nodes["lif"].shape_in == (4,)


def test_a_state_has_the_shape_of_what_goes_in() -> None:
    nodes = [
        {"id": "lif", "component": "neurons/leaky"},
        {"id": "fc", "component": "synapses/dense", "params": {"features": 4}},
    ]
    graph = Graph.of(spec([["input", "lif"], ["lif.mem", "fc"]], nodes), REGISTRY)
    assert graph.nodes["fc"].shape_in == (6,)


@pytest.mark.parametrize(
    ("edges", "said"),
    [
        ([*CHAIN, {**BACK, "from": "lif.men"}], 'no state "men" (did you mean "mem"?)'),
        ([*CHAIN, {**BACK, "from": "fc.mem"}], 'synapses/dense has no state "mem" (it has none)'),
        ([*CHAIN, {**BACK, "to": "ampa.W"}], 'no input "W" (known: V, x)'),
        ([*CHAIN, {**BACK, "to": "amp.V"}], 'there is no node "amp"'),
        ([*CHAIN, ["input.x", "lif"]], "the input has no states"),
        ([*CHAIN, ["lif", "input.x"]], "nothing can lead into the input"),
        ([*CHAIN, ["ampa", "lif.I"]], "edge ampa → lif (/edges/3): is given twice"),
        ([*CHAIN, {**BACK, "delay": 0}], "has no delay"),
        ([*CHAIN, ["input", "lif.g_exc"]], "[6], but lif takes [4]"),
        ([*CHAIN, ["input", "lif.g_exc"]], "all inputs of a node have the shape"),
        ([["fc", "ampa"], ["ampa", "lif"], BACK], "the input does not reach it"),
    ],
)
def test_what_does_not_fit_is_refused(edges: list[Any], said: str) -> None:
    assert said in refused(spec(edges))


@pytest.mark.parametrize("end", ["lif.", ".mem", "lif.mem.x", "lif mem", "lif.1"])
def test_what_is_no_end_is_refused(end: str) -> None:
    with pytest.raises(InvalidError, match="/edges/0/from"):
        spec([{"from": end, "to": "fc"}])
