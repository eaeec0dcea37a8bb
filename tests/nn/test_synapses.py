"""Networks with biological synapses, delays and dendrites learn, inside recurrent loops too."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from spikex_lab.nn import build
from spikex_lab.spec import ModelSpec

STEPS, CLASSES, SIZE = 30, 3, 12


def fc(name: str, features: int = 10, **params: Any) -> dict[str, Any]:
    params = {"features": features, "bias": False, **params}
    return {"id": name, "component": "synapses/dense", "params": params}


def node(name: str, component: str, **params: Any) -> dict[str, Any]:
    return {"id": name, "component": component, "params": params}


UNIT = {"preset": "unit"}
OUT = [fc("fc2", CLASSES), node("out", "neurons/lif", **UNIT, v_th=1e6)]
LAST = [["fc2", "out"]]


def potential_of(neuron: str, *synapses: str) -> list[dict[str, Any]]:
    return [{"from": neuron, "to": f"{name}.V", "delay": 1} for name in synapses]


def between(*middle: dict[str, Any]) -> tuple[list[Any], Any]:
    """A chain: dense, the nodes given, a spiking layer, dense, readout."""
    return [fc("fc"), *middle, node("lif", "neurons/lif", **UNIT, v_th=0.4), *OUT], "sequential"


def conductances() -> tuple[list[Any], Any]:
    """Excitation by AMPA and NMDA, inhibition by GABA-A, from other cells and from its own."""
    nodes = [
        fc("exc"), fc("slow"), fc("inh"), fc("rec"),
        node("ampa", "synapses/ampa"), node("nmda", "synapses/nmda"),
        node("gaba", "synapses/gaba-a"), node("lif", "neurons/lif"), *OUT,
    ]  # fmt: skip
    edges = [
        ["input", "exc"], ["input", "slow"], ["input", "inh"],
        ["exc", "ampa"], ["slow", "nmda"], ["inh", "gaba"],
        {"from": "lif", "to": "rec", "delay": 1}, ["rec", "ampa"],
        ["ampa", "lif"], ["nmda", "lif"], ["gaba", "lif"],
        *potential_of("lif.v", "ampa", "nmda", "gaba"),
        ["lif", "fc2"], *LAST,
    ]  # fmt: skip
    return nodes, edges


def dynamic_synapses() -> tuple[list[Any], Any]:
    """Short-term plasticity on the way in, and in a loop."""
    nodes = [
        node("tm", "synapses/tsodyks-markram", U=0.3, tau_rec=100.0, learn=["U", "tau_rec"]),
        fc("fc"), node("lif", "neurons/lif", **UNIT, v_th=0.3),
        node("back", "synapses/tsodyks-markram", give="pulse"), fc("rec"), *OUT,
    ]  # fmt: skip
    edges = [
        ["input", "tm"], ["tm", "fc"], ["fc", "lif"], {"from": "lif", "to": "back", "delay": 1},
        ["back", "rec"], ["rec", "lif"], ["lif", "fc2"], *LAST,
    ]  # fmt: skip
    return nodes, edges


def gap_junctions() -> tuple[list[Any], Any]:
    nodes = [
        fc("fc"), node("syn", "synapses/exponential", tau_s=5.0),
        node("lif", "neurons/lif", **UNIT, v_th=0.5),
        node("gap", "synapses/gap-junction", g=0.05), *OUT,
    ]  # fmt: skip
    edges = [
        ["input", "fc"], ["fc", "syn"], ["syn", "lif"], {"from": "lif.v", "to": "gap", "delay": 1},
        ["gap", "lif"], ["lif", "fc2"], *LAST,
    ]  # fmt: skip
    return nodes, edges


def delays_in_a_loop() -> tuple[list[Any], Any]:
    """Learned delays of neurons and of synapses, within a recurrent layer."""
    nodes = [
        node("axons", "axons/delay-distribution", features=10, learned=True, max_delay=8, high=8.0),
        node("lif", "neurons/lif", **UNIT, v_th=0.3),
        node("line", "axons/delay-line", learned=True, delay=2.5, max_delay=6),
        node("rec", "axons/delay-distribution", features=10, max_delay=6, high=6.0), *OUT,
    ]  # fmt: skip
    edges = [
        ["input", "axons"], ["axons", "lif"], {"from": "lif", "to": "line", "delay": 1},
        ["line", "rec"], ["rec", "lif"], ["lif", "fc2"], *LAST,
    ]  # fmt: skip
    return nodes, edges


def two_compartments() -> tuple[list[Any], Any]:
    """Input to the soma, feedback to the dendrite."""
    nodes = [
        fc("fc"), fc("top"), fc("rec"),
        node("two", "dendrites/two-compartment", **UNIT, learn=["g_c"]), *OUT,
    ]  # fmt: skip
    edges = [
        ["input", "fc"], ["input", "top"], ["fc", "two"], ["top", "two.I_d"],
        {"from": "two", "to": "rec", "delay": 1}, ["rec", "two.I_d"], ["two", "fc2"], *LAST,
    ]  # fmt: skip
    return nodes, edges


def chain_of_compartments() -> tuple[list[Any], Any]:
    """A dendrite of two compartments coupled by their potentials, in front of a soma."""
    part = {"C_m": 10.0, "g_L": 1.0, "E_L": 0.0, "g_c": 0.5}
    nodes = [
        fc("fc"), node("far", "dendrites/passive-compartment", **part),
        node("near", "dendrites/passive-compartment", **part, learn=["g_c"]),
        node("lif", "neurons/lif", **UNIT, v_th=0.2), *OUT,
    ]  # fmt: skip
    edges = [
        ["input", "fc"], ["fc", "far"], ["far.V", "near.V_n"],
        {"from": "near.V", "to": "far.V_n", "delay": 1}, ["near", "lif"], ["lif", "fc2"], *LAST,
    ]  # fmt: skip
    return nodes, edges


def layer_of_dendrites() -> tuple[list[Any], Any]:
    """A two-layer neuron: branches with plateaus, whose weighted sum the soma sees."""
    spiky = {"preset": "unit", "theta_d": 0.5, "tau_p": 5.0, "learn": ["I_p"]}
    nodes = [fc("fc"), node("branch", "dendrites/dendritic-spike", **spiky), *OUT]
    return nodes, "sequential"


MODELS = {
    "delta": lambda: between(node("syn", "synapses/delta", tau_m=10.0, C_m=10.0)),
    "exponential": lambda: between(node("syn", "synapses/exponential", learn=["tau_s"])),
    "alpha": lambda: between(node("syn", "synapses/alpha", learn=["tau_s"])),
    "double-exponential": lambda: between(node("syn", "synapses/double-exponential")),
    "conductances": conductances,
    "dynamic-synapses": dynamic_synapses,
    "gap-junctions": gap_junctions,
    "delay-line": lambda: between(node("line", "axons/delay-line", learned=True, delay=2.3)),
    "delays-in-a-loop": delays_in_a_loop,
    "cable": lambda: between(node("cable", "dendrites/cable", E_L=0.0, diameter=0.3)),
    "two-compartments": two_compartments,
    "chain-of-compartments": chain_of_compartments,
    "layer-of-dendrites": layer_of_dendrites,
}

GAINS = {"conductances": 12.0, "cable": 30.0}
"""How much larger than usual the first weights are, so that cells fire from the beginning: those of
the first are nS, of the second pA into a whole dendrite."""


@pytest.mark.parametrize("name", MODELS)
def test_it_learns(name: str) -> None:
    """Three classes of spike trains: the loss falls, and every weight has a gradient."""
    nodes, edges = MODELS[name]()
    spec = ModelSpec.parse(
        {
            "name": name,
            "input": {"shape": [SIZE]},
            "time": {"steps": STEPS, "dt": 1.0},
            "nodes": nodes,
            "edges": edges,
            "readout": "decoders/membrane",
        }
    )
    net = build(spec, seed=2)
    generator = torch.Generator().manual_seed(3)
    y = torch.arange(12) % CLASSES
    rates = torch.rand(CLASSES, SIZE, generator=generator) * 0.4
    x = (torch.rand(STEPS, 12, SIZE, generator=generator) < rates[y]).float()
    with torch.no_grad():
        for key, weight in net.named_parameters():
            if key.endswith(".weight") and key != "fc2.weight":
                weight.mul_(GAINS.get(name, 3.0))
                if name == "conductances":  # never negative
                    weight.abs_()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    losses = []
    seen: dict[str, float] = {}
    for _ in range(12):
        loss = torch.nn.functional.cross_entropy(net(x), y)
        optimizer.zero_grad()
        loss.backward()
        for key, weight in net.named_parameters():
            assert weight.grad is not None, key
            assert weight.grad.isfinite().all(), key
            seen[key] = seen.get(key, 0.0) + float(weight.grad.abs().sum())
        optimizer.step()
        losses.append(loss.item())
    assert min(losses[-3:]) < 0.8 * losses[0], losses
    assert all(seen.values()), seen
