"""Which layers of a network e-prop can teach, and what leads from them to the readout. No torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from spikex_lab.catalog import Component
from spikex_lab.errors import InvalidError
from spikex_lab.spec.graph import Graph, GraphNode

Known = Callable[[str], Component]
_WHERE = "training/algorithm"


@dataclass(frozen=True)
class Source:
    """A dense connection into neurons, and by how many steps late its sum arrives."""

    node: str
    delay: int


@dataclass(frozen=True)
class Taught:
    """Neurons with the dense connections into them.

    `paths`: the dense connections by which their spikes reach the readout directly, with the steps
    that takes; empty where other neurons lie between.
    """

    node: str
    sources: tuple[Source, ...]
    paths: tuple[Source, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The neurons of a network as e-prop sees them: the readout, and all others."""

    readout: Taught
    hidden: tuple[Taught, ...]


def layout(graph: Graph, known: Known) -> Layout:
    """Return who is taught by whom in `graph`; `known` gives a component by its id.

    Raises
    ------
    InvalidError : names the node that does not fit: neurons are joined by dense connections and
        the network ends in neurons.
    """
    last = graph.nodes[graph.output]
    if not _is_neuron(last, known):
        raise InvalidError(
            f"e-prop reads errors off neurons, the network ends in {last.id} ({last.component})",
            where=_WHERE,
            hint='end it in neurons that only gather: neurons/leaky with reset: "none"',
        )
    found: dict[str, Taught] = {}
    for node in graph.nodes.values():
        if _is_neuron(node, known):
            _check_neuron(node, known(node.component))
            found[node.id] = Taught(node.id, _sources(node, graph), _paths(node.id, graph))
        else:
            _check_between(node, graph, known)
    return Layout(found.pop(graph.output), tuple(found.values()))


def check_direct(plan: Layout) -> None:
    """Refuse neurons that symmetric feedback cannot reach.

    Raises
    ------
    InvalidError : neurons from which no connection leads to the readout directly.
    """
    for taught in plan.hidden:
        if not taught.paths:
            raise InvalidError(
                f"no weights lead from {taught.node} to the readout {plan.readout.node} directly, "
                "so there are none that could carry its errors back",
                where="training/rules",
                hint="choose feedback: random, or join them by synapses/dense",
            )


def _is_neuron(node: GraphNode, known: Known) -> bool:
    component = known(node.component)
    return node.kind == "neuron" and component.has_equations and bool(component.states)


def _is_dense(node: GraphNode) -> bool:
    shape = node.weights.get("weight", ())
    return len(shape) == 2 and (*node.shape_out, *node.shape_in) == shape


def _check_neuron(node: GraphNode, component: Component) -> None:
    spec = component.spec
    trouble, hint = "", ""
    if node.params.get("learn"):
        trouble = f"learns {', '.join(node.params['learn'])}; e-prop learns weights only"
        hint = "leave `learn` out, or use bptt"
    elif spec.recurrence is not None and spec.recurrence.weight in node.weights:
        trouble = "has recurrent weights of its own"
        hint = "join the neurons by synapses/dense and an edge with delay: 1"
    elif spec.noise:
        trouble, hint = "draws random numbers at each step", "use another neuron, or bptt"
    elif node.ports:
        trouble = f"hears {', '.join(node.ports)} as well: e-prop knows one input"
        hint = "use bptt"
    if trouble:
        raise InvalidError(f"{node.id} ({node.component}) {trouble}", where=_WHERE, hint=hint)


def _sources(node: GraphNode, graph: Graph) -> tuple[Source, ...]:
    found = []
    for edge in node.inputs:
        other = graph.nodes.get(edge.source)
        if other is None or not _is_dense(other):
            what = "the input" if other is None else f"{other.id} ({other.component})"
            raise InvalidError(
                f"{what} leads into {node.id}: e-prop takes neurons behind synapses/dense",
                where=_WHERE,
                hint="put synapses/dense before the neurons, or use bptt",
            )
        found.append(Source(other.id, edge.delay))
    return tuple(found)


def _check_between(node: GraphNode, graph: Graph, known: Known) -> None:
    """Refuse weights that do not lead into one layer of neurons, and what stands between layers."""
    followers = [
        other
        for other in graph.nodes.values()
        if any(edge.source == node.id for edge in other.edges)
    ]
    if node.weights and (
        not _is_dense(node) or len(followers) != 1 or not _is_neuron(followers[0], known)
    ):
        names = ", ".join(other.id for other in followers)
        raise InvalidError(
            f"{node.id} ({node.component}) leads to {names}: e-prop teaches synapses/dense that "
            "lead into one layer of neurons",
            where=_WHERE,
            hint="use bptt",
        )
    for edge in node.edges:
        if edge.state is not None:
            raise InvalidError(
                f"the edge {edge} carries a state: e-prop knows what neurons send",
                where=_WHERE,
                hint="use bptt",
            )
        if edge.source not in graph.nodes or node.weights:
            continue
        if _is_neuron(graph.nodes[edge.source], known):
            raise InvalidError(
                f"{node.id} ({node.component}) stands behind the neurons {edge.source}: e-prop "
                "takes neurons joined by synapses/dense alone",
                where=_WHERE,
                hint=f"leave {node.id} out, or use bptt",
            )


def _paths(name: str, graph: Graph) -> tuple[Source, ...]:
    """Return how spikes of the neurons `name` reach the readout directly."""
    if name == graph.output:
        return ()
    return tuple(
        Source(into.source, edge.delay + into.delay)
        for into in graph.nodes[graph.output].inputs
        if into.source in graph.nodes
        for edge in graph.nodes[into.source].inputs
        if edge.source == name
    )
