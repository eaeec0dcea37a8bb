"""States that leave a node, further inputs: layer by layer and inside loops, against a hand-written
network."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab.catalog import library
from spikex_lab.engine.backends.snntorch import SnnTorchBackend
from spikex_lab.errors import InvalidError
from spikex_lab.nn import Network, build
from spikex_lab.nn.cell import Cell
from spikex_lab.spec import ModelSpec

STEPS = 12


def spec_of(nodes: list[dict[str, Any]], edges: Any, steps: int = STEPS) -> ModelSpec:
    return ModelSpec.parse(
        {
            "name": "t",
            "input": {"shape": [6]},
            "time": {"steps": steps, "dt": 0.5},
            "nodes": nodes,
            "edges": edges,
            "readout": "decoders/membrane",
        }
    )


def net_of(nodes: list[dict[str, Any]], edges: Any) -> Network:
    return build(spec_of(nodes, edges), seed=0).double()


def cell(name: str, **params: Any) -> Cell:
    component = library().get(name)
    return Cell(component, component.resolve(params), dt=0.5).double()


DENSE = {"id": "fc", "component": "synapses/dense", "params": {"features": 4}}
AMPA = {"id": "ampa", "component": "synapses/ampa"}
LIF = {"id": "lif", "component": "neurons/lif", "params": {"v_th": -66.0}}
OPEN = [["input", "fc"], ["fc", "ampa"], ["ampa", "lif"]]


@pytest.fixture
def spikes() -> torch.Tensor:
    generator = torch.Generator().manual_seed(1)
    drive = (torch.rand(STEPS, 3, 6, generator=generator) > 0.5).double()
    return drive * 20


def currents(net: Network, spikes: torch.Tensor) -> torch.Tensor:
    return torch.nn.functional.linear(spikes, net.node("fc").weight, net.node("fc").bias)


@pytest.mark.parametrize("delay", [1, 3])
def test_a_state_comes_back_inside_a_loop(delay: int, spikes: torch.Tensor) -> None:
    """The potential that the synapse feels is the neuron's; before the first step, its first."""
    edges = [*OPEN, {"from": "lif.v", "to": "ampa.V", "delay": delay}]
    net = net_of([DENSE, AMPA, LIF], edges)
    result = net.run(spikes, record={"ampa": ["output"], "lif": ["v"]})
    synapse = cell("synapses/ampa").start(spikes.new_zeros(3, 4))
    neuron = cell("neurons/lif", v_th=-66.0).start(spikes.new_zeros(3, 4))
    potentials = [spikes.new_full((3, 4), -70.0)] * delay
    for t, x in enumerate(currents(net, spikes)):
        current = synapse(x, [potentials[t]])
        assert torch.equal(result.recorded["ampa"]["output"][t], current)
        neuron(current)
        potentials.append(neuron.states[0])
    assert torch.equal(result.recorded["lif"]["v"], torch.stack(potentials[delay:]))
    assert result.output.sum() > 0


def test_without_an_edge_a_further_input_has_its_default(spikes: torch.Tensor) -> None:
    result = net_of([DENSE, AMPA, LIF], OPEN).run(spikes, record={"ampa": ["output"]})
    held = cell("synapses/ampa").start(spikes.new_zeros(3, 4))
    net = net_of([DENSE, AMPA, LIF], OPEN)
    for t, x in enumerate(currents(net, spikes)):
        assert torch.equal(result.recorded["ampa"]["output"][t], held(x, [torch.tensor(-65.0)]))


def other_way(delay: int, *, loop: bool) -> Network:
    """A synapse that feels another neuron's potential; in a loop where `loop`."""
    nodes = [DENSE, {**LIF, "id": "other"}, AMPA, LIF]
    edges: list[Any] = [
        ["input", "fc"], ["fc", "other"], ["fc", "ampa"], ["ampa", "lif"],
        {"from": "other.v", "to": "ampa.V", "delay": delay},
    ]  # fmt: skip
    if loop:
        params = {"features": 6, "bias": False}
        nodes.append({"id": "back", "component": "synapses/dense", "params": params})
        edges[0] = ["input", "sum"]
        nodes.insert(0, {"id": "sum", "component": "layers/flatten"})
        edges += [["sum", "fc"], {"from": "lif", "to": "back", "delay": 99}, ["back", "sum"]]
    return net_of(nodes, edges)


@pytest.mark.parametrize("delay", [0, 2, 50])
def test_stepping_and_layer_by_layer_agree(delay: int, spikes: torch.Tensor) -> None:
    ask = {"ampa": ["output"], "other": ["v"]}
    plain = other_way(delay, loop=False).run(spikes, record=ask)
    looped = other_way(delay, loop=True).run(spikes, record=ask)
    assert torch.allclose(plain.recorded["ampa"]["output"], looped.recorded["ampa"]["output"])
    assert torch.equal(plain.output, looped.output)
    assert plain.recorded["other"]["v"].std() > 0


