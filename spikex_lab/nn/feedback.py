"""Neurons that hear each other one step later: a loop that is one scan.

They hear each other through dense weights, or inhibit each other all alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from spikex_lab.catalog.codegen.kernel import Recurrence
from spikex_lab.nn import scanning
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.scripts import Layer
from spikex_lab.spec.graph import GraphNode
from spikex_lab.spec.model import EdgeSpec

if TYPE_CHECKING:
    from spikex_lab.nn.passing import Pass

DENSE, LATERAL = "synapses/dense", "synapses/lateral-inhibition"


@dataclass(frozen=True)
class Feedback:
    """Neurons `cell`, and the layer `weights` that leads from them back to them.

    `heard` are the edges from elsewhere into the neurons; `back` is what the layer is sent;
    `shown` says whether somebody else hears the layer.
    """

    cell: str
    weights: str
    heard: tuple[EdgeSpec, ...]
    back: EdgeSpec
    shown: bool


def find(
    nodes: Mapping[str, GraphNode], modules: Mapping[str, object], names: Sequence[str]
) -> Feedback | None:
    """Return how the loop of `names` is one scan; None where it is more than that."""
    cells = [name for name in names if isinstance(modules[name], Cell)]
    if len(names) != 2 or len(cells) != 1:
        return None
    cell = cells[0]
    weights = next(name for name in names if name != cell)
    module, layer = modules[cell], modules[weights]
    assert isinstance(module, Cell)  # noqa: S101 (chosen so)
    own, other = nodes[cell], nodes[weights]
    into = [edge for edge in own.edges if edge.source in names]
    if (
        not isinstance(layer, Layer)
        or layer.component.id not in (DENSE, LATERAL)
        or not layer.component.trusted
        or not module.states
        or module.component.spec.recurrence is not None
        or len(into) != 1
        or into[0] not in own.inputs
        or into[0].source != weights
        or len(other.edges) != 1
        or other.edges[0].source != cell
        or len(own.shape_in) != 1
        or own.shape_in != other.shape_in
    ):
        return None
    back = other.edges[0]
    # a delay behind the weights holds back their bias too, in the first step
    early = into[0].delay == 0 or not layer.params.get("bias")
    if back.delay + into[0].delay != 1 or not early:
        return None
    heard = tuple(edge for edge in own.inputs if edge is not into[0])
    shown = any(
        edge.source == weights and edge is not into[0]
        for node in nodes.values()
        for edge in node.edges
    )
    return Feedback(cell, weights, heard, back, shown)


def brought(found: Feedback, cell: Cell, layer: Layer) -> scanning.Back:
    """Return what the loop brings back to the neurons `cell` through `layer`."""
    port = next(iter(cell.component.spec.inputs))
    form = Recurrence(port, found.back.state or "out")
    if layer.component.id == LATERAL:
        strength = torch.tensor(-layer.params["strength"], dtype=torch.float64)
        return scanning.Back(form, strength, None)
    weight, bias = layer._parameters["weight"], layer._parameters.get("bias")
    assert weight is not None  # noqa: S101 (a dense layer)
    return scanning.Back(form, weight, bias)


def run(passing: Pass, found: Feedback) -> bool:
    """Run the loop as one scan; return False where no kernel serves it, and nothing was done."""
    network, name = passing.network, found.cell
    cell, layer = network.node(name), network.node(found.weights)
    assert isinstance(cell, Cell)  # noqa: S101 (see `find`)
    assert isinstance(layer, Layer)  # noqa: S101
    if "input" in passing.wanted.get(name, ()):
        return False
    flow = passing.sum_of(found.heard, name)
    inputs = [flow, *passing.others_of(name, cell, flow.value)]
    back = brought(found, cell, layer)
    machine = scanning.serving(cell, inputs, back)
    if machine is None:
        return False
    if passing.poll is not None:
        passing.poll()
    passing.note_firsts(name, flow.now)
    states, keep = passing.before(name), passing.keep(name, cell)
    out, last, kept = scanning.scan(
        machine, cell, inputs, states, passing.steps, keep, passing.draws.of(name), back
    )
    passing.remember(name, last)
    passing.done(name, Flow(out), kept)
    if found.shown or found.weights in (*passing.wanted, network.graph.output):
        passing.alone(found.weights)
    return True
