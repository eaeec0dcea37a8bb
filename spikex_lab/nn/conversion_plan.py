"""From a trained network of rectified linear units to the spiking one: the spec. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from spikex_lab.errors import InvalidError
from spikex_lab.spec import ModelSpec, Registry
from spikex_lab.spec.graph import Graph, GraphNode
from spikex_lab.spec.model import INPUT

RELU = "layers/relu"
WEIGHTS = ("synapses/dense", "synapses/conv2d")
KEPT = ("layers/flatten", "layers/avg-pool2d", "layers/max-pool2d", "layers/dropout")
_NEURON = {"component": "neurons/if", "params": {"reset": "subtract"}}
_HINTS = {
    "layers/sigmoid": "train it with layers/relu: a firing rate is what a rectified unit gives",
    "layers/tanh": "train it with layers/relu: a firing rate is never negative",
}


@dataclass(frozen=True)
class Conversion:
    """How to convert a network.

    Attributes
    ----------
    spec : the spiking network; its nodes have the names of those they come from.
    units : the nodes of rectified units, in the order in which they run.
    scales : by node with weights, the unit whose largest activation what goes in is measured by,
        and the one for what comes out; None: as it is.
    """

    spec: ModelSpec
    units: tuple[str, ...]
    scales: dict[str, tuple[str | None, str | None]]


def plan(spec: ModelSpec, registry: Registry, *, steps: int, name: str) -> Conversion:
    """Return how `spec`, a network of rectified units, becomes one of integrate-and-fire neurons.

    Pooling by the maximum moves before the neurons: the maximum of what drives them, not of spikes.

    Raises
    ------
    InvalidError : names the node that has no spiking counterpart, and what would.
    """
    if spec.module is not None:
        raise _refused("is a torch module of your own", hint="convert networks of nodes")
    graph = Graph.of(spec, registry)
    _check_ends(graph)
    for node in graph.nodes.values():
        _check_node(node)
    chain = _in_order(graph)
    scales = _scales(chain)
    units = tuple(node.id for node in chain if node.component == RELU)
    if not units:
        raise _refused("has no rectified units", hint="layers/relu is what becomes a neuron")
    return Conversion(_spiking(spec, chain, steps, name), units, scales)


def _check_ends(graph: Graph) -> None:
    encoder, readout = graph.encoder.component, graph.readout.component
    if encoder != "encoders/direct":
        raise _refused(f"is fed by {encoder}", hint="convert networks with encoders/direct")
    if readout not in ("decoders/membrane", "decoders/spike-count"):
        raise _refused(f"is read by {readout}", hint="convert networks with decoders/membrane")


def _check_node(node: GraphNode) -> None:
    if node.component not in (RELU, *WEIGHTS, *KEPT):
        reason = "is a neuron already" if node.kind == "neuron" else "has no spiking counterpart"
        known = ", ".join(one.split("/")[1] for one in (*WEIGHTS, RELU, *KEPT))
        raise _refused(
            f"has {node.id} ({node.component}), which {reason}",
            hint=_HINTS.get(node.component, f"convertible are {known}"),
        )
    if len(node.inputs) != 1 or node.inputs[0].delay:
        raise _refused(
            f"joins several connections, or one with a delay, in {node.id}",
            hint="convert networks whose nodes follow one another",
        )


def _in_order(graph: Graph) -> list[GraphNode]:
    """Return the nodes from the input to the output."""
    chain: list[GraphNode] = []
    here = INPUT
    while here != graph.output:
        following = [n for n in graph.nodes.values() if n.inputs[0].source == here]
        if len(following) != 1:
            names = ", ".join(node.id for node in following)
            raise _refused(
                f"branches at {here} (into {names})",
                hint="convert networks whose nodes follow one another",
            )
        chain.append(following[0])
        here = following[0].id
    return chain


def _scales(chain: list[GraphNode]) -> dict[str, tuple[str | None, str | None]]:
    """Return what goes into and comes out of each node with weights is measured by.

    Weights are scaled by the ratio of the two, biases by the second: Diehl et al. 2015.
    """
    found: dict[str, tuple[str | None, str | None]] = {}
    before: str | None = None
    for place, node in enumerate(chain):
        if node.component in WEIGHTS:
            after = next((n.id for n in chain[place:] if n.component == RELU), None)
            found[node.id] = (before, after)
            before = after
        elif node.component == RELU and before != node.id:  # a second one behind the first
            raise _refused(
                f"has no weights before {node.id} ({node.component})",
                hint="each rectified unit needs synapses/dense or synapses/conv2d before it",
            )
    return found


def _spiking(spec: ModelSpec, chain: list[GraphNode], steps: int, name: str) -> ModelSpec:
    order = _pools_first([node.id for node in chain], {n.id: n.component for n in chain})
    own = {node.id: node for node in spec.nodes}
    nodes: list[dict[str, Any]] = []
    for node in order:
        was = own[node].to_dict()
        nodes.append(was if was["component"] != RELU else {"id": node, **_NEURON})
    spikes = own[order[-1]].component == RELU
    readout = {"component": "decoders/membrane", "params": {"take": "mean"}}
    return ModelSpec.parse(
        {
            **spec.to_dict(),
            "name": name,
            "description": f"Spiking, converted from {spec.name}. {spec.description}".strip(),
            "time": {"steps": steps, "dt": 1.0},
            "nodes": nodes,
            "edges": "sequential",
            "readout": "decoders/spike-count" if spikes else readout,
        }
    )


def _pools_first(order: list[str], component: dict[str, str]) -> list[str]:
    """Return `order` with pooling by the maximum before the units that stood before it."""
    moved: list[str] = []
    for node in order:
        place = len(moved)
        if component[node] == "layers/max-pool2d":
            while place and component[moved[place - 1]] in (RELU, "layers/dropout"):
                place -= 1
        moved.insert(place, node)
    return moved


def _refused(what: str, hint: str) -> InvalidError:
    return InvalidError(f"the model {what}: it cannot be converted", where="model", hint=hint)