@pytest.mark.parametrize("loop", [False, True])
@pytest.mark.parametrize("delay", [0, 2, 50])
def test_until_something_arrives_there_is_the_default(
    delay: int, loop: bool, spikes: torch.Tensor
) -> None:
    """What a node gives (not a state) has no value before its first step."""
    nodes = [DENSE, {"id": "dend", "component": "dendrites/passive-compartment"}, AMPA]
    edges: list[Any] = [
        ["input", "fc"], ["fc", "dend"], ["fc", "ampa"],
        {"from": "dend", "to": "ampa.V", "delay": delay},
    ]  # fmt: skip
    if loop:
        edges.append({"from": "ampa", "to": "dend", "delay": 99})
    net = net_of(nodes, edges)
    result = net.run(spikes, record={"ampa": ["output"], "dend": ["V"]})
    synapse = cell("synapses/ampa").start(spikes.new_zeros(3, 4))
    for t, x in enumerate(currents(net, spikes)):
        late = result.recorded["dend"]["V"][t - delay] if t >= delay else torch.tensor(-65.0)
        assert torch.equal(result.recorded["ampa"]["output"][t], synapse(x, [late]))


def test_two_edges_into_a_further_input_are_summed(spikes: torch.Tensor) -> None:
    nodes = [DENSE, {**DENSE, "id": "fc2"}, {"id": "two", "component": "dendrites/two-compartment"}]
    edges = [["input", "fc"], ["input", "fc2"], ["fc", "two.I_d"], ["fc2", "two.I_d"]]
    net = net_of(nodes, edges)
    result = net.run(spikes, record={"two": ["V_s", "V_d", "input"], "fc2": ["output"]})
    total = currents(net, spikes) + result.recorded["fc2"]["output"]
    stepper = cell("dendrites/two-compartment").start(total[0])
    for t, x in enumerate(total):
        stepper(torch.zeros_like(x), [x])
        assert torch.equal(result.recorded["two"]["V_d"][t], stepper.states[1])
    assert result.recorded["two"]["input"].shape == (STEPS, 3, 4)
    assert result.recorded["two"]["input"].abs().sum() == 0
    assert result.recorded["two"]["V_s"].std() > 0


def test_what_does_not_change_over_time_is_still_computed_once(spikes: torch.Tensor) -> None:
    """Frames through a synapse without states, its further input moving or not."""
    frame = spikes[0]
    net = net_of([DENSE, {"id": "out", "component": "synapses/delta"}], "sequential")
    assert torch.equal(net.run(frame).output[0], net.run(frame).output[-1])
    nodes = [DENSE, LIF, {"id": "out", "component": "layers/relu"}]
    edges = [["input", "fc"], ["fc", "lif"], ["lif.v", "out"], {"from": "fc", "to": "out"}]
    moving = net_of(nodes, edges).run(frame, record={"lif": ["v"], "fc": ["output"]})
    expected = torch.relu(moving.recorded["lif"]["v"] + moving.recorded["fc"]["output"])
    assert torch.equal(moving.output, expected)


def test_the_potential_goes_on_in_a_stateful_network(spikes: torch.Tensor) -> None:
    edges = [*OPEN, {"from": "lif.v", "to": "ampa.V", "delay": 1}]
    net = net_of([DENSE, AMPA, LIF], edges)
    whole = net.run(spikes, record={"ampa": ["output"]}).recorded["ampa"]["output"]
    net.stateful = True
    ask = {"ampa": ["output"]}
    parts = [net.run(part, record=ask).recorded["ampa"]["output"] for part in spikes.split(5)]
    assert torch.equal(whole, torch.cat(parts))


def test_an_output_that_also_leaves_as_a_state_keeps_its_result(spikes: torch.Tensor) -> None:
    edges = [*OPEN, {"from": "lif.v", "to": "ampa.V", "delay": 1}]
    result = net_of([DENSE, AMPA, LIF], edges).run(spikes)
    assert list(result.states) == ["v"]
    assert result.states["v"].shape == (STEPS, 3, 4)
    assert result.recorded == {}


def test_under_autocast_states_stay_wide(spikes: torch.Tensor) -> None:
    edges = [*OPEN, {"from": "lif.v", "to": "ampa.V", "delay": 1}]
    net = build(spec_of([DENSE, AMPA, LIF], edges), seed=0)
    with torch.autocast("cpu", torch.bfloat16):
        result = net.run(spikes.float())
    assert result.states["v"].dtype == torch.float32


def test_snntorch_says_that_it_has_no_ports() -> None:
    pytest.importorskip("snntorch")
    nodes = [DENSE, {"id": "a", "component": "neurons/leaky"}]
    edges = [["input", "fc"], ["fc", "a"], {"from": "a.mem", "to": "a", "delay": 1}]
    with pytest.raises(InvalidError, match="snnTorch has neither states"):
        SnnTorchBackend().build(spec_of(nodes, edges))


def test_a_neurons_own_recurrence_is_no_port() -> None:
    nodes = [DENSE, {"id": "r", "component": "neurons/rleaky", "params": {"threshold": 3.0}}]
    with pytest.raises(InvalidError, match='no input "R"'):
        net_of(nodes, [["input", "fc"], ["fc", "r"], ["fc", "r.R"]])
