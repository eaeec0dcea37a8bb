"""Loops: nodes that hear each other step through time hand in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from spikex_lab.nn.cell import Cell, Stepper
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.stateful import StatefulLayer, StatefulStepper

if TYPE_CHECKING:
    from spikex_lab.nn.passing import Pass
    from spikex_lab.spec.model import EdgeSpec

Way = tuple[Sequence[Tensor], int, Tensor | None, Sequence[Tensor]]
"""What an edge carries, one value per step; by how many steps late; what it was before the first
step (None: nothing); what it carried in the steps before these."""


def step_through(passing: Pass, names: Sequence[str]) -> None:
    """Step node by node: an edge with delay d brings what was given d steps ago."""
    nodes = passing.network.graph.nodes
    members = [_Member(name, passing.network.node(name)) for name in names]
    given: dict[str, Sequence[Tensor]] = {}
    earlier = passing.carry.tails
    for member in members:
        given[member.name] = member.given
        if isinstance(member.module, Cell) and member.module.states:
            states = passing.keep(member.name, member.module)
            member.kept = {state: [] for state in states}
            member.places = [member.module.states.index(state) for state in states]
            given |= {f"{member.name}.{state}": series for state, series in member.kept.items()}
            passing.note_firsts(member.name, passing.silence(member.name))

    def ways(edges: Sequence[EdgeSpec]) -> list[Way]:
        for edge in edges:
            if edge.from_ not in given:
                given[edge.from_] = passing.series(edge.from_)
        return [
            (
                given[edge.from_],
                edge.delay,
                passing.firsts.get(edge.from_),
                earlier[edge.from_].unbind(0) if edge.from_ in earlier else (),
            )
            for edge in edges
        ]

    for member in members:
        node = nodes[member.name]
        member.heard = ways(node.inputs)
        if node.ports:
            rest = member.module.others(passing.silence(member.name))
            names = list(member.module.component.spec.inputs)[1:]
            ports = [ways(node.ports.get(port, [])) for port in names]
            member.ports = list(zip(ports, rest, strict=True))
        member.record = "input" in passing.wanted.get(member.name, ())
    for t in range(passing.steps):
        if passing.poll is not None:
            passing.poll()
        for member in members:
            member.step(passing, t)
    for member in members:
        if member.record:
            passing.recorded[member.name]["input"] = torch.stack(member.inputs)
        if member.stepper is not None:
            passing.remember(member.name, member.stepper.states)
        kept = {state: torch.stack(series) for state, series in member.kept.items()}
        passing.done(member.name, Flow(torch.stack(member.given)), kept)


@dataclass
class _Member:
    """One node of a loop: what it hears, has given, and keeps."""

    name: str
    module: Any
    heard: list[Way] = field(default_factory=list)
    ports: list[tuple[list[Way], Tensor]] = field(default_factory=list)
    given: list[Tensor] = field(default_factory=list)
    kept: dict[str, list[Tensor]] = field(default_factory=dict)
    places: list[int] = field(default_factory=list)
    record: bool = False
    inputs: list[Tensor] = field(default_factory=list)
    stepper: Stepper | StatefulStepper | None = None

    def step(self, passing: Pass, t: int) -> None:
        """Take step `t`."""
        x = _arrived(self.heard, t)
        if x is None:
            x = passing.silence(self.name)
        others: list[Tensor] | None = None
        if self.ports:
            others = []
            for heard, default in self.ports:
                value = _arrived(heard, t)
                others.append(default if value is None else value)
        if self.record:
            self.inputs.append(x)
        module = self.module
        if isinstance(module, StatefulLayer) or (isinstance(module, Cell) and module.states):
            if self.stepper is None:
                before, generator = passing.before(self.name), passing.draws.of(self.name)
                self.stepper = module.start(x, before, generator)
            self.given.append(self.stepper(x, others))
            for place, series in zip(self.places, self.kept.values(), strict=True):
                series.append(self.stepper.states[place])
        else:
            self.given.append(passing.apply(self.name, x, 1, others))


def _arrived(ways: Sequence[Way], t: int) -> Tensor | None:
    """Return the sum of what has come by step `t`; None where nothing has."""
    total: Tensor | None = None
    for series, delay, first, earlier in ways:
        at = t - delay
        if at >= 0:
            value: Tensor | None = series[at]
        else:  # counted from the end of the steps before these
            value = earlier[at] if -at <= len(earlier) else first
        if value is not None:
            total = value if total is None else total + value
    return total
