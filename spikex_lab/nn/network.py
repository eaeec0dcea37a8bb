"""A model spec as a torch module."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.catalog import registry as registry_of
from spikex_lab.errors import InvalidError
from spikex_lab.nn import chunks, feedback
from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.draws import Draws
from spikex_lab.nn.entry import Entry
from spikex_lab.nn.outline import Plan, outline
from spikex_lab.nn.passing import Pass
from spikex_lab.nn.plan import Group, groups
from spikex_lab.nn.result import Result
from spikex_lab.nn.scripts import Layer, Script
from spikex_lab.nn.stateful import StatefulLayer, is_stateful
from spikex_lab.nn.surrogate import Surrogate
from spikex_lab.spec import ModelSpec, Registry
from spikex_lab.spec.graph import Graph, GraphNode
from spikex_lab.spec.model import INPUT

Node = Cell | Layer | StatefulLayer


def build(spec: ModelSpec, registry: Registry | None = None, seed: int | None = None) -> Network:
    """Return the network that `spec` describes.

    Parameters
    ----------
    spec : the model.
    registry : where its components come from; default: what `spec` brings along, over the
        bundled library.
    seed : keys the first weights: the same seed gives the same weights, whatever else was drawn.
        None: torch's global generator.

    Raises
    ------
    InvalidError : anything in the spec that does not add up; names the node or edge.
    """
    return Network(spec, registry or registry_of(spec), seed=seed)


class Network(torch.nn.Module):
    """A network over ``[T, B, …]``; its weights are named ``<node>.<weight>``.

    Nodes outside loops run over all time steps at once (time folded into the batch), neurons as a
    scan over time; loops step node by node. What does not change over time is computed once.

    Attributes
    ----------
    spec, graph : what it was built from, and the same with shapes worked out.
    stateful : keep the neurons' states from call to call; otherwise every call starts fresh.
    leaving : by node, the states at which edges start.
    reach : by what leaves a node, by how many steps late it is heard at most.
    drawing, held : the nodes that draw random numbers, and those of them whose numbers hold for all
        steps.
    chunk : how many steps run at a time, and are run again on the way back; None: all at once, and
        what the way back needs is kept (`spikex_lab.nn.chunks`).
    """

    def __init__(self, spec: ModelSpec, registry: Registry, *, seed: int | None = None) -> None:
        super().__init__()
        self.spec = spec
        self.graph = Graph.of(spec, registry)
        self.stateful = False
        self.chunk: int | None = None
        self.kept: dict[str, list[Tensor]] = {}
        for node in self.graph.nodes.values():
            # not add_module: a node may be called "forward", which is a name of this class too
            self._modules[node.id] = _module(node, registry, self.graph.dt, seed)
        sources = {
            node.id: [edge.source for edge in node.edges if edge.source != INPUT]
            for node in self.graph.nodes.values()
        }
        self.leaving = _leaving(self.graph)
        self.groups: list[Group] = groups(list(self.graph.nodes), sources)
        self.feedback = {
            group: found
            for group in self.groups
            if group.loop
            and (found := feedback.find(self.graph.nodes, self._modules, group.nodes)) is not None
        }
        self.reach = _reach(self.graph)
        self.drawing, self.held = _drawing(self.graph, self._modules)
        encoder, readout = self.graph.encoder, self.graph.readout
        encode = Script(_component(registry, encoder.component), "encode", encoder.params)
        self.entry = Entry(encode, self.graph.input_shape, self.graph.steps)
        self._decode = Script(_component(registry, readout.component), "decode", readout.params)

    @property
    def dtype(self) -> torch.dtype:
        """The floating point type of the weights (float32 where there are none)."""
        return next((p.dtype for p in self.parameters() if p.is_floating_point()), torch.float32)

    def node(self, name: str) -> Node:
        """Return the module of node `name`."""
        return cast(Node, self._modules[name])

    @property
    def encoder(self) -> Script:
        """What turns an input into steps."""
        return self.entry.encode

    def plan(self) -> Plan:
        """Return what runs how, node by node, with the reason; prints as a table.

        Examples
        --------
        >>> from spikex_lab.spec.templates import template
        >>> print(build(template("perceptron")).plan())  # doctest: +ELLIPSIS
        flatten  once ...
        """
        return outline(self)

    def reset(self) -> None:
        """Forget the states of a stateful network."""
        self.kept.clear()

    def forward(self, x: Tensor) -> Tensor:
        """Return ``[B, K]`` for frames ``[B, *shape]`` in 0..1 or events ``[T, B, *shape]``."""
        return self.run(x).scores

    def run(
        self,
        x: Tensor,
        *,
        generator: torch.Generator | None = None,
        record: Mapping[str, Sequence[str]] | None = None,
        poll: Poll | None = None,
    ) -> Result:
        """Run a batch and return everything that came out.

        Parameters
        ----------
        x : frames ``[B, *shape]`` in 0..1, which the encoder turns into steps; or events
            ``[T, B, *shape]``.
        generator : random numbers of encoders and dropout; default: torch's global ones.
        record : quantities by node: ``spikes`` or ``output`` (what the node gives), ``input``
            (what it receives), or a state (``mem``).
        poll : called at every time step of every scan; may raise to stop.

        Raises
        ------
        InvalidError : an input of another shape, a node or quantity that is not there.
        """
        wanted = {node: list(quantities) for node, quantities in (record or {}).items()}
        self._check_record(wanted)
        x = x.to(self.dtype)
        steps = self.entry.check(x)
        draws = Draws(generator, x.device, self.drawing)
        try:
            few = self.chunk is not None and self.chunk < steps
            if few and not wanted and not chunks.obstacle(self):
                return chunks.run(self, x, steps, draws, poll)
            passing = Pass(self, steps, wanted, draws, poll)
            passing.flows[INPUT] = self.entry.flow(x, steps, generator)
            for group in self.groups:
                passing.run(group)
        finally:
            draws.close()
        self.keep_states(passing.states_after)
        return self._result(passing)

    def still(self, static: bool) -> set[str]:
        """Return the nodes whose output does not change over time, where the input is `static`."""
        found = {INPUT} if static else set()
        for group in self.groups:
            name, module = group.nodes[0], self._modules[group.nodes[0]]
            moves = isinstance(module, StatefulLayer) or (
                isinstance(module, Cell) and (module.states or module.component.spec.noise)
            )
            edges = self.graph.nodes[name].edges
            heard = all(edge.from_ in found and not edge.delay for edge in edges)
            if not group.loop and not moves and heard:
                found.add(name)
        return found - {INPUT}

    def keep_states(self, states: Mapping[str, Sequence[Tensor]]) -> None:
        """Keep the last states for the next call, if the network is stateful."""
        if self.stateful:
            for name, each in states.items():
                module = self.node(name)
                own = each[: len(module.states)] if isinstance(module, Cell) else each
                self.kept[name] = [state.detach() for state in own]

    def _check_record(self, wanted: Mapping[str, Sequence[str]]) -> None:
        for name, quantities in wanted.items():
            if name not in self.graph.nodes:
                raise InvalidError(
                    f'no node "{name}"',
                    where="record",
                    hint=f"known: {', '.join(self.graph.nodes)}",
                )
            module = self.node(name)
            known = [
                "spikes",
                "output",
                "input",
                *(module.states if isinstance(module, Cell) else ()),
            ]
            for quantity in quantities:
                if quantity not in known:
                    raise InvalidError(
                        f'{name} has no "{quantity}"',
                        where="record",
                        hint=f"it has {', '.join(known)}",
                    )

    def scores(self, output: Tensor, states: Mapping[str, Tensor]) -> Tensor:
        """Return what the readout makes of the last node's output and states: ``[B, K]``."""
        potential = _potential(self.node(self.graph.output), states) if states else None
        return self._decode(output, potential)

    def _result(self, passing: Pass) -> Result:
        output, states = passing.whole(self.graph.output), passing.states
        return Result(
            scores=self.scores(output, states),
            output=output,
            states=states,
            activity=passing.activity,
            recorded=passing.recorded,
        )


