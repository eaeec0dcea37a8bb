"""A model spec with everything worked out: order, shapes, weights. Checked whole, without torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from spikex_lab.errors import InvalidError, Problem
from spikex_lab.spec import order, ports
from spikex_lab.spec.model import INPUT, EdgeSpec, ModelSpec, NodeSpec
from spikex_lab.spec.reference import ComponentRef
from spikex_lab.spec.registry import ComponentInfo, Registry, Shape

NODE_KINDS = frozenset({"neuron", "synapse", "axon", "dendrite", "layer"})
"""Kinds that can be a node of a network."""
WEIGHT_LIMIT = 10**10
"""Largest number of weights in one network (40 GB in float32)."""
SIZE_LIMIT = 10**9
"""Largest number of values that one node may give per step and sample."""


@dataclass(frozen=True)
class GraphNode:
    """One node, resolved: parameters with defaults, shapes without batch and time, weights.

    `inputs` are the edges into its first input, `ports` those into further ones, by name.
    """

    id: str
    component: str
    kind: str
    params: dict[str, Any]
    surrogate: ComponentRef | None
    inputs: list[EdgeSpec]
    shape_in: Shape
    shape_out: Shape
    weights: dict[str, Shape]
    spiking: bool
    ports: dict[str, list[EdgeSpec]] = field(default_factory=dict)

    @property
    def edges(self) -> list[EdgeSpec]:
        """Every edge that ends here."""
        return [*self.inputs, *(edge for edges in self.ports.values() for edge in edges)]

    @property
    def parameters(self) -> int:
        """Number of trainable weights."""
        return sum(math.prod(shape) for shape in self.weights.values())


@dataclass(frozen=True)
class Graph:
    """A checked network: its nodes in the order they run, and what goes in and comes out."""

    input_shape: Shape
    steps: int
    dt: float
    nodes: dict[str, GraphNode]
    output: str
    encoder: ComponentRef
    readout: ComponentRef
    classes: int
    recurrent: bool

    @property
    def parameters(self) -> int:
        """Number of trainable weights."""
        return sum(node.parameters for node in self.nodes.values())

    @property
    def spiking(self) -> bool:
        """Whether any node emits spikes."""
        return any(node.spiking for node in self.nodes.values())

    @property
    def has_time(self) -> bool:
        """Whether steps matter: several of them, neurons, or edges with a delay."""
        nodes = self.nodes.values()
        return (
            self.steps > 1
            or any(node.spiking or node.kind == "neuron" for node in nodes)
            or any(edge.delay for node in nodes for edge in node.edges)
        )

    @classmethod
    def of(cls, spec: ModelSpec, registry: Registry) -> Graph:
        """Return the graph of `spec`, every component resolved and every edge's shapes checked.

        Several edges into one input are summed, so they must bring equal shapes; a state has the
        shape of what goes into its node, and so has a further input.

        Raises
        ------
        InvalidError : names the node or the edge: a component that is unknown or of the wrong
            kind, a bad parameter, an edge to nowhere, a loop without delay, shapes that do not
            fit (with both shapes), a node that nothing reaches or that leads nowhere.
        """
        if spec.module is not None:
            raise InvalidError("a model made from a torch module has no graph", where=spec.name)
        infos = {
            node.id: _component(node, index, registry) for index, node in enumerate(spec.nodes)
        }
        edges = spec.edge_list()
        ids = list(infos)
        order.check_ends(ids, edges)
        edges = ports.named(edges, {name: info for name, (info, _, _) in infos.items()})
        order.check_once(edges)
        sequence = order.execution_order(ids, edges)
        order.check_reach(ids, edges)
        output = order.output_node(sequence, edges)
        at = "/input/encoder"
        encoder, encoder_info = _resolved(spec.input.encoder, "encoder", "encoder", registry, at)
        readout, readout_info = _resolved(spec.readout, "decoder", "readout", registry, "/readout")
        given = tuple(spec.input.shape)
        encoded = _fit(encoder_info, encoder.params, given, "encoder", "the input")
        nodes = _infer(infos, edges, sequence, encoded)
        result = nodes[output].shape_out
        scores = _fit(readout_info, readout.params, result, "readout", output)
        if len(scores) != 1:
            raise InvalidError(
                f"{readout.component} needs a vector [features], {output} gives {show(result)}",
                where="readout",
                hint="put layers/flatten and synapses/dense before it",
            )
        return cls(
            input_shape=given,
            steps=spec.time.steps,
            dt=spec.time.dt,
            nodes=nodes,
            output=output,
            encoder=encoder,
            readout=readout,
            classes=scores[0],
            recurrent=_has_loop(sequence, edges),
        )


def show(shape: Shape) -> str:
    """Return a shape as text: ``[1, 8, 8]``."""
    return f"[{', '.join(map(str, shape))}]"


def _component(
    node: NodeSpec, index: int, registry: Registry
) -> tuple[ComponentInfo, dict[str, Any], ComponentRef | None]:
    where = f"node {node.id}"
    info = registry.get(node.component, where=where)
    if info.kind not in NODE_KINDS:
        place = {"encoder": "input.encoder", "decoder": "readout", "surrogate": "a neuron"}
        belongs = place.get(info.kind, "training")
        raise InvalidError(
            f"{node.component} is {_a(info.kind)}, which cannot be a node",
            where=where,
            hint=f"it belongs under {belongs}",
            problems=[Problem(f"/nodes/{index}/component", f"{info.kind} is not a node's kind")],
        )
    params = _params(info, node.params, where, f"/nodes/{index}")
    surrogate = None
    if node.surrogate is not None:
        if not info.spiking:
            raise InvalidError(
                f"{node.component} does not spike, so it has no surrogate",
                where=where,
                problems=[Problem(f"/nodes/{index}/surrogate", "not for this component")],
            )
        surrogate, _ = _resolved(
            node.surrogate,
            "surrogate",
            f"{where}, surrogate",
            registry,
            f"/nodes/{index}/surrogate",
        )
    return info, params, surrogate


def _params(info: ComponentInfo, params: Mapping[str, Any], where: str, at: str) -> dict[str, Any]:
    """Return the parameters resolved; a problem points into the whole spec, not the component."""
    try:
        return info.resolve(params, where=where)
    except InvalidError as error:
        found = error.problems or (Problem("", error.what),)
        raise InvalidError(
            error.what,
            where=error.where,
            hint=error.hint,
            problems=[Problem(at + item.pointer, item.message) for item in found],
        ) from None


def _resolved(
    ref: ComponentRef, kind: str, where: str, registry: Registry, at: str
) -> tuple[ComponentRef, ComponentInfo]:
    info = registry.get(ref.component, where=where)
    if info.kind != kind:
        known = ", ".join(registry.ids(kind))
        raise InvalidError(
            f"{ref.component} is {_a(info.kind)}, not {_a(kind)}",
            where=where,
            hint=f"known: {known}" if known else "",
            problems=[Problem(f"{at}/component", f"not {_a(kind)}")],
        )
    params = _params(info, ref.params, where, at)
    return ref.model_copy(update={"params": params}), info


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _infer(
    infos: dict[str, tuple[ComponentInfo, dict[str, Any], ComponentRef | None]],
    edges: list[EdgeSpec],
    sequence: list[str],
    encoded: Shape,
) -> dict[str, GraphNode]:
    """Return the nodes in running order with the shapes that follow from the input's."""
    heard: dict[str, list[EdgeSpec]] = {name: [] for name in sequence}
    for edge in edges:
        heard[edge.target].append(edge)
    for name in sequence:
        heard[name].sort(key=lambda edge: edge.port is not None)  # what feeds the first input first
    shapes_out: dict[str, Shape] = {INPUT: encoded}
    shapes_in: dict[str, Shape] = {}
    todo = list(sequence)
    while todo:
        waiting = []
        for name in todo:
            # one known input says the shape, in a loop too; the others are compared below
            known = [edge for edge in heard[name] if edge.source in shapes_out]
            if not known:
                waiting.append(name)
                continue
            info, params, _ = infos[name]
            shape = _carried(known[0], shapes_in, shapes_out)
            where = f"edge {known[0]}"
            shapes_in[name] = shape
            shapes_out[name] = _fit(info, params, shape, where, known[0].from_, name)
        if len(waiting) == len(todo):
            raise InvalidError("its shape follows from nothing", where=f"node {waiting[0]}")
        todo = waiting
    for name in sequence:
        for edge in heard[name]:
            _check_shape(edge, _carried(edge, shapes_in, shapes_out), shapes_in[name])
    nodes = {}
    total = 0
    for name in sequence:
        info, params, surrogate = infos[name]
        node = GraphNode(
            id=name,
            component=info.id,
            kind=info.kind,
            params=params,
            surrogate=surrogate,
            inputs=[edge for edge in heard[name] if edge.port is None],
            shape_in=shapes_in[name],
            shape_out=shapes_out[name],
            weights=info.weights(params, shapes_in[name]),
            spiking=info.spiking,
            ports=ports.by_port(heard[name]),
        )
        total += node.parameters
        if total > WEIGHT_LIMIT:
            raise InvalidError(
                f"the network would have {total:.2g} weights, more than {WEIGHT_LIMIT:.0e}",
                where=f"node {name}",
            )
        nodes[name] = node
    return nodes


