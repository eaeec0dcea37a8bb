"""Which weights follow which local rule, worked out from the spec. No torch here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec import TrainingSpec
from spikex_lab.spec.rules import RuleSpec

if TYPE_CHECKING:
    from spikex_lab.catalog import Component
    from spikex_lab.catalog.library import Library
    from spikex_lab.catalog.overlay import Overlay
    from spikex_lab.spec.graph import Graph, GraphNode

    Known = Library | Overlay

SIGNALS = ("pre", "post", "reward", "target")
"""What a run has to tell a rule: input, answer, was it right, what would be right."""
TOLD = "target"


@dataclass(frozen=True)
class Plastic:
    """One rule on the weights of one node."""

    spec: RuleSpec
    component: Component
    params: dict[str, Any]
    node: str
    post: str
    """The node that answers."""
    weights: tuple[str, ...]
    """``weight``, ``bias`` or both."""


def planned(training: TrainingSpec, graph: Graph, known: Known) -> list[Plastic]:
    """Return every rule on every node, in the order in which they act.

    Raises
    ------
    InvalidError : a rule that is none, a node without such weights, an answer that is not clear.
    """
    found: list[Plastic] = []
    for index, rule in enumerate(rules_of(training)):
        where = f"training/rules/{index}"
        component = _component(rule, known, where)
        params = component.resolve(rule.params, where=where)
        for name in _nodes(rule, training, graph, where):
            node = graph.nodes[name]
            post = rule.post or _answering(node, graph, where)
            _check_answer(node, post, graph, where)
            if TOLD in component.spec.inputs and node.shape_out[0] != graph.classes:
                raise InvalidError(
                    f"{component.id} is told the right answer of each neuron: {name} has "
                    f"{node.shape_out[0]} neurons, there are {graph.classes} classes",
                    where=where,
                    hint="say with nodes: which layer learns",
                )
            learns = _weights(rule, component, node, where)
            found.append(Plastic(rule, component, params, name, post, learns))
    check_labels(training, graph, [plastic.node for plastic in found])
    return found


def rules_of(training: TrainingSpec) -> list[RuleSpec]:
    """Return the rules at work: those given, or the one that the algorithm is called after."""
    own = f"learning/{training.algorithm}"
    if training.rules is None:
        if training.algorithm == "local":
            raise InvalidError(
                "no rule is given", where="training/rules", hint="for example [learning/stdp]"
            )
        return [RuleSpec(component=own)]
    ids = [rule.component for rule in training.rules]
    if training.algorithm != "local" and own not in ids:
        raise InvalidError(
            f'the algorithm is "{training.algorithm}", but none of the rules is {own}',
            where="training/rules",
            hint='add it, or set training.algorithm to "local"',
        )
    return training.rules


def check_labels(training: TrainingSpec, graph: Graph, learned: Sequence[str]) -> None:
    """Refuse a node for labels that is no layer from neurons to classes, or that a rule changes."""
    if training.labels is None:
        return
    name, where = training.labels.node, "training/labels"
    node = _node(name, graph, where)
    if not has_matrix(node) or "bias" in node.weights or node.shape_out[0] != graph.classes:
        raise InvalidError(
            f"{name} is no layer of weights from neurons to the {graph.classes} classes",
            where=where,
            hint=f"synapses/dense with features: {graph.classes} and bias: false",
        )
    if name in learned:
        raise InvalidError(f"a rule changes {name} as well", where=where)


def has_matrix(node: GraphNode) -> bool:
    """Say whether `node` has one weight from each input to each output."""
    shape = node.weights.get("weight", ())
    return len(shape) == 2 and (*node.shape_out, *node.shape_in) == shape


def _component(rule: RuleSpec, known: Known, where: str) -> Component:
    component = known.get(rule.component, where=where)
    if component.kind != "learning" or not component.has_equations:
        what = "an algorithm of its own" if component.kind == "learning" else component.kind
        raise InvalidError(
            f"{component.id} is {what}, no local rule",
            where=where,
            hint="rules: " + ", ".join(_local(known)),
        )
    for name in component.spec.inputs:
        if name not in SIGNALS:
            raise InvalidError(
                f'{component.id} hears "{name}", which training has not',
                where=where,
                hint=f"a rule may hear {', '.join(SIGNALS)}",
            )
    return component


def _local(known: Known) -> list[str]:
    return [name for name in known.ids("learning") if known.get(name).has_equations]


def _nodes(rule: RuleSpec, training: TrainingSpec, graph: Graph, where: str) -> list[str]:
    if rule.nodes is not None:
        for name in rule.nodes:
            if not has_matrix(_node(name, graph, where)):
                raise InvalidError(
                    f"{name} has no weight from each input to each output",
                    where=f"{where}/nodes",
                    hint="a local rule works on synapses/dense",
                )
        return rule.nodes
    voting = training.labels.node if training.labels else None
    names = [name for name, node in graph.nodes.items() if has_matrix(node) and name != voting]
    if not names:
        raise InvalidError(
            "no node has weights that a rule could change",
            where=where,
            hint="a local rule works on synapses/dense",
        )
    return names


def _node(name: str, graph: Graph, where: str) -> GraphNode:
    if name not in graph.nodes:
        raise InvalidError(
            f'there is no node "{name}"', where=where, hint=nearest(name, list(graph.nodes))
        )
    return graph.nodes[name]


def _answering(node: GraphNode, graph: Graph, where: str) -> str:
    """Return the neuron behind the weights of `node`; the last of what follows where none is.

    Nodes in between may have no weights and must keep the shape.
    """
    current = node
    while True:
        followers = {
            other.id
            for other in graph.nodes.values()
            if other.id != current.id and any(edge.source == current.id for edge in other.edges)
        }
        fitting = [
            graph.nodes[name]
            for name in sorted(followers)
            if not graph.nodes[name].weights or graph.nodes[name].kind == "neuron"
            if graph.nodes[name].shape_out == node.shape_out
        ]
        if current.kind == "neuron" or not fitting:
            return current.id
        if len(fitting) > 1:
            raise InvalidError(
                f"{current.id} leads to several nodes: {', '.join(one.id for one in fitting)}",
                where=where,
                hint="say with post: whose output the rule takes for the answer",
            )
        current = fitting[0]


def _check_answer(node: GraphNode, post: str, graph: Graph, where: str) -> None:
    given = _node(post, graph, f"{where}/post").shape_out
    if given != node.shape_out:
        raise InvalidError(
            f"{post} gives {list(given)}, the weights of {node.id} lead to {list(node.shape_out)}",
            where=f"{where}/post",
        )


def _weights(rule: RuleSpec, component: Component, node: GraphNode, where: str) -> tuple[str, ...]:
    learns = rule.learns or ("both" if TOLD in component.spec.inputs else "weights")
    names = {"weights": ("weight",), "bias": ("bias",), "both": ("weight", "bias")}[learns]
    if rule.learns in ("bias", "both") and "bias" not in node.weights:
        raise InvalidError(
            f"{node.id} has no bias", where=f"{where}/learns", hint="give the node bias: true"
        )
    return tuple(name for name in names if name in node.weights)