def _leaving(graph: Graph) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node in graph.nodes.values():
        for edge in node.edges:
            if edge.state is not None and edge.state not in found.setdefault(edge.source, []):
                found[edge.source].append(edge.state)
    return found


def _reach(graph: Graph) -> dict[str, int]:
    found: dict[str, int] = {}
    for node in graph.nodes.values():
        for edge in node.edges:
            if edge.delay:
                found[edge.from_] = max(edge.delay, found.get(edge.from_, 0))
    return found


def _drawing(graph: Graph, modules: Mapping[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """Return the nodes that draw random numbers, and those whose numbers hold for all steps."""
    specs = {name: modules[name].component.spec for name in graph.nodes}
    drawing = {name for name, spec in specs.items() if spec.noise or "random" in spec.traits}
    return frozenset(drawing), frozenset(n for n in drawing if "held" in specs[n].traits)


def _potential(module: Any, states: Mapping[str, Tensor]) -> Tensor:
    """Return the state that the threshold looks at; without a threshold the last one."""
    name = module.component.potential
    return states[name] if name in states else [*states.values()][-1]


def _component(registry: Registry, name: str) -> Component:
    found = registry.get(name)
    if not isinstance(found, Component):
        raise InvalidError("cannot be built: not a component of this library", where=name)
    return found


def _module(node: GraphNode, registry: Registry, dt: float, seed: int | None) -> Node:
    component = _component(registry, node.component)
    if not component.has_equations and is_stateful(component):
        shape = node.shape_in
        return StatefulLayer(component, node.params, shape, dt=dt, seed=seed, node=node.id)
    if not component.has_equations:
        return Layer(component, node.params, node.shape_in, seed=seed, node=node.id)
    surrogate = None
    if node.surrogate is not None:
        given: dict[str, Any] = dict(node.surrogate.params)
        surrogate = Surrogate(_component(registry, node.surrogate.component), **given)
    elif component.spec.surrogate is not None:
        surrogate = Surrogate(_component(registry, component.spec.surrogate))
    return Cell(
        component,
        node.params,
        surrogate=surrogate,
        dt=dt,
        shape=node.shape_in,
        seed=seed,
        node=node.id,
    )
