"""One pass of a batch through a network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from spikex_lab.nn.cell import Cell, Poll, Stepper
from spikex_lab.nn.plan import Group
from spikex_lab.nn.scripts import Mode

if TYPE_CHECKING:
    from spikex_lab.nn.network import Network

Flow = tuple[Tensor, bool]
"""What leaves a node: ``[T, B, …]``, or ``[B, …]`` and True where it does not change over time."""


class Pass:
    """Carries values from node to node; keeps what was asked for."""

    def __init__(
        self,
        network: Network,
        steps: int,
        wanted: dict[str, list[str]],
        generator: torch.Generator | None,
        poll: Poll | None,
    ) -> None:
        self.network = network
        self.steps = steps
        self.wanted = wanted
        self.generator = generator
        self.poll = poll
        self.flows: dict[str, Flow] = {}
        self.states: dict[str, Tensor] = {}
        self.activity: dict[str, Tensor] = {}
        self.recorded: dict[str, dict[str, Tensor]] = {name: {} for name in wanted}

    def whole(self, name: str) -> Tensor:
        """Return what node `name` gave, ``[T, B, …]``."""
        value, static = self.flows[name]
        return value.expand(self.steps, *value.shape) if static else value

    def run(self, group: Group) -> None:
        """Run the nodes of one group over all steps."""
        if group.loop:
            self._loop(group.nodes)
            return
        name = group.nodes[0]
        module = self.network.node(name)
        value, static = self._input(name)
        if "input" in self.wanted.get(name, ()):
            self.recorded[name]["input"] = (
                value.expand(self.steps, *value.shape) if static else value
            )
        if isinstance(module, Cell) and module.states:
            series = [value] * self.steps if static else list(value.unbind(0))
            keep = self._keep(name, module)
            outputs, last, kept = module.scan(
                series,
                self.network.kept.get(name),
                keep=keep,
                poll=self.poll,
                generator=self.generator,
            )
            self._remember(name, last)
            self._done(name, (torch.stack(outputs), False), kept)
        else:
            self._done(name, self._folded(module, value, static), {})

    # -- layer by layer --------------------------------------------------------------------------

    def _input(self, name: str) -> Flow:
        """Return the sum of what `name` hears; the first steps of a delayed edge are 0."""
        total: Flow | None = None
        for edge in self.network.graph.nodes[name].inputs:
            value, static = self.flows[edge.source]
            if edge.delay:
                value, static = _delayed(value, static, edge.delay, self.steps), False
            if total is not None:
                value, static = total[0] + value, total[1] and static
            total = (value, static)
        assert total is not None  # noqa: S101 (the graph has checked that every node is reached)
        return total

    def _folded(self, module: Any, value: Tensor, static: bool) -> Flow:
        """Apply a node without states to all steps at once: time folded into the batch."""
        if static and isinstance(module, Cell) and module.component.spec.noise:
            value, static = value.expand(self.steps, *value.shape), False  # it never stays the same
        steps = 1 if static else self.steps
        folded = value if static else value.flatten(0, 1)
        result = self._apply(module, folded, steps)
        return (
            (result, True) if static else (result.reshape(self.steps, -1, *result.shape[1:]), False)
        )

    def _apply(self, module: Any, value: Tensor, steps: int) -> Tensor:
        if isinstance(module, Cell):
            return module.apply_once(value, self.generator)
        result: Tensor = module(value, Mode(self.network.training, steps, self.generator))
        return result

    # -- loops -----------------------------------------------------------------------------------

    def _loop(self, names: Sequence[str]) -> None:
        """Step node by node: an edge with delay d brings what was given d steps ago."""
        network, nodes = self.network, self.network.graph.nodes
        inside = set(names)
        given: dict[str, list[Tensor]] = {name: [] for name in names}
        inputs: dict[str, list[Tensor]] = {name: [] for name in names}
        cells = {
            name: module
            for name in names
            if isinstance(module := network.node(name), Cell) and module.states
        }
        steppers: dict[str, Stepper] = {}
        kept: dict[str, dict[str, list[Tensor]]] = {
            name: {state: [] for state in self._keep(name, cell)} for name, cell in cells.items()
        }
        outer = {
            edge.source: self._series(edge.source)
            for name in names
            for edge in nodes[name].inputs
            if edge.source not in inside
        }
        batch, like = self._batch()
        for t in range(self.steps):
            if self.poll is not None:
                self.poll()
            for name in names:
                total: Tensor | None = None
                for edge in nodes[name].inputs:
                    if t < edge.delay:
                        continue
                    source = given[edge.source] if edge.source in inside else outer[edge.source]
                    value = source[t - edge.delay]
                    total = value if total is None else total + value
                if total is None:
                    total = like.new_zeros(batch, *nodes[name].shape_in)
                if "input" in self.wanted.get(name, ()):
                    inputs[name].append(total)
                if name in cells:
                    if name not in steppers:
                        steppers[name] = cells[name].start(
                            total, network.kept.get(name), self.generator
                        )
                    given[name].append(steppers[name](total))
                    for state, values in kept[name].items():
                        values.append(steppers[name].states[cells[name].states.index(state)])
                else:
                    given[name].append(self._apply(network.node(name), total, 1))
        for name in names:
            if inputs[name]:
                self.recorded[name]["input"] = torch.stack(inputs[name])
            if name in cells:
                self._remember(name, steppers[name].states)
            self._done(name, (torch.stack(given[name]), False), kept.get(name, {}))

    def _series(self, name: str) -> Sequence[Tensor]:
        value, static = self.flows[name]
        return [value] * self.steps if static else value.unbind(0)

    def _batch(self) -> tuple[int, Tensor]:
        value, static = self.flows["input"]
        return value.shape[0 if static else 1], value

    # -- what is kept ----------------------------------------------------------------------------

    def _keep(self, name: str, module: Cell) -> list[str]:
        """Return the states of `name` to keep: those asked for, and all of the output node's."""
        wanted = set(self.wanted.get(name, ()))
        if name == self.network.graph.output:
            wanted |= set(module.component.states)
        return [state for state in module.states if state in wanted]

    def _remember(self, name: str, states: Sequence[Tensor]) -> None:
        if self.network.stateful:
            self.network.kept[name] = [state.detach() for state in states]

    def _done(self, name: str, flow: Flow, kept: dict[str, list[Tensor]]) -> None:
        self.flows[name] = flow
        node = self.network.graph.nodes[name]
        if node.spiking:
            self.activity[name] = flow[0].detach().sum()
        stacked = {state: torch.stack(values) for state, values in kept.items()}
        if name == self.network.graph.output:
            self.states = {
                state: value
                for state, value in stacked.items()
                if state in self.network.node(name).component.states
            }
        for quantity in self.wanted.get(name, ()):
            if quantity in stacked:
                self.recorded[name][quantity] = stacked[quantity]
            elif quantity != "input":
                self.recorded[name][quantity] = self.whole(name)


def _delayed(value: Tensor, static: bool, delay: int, steps: int) -> Tensor:
    if static:
        value = value.expand(steps, *value.shape)
    if delay >= steps:
        return torch.zeros_like(value)
    return torch.cat([value.new_zeros(delay, *value.shape[1:]), value[: steps - delay]])
