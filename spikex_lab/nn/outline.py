"""What runs how: the plan of a network, node by node, with the reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from spikex_lab.nn import feedback, kernels, scanning
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.plan import Group
from spikex_lab.nn.scripts import Layer, defines
from spikex_lab.nn.stateful import StatefulLayer
from spikex_lab.spec.model import INPUT

if TYPE_CHECKING:
    from spikex_lab.nn.network import Network

ONCE, WHOLE, FUSED, STEPS = "once", "all steps at once", "fused scan", "step by step"


@dataclass(frozen=True)
class Part:
    """Nodes that run together: in which way, and why."""

    nodes: tuple[str, ...]
    way: str
    why: str


class Plan(tuple[Part, ...]):
    """The parts of a network in the order they run; prints as a table."""

    def __str__(self) -> str:
        rows = [(", ".join(part.nodes), part.way, part.why) for part in self]
        widths = [max(len(row[place]) for row in rows) for place in (0, 1)]
        return "\n".join(
            f"{nodes:<{widths[0]}}  {way:<{widths[1]}}  {why}" for nodes, way, why in rows
        )

    __repr__ = __str__


def outline(network: Network) -> Plan:
    """Return how `network` runs on the device where it is, frames going in."""
    static: dict[str, bool] = {INPUT: "static" in network.encoder.component.spec.traits}
    return Plan(_part(network, group, static) for group in network.groups)


def _part(network: Network, group: Group, static: dict[str, bool]) -> Part:
    if group.loop:
        static |= dict.fromkeys(group.nodes, False)
        return _loop(network, group)
    name = group.nodes[0]
    module, edges = network.node(name), network.graph.nodes[name].edges
    still = all(static[edge.source] and not edge.delay and not edge.state for edge in edges)
    remembers = isinstance(module, StatefulLayer) or (isinstance(module, Cell) and module.states)
    noisy = isinstance(module, Cell) and bool(module.component.spec.noise)
    static[name] = still and not remembers and not noisy
    if isinstance(module, Cell) and module.states:
        found = scanning.found_for(*_seen(network, name, module, still))
        why = "its input is read once for all steps" if still else "time inside one kernel"
        return _scan((name,), found, why)
    if isinstance(module, StatefulLayer):
        whole = defines(module.component, "scan")
        why = "it says how" if whole else "it keeps a state, and says only how one step goes"
        return Part((name,), WHOLE if whole else STEPS, why)
    if static[name]:
        return Part((name,), ONCE, "its input does not change over time")
    why = "it keeps no state: time goes into the batch"
    if isinstance(module, Layer) and module.choice is not None and kernels.fused():
        why += "; from its events, where few enough fire"
    return Part((name,), WHOLE, why)


def _loop(network: Network, group: Group) -> Part:
    found = network.feedback.get(group)
    if found is None:
        return Part(group.nodes, STEPS, "they hear each other")
    cell, layer = network.node(found.cell), network.node(found.weights)
    assert isinstance(cell, Cell)  # noqa: S101 (see `feedback.find`)
    assert isinstance(layer, Layer)  # noqa: S101
    seen = _seen(network, found.cell, cell, still=False)
    kernel = scanning.found_for(*seen, feedback.brought(found, cell, layer))
    why = f"{found.cell} hears itself through {found.weights}: from its spikes, in the kernel"
    return _scan(group.nodes, kernel, why)


def _scan(nodes: tuple[str, ...], found: object, why: str) -> Part:
    if isinstance(found, str) or not kernels.fused():
        reason = found if isinstance(found, str) else "the reference is asked for"
        return Part(nodes, STEPS, reason)
    return Part(nodes, FUSED, why)


def _seen(network: Network, name: str, cell: Cell, still: bool) -> tuple[Cell, list[Flow]]:
    """Return `cell`, and inputs like those it will get."""
    device = next((one.device for one in network.parameters()), torch.device("cpu"))
    shape = network.graph.nodes[name].shape_in
    x = torch.zeros(*([] if still else [1]), 1, *shape, dtype=network.dtype, device=device)
    others: Mapping[str, object] = network.graph.nodes[name].ports
    rest = [
        Flow(x, still) if port in others else Flow(default, static=True)
        for port, default in zip(list(cell.component.spec.inputs)[1:], cell.others(x), strict=True)
    ]
    return cell, [Flow(x, still), *rest]