def _fit(
    info: ComponentInfo,
    params: dict[str, Any],
    shape: Shape,
    where: str,
    source: str,
    target: str = "",
) -> Shape:
    """Return the component's output shape; where `shape` does not fit say which edge and why."""
    into = f"{target} ({info.id})" if target else info.id
    try:
        result = tuple(info.output_shape(params, shape))
    except InvalidError as error:
        reason = error.what.removeprefix(f"{info.id} ").removesuffix(f", got {show(shape)}")
        raise InvalidError(
            f"{source} gives {show(shape)}, which does not fit {into}: {reason}",
            where=where,
            hint=error.hint,
        ) from None
    if not result or min(result) < 1:
        raise InvalidError(
            f"{source} gives {show(shape)}, of which {into} would leave {show(result)}", where=where
        )
    if math.prod(result) > SIZE_LIMIT:
        raise InvalidError(f"{show(result)} is more than {SIZE_LIMIT:.0e} values", where=where)
    return result


def _carried(edge: EdgeSpec, shapes_in: dict[str, Shape], shapes_out: dict[str, Shape]) -> Shape:
    """Return the shape that `edge` brings: a state's is that of what goes into its node."""
    return (shapes_out if edge.state is None else shapes_in)[edge.source]


def _check_shape(edge: EdgeSpec, shape: Shape, expected: Shape) -> None:
    if shape != expected:
        raise InvalidError(
            f"{edge.from_} gives {show(shape)}, but {edge.target} takes {show(expected)} from its "
            "other input",
            where=f"edge {edge}",
            hint="several inputs to one node are summed, so their shapes must be equal"
            if edge.port is None
            else "all inputs of a node have the shape of its first one",
        )


def _has_loop(sequence: list[str], edges: list[EdgeSpec]) -> bool:
    place = {name: index for index, name in enumerate(sequence)}
    return any(e.source != INPUT and place[e.source] >= place[e.target] for e in edges)
