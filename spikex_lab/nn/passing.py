"""One pass of a batch through a network."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from spikex_lab.nn import feedback
from spikex_lab.nn.carry import Carry
from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.draws import Draws
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.looping import step_through
from spikex_lab.nn.plan import Group
from spikex_lab.nn.result import Counts
from spikex_lab.nn.scripts import Mode
from spikex_lab.nn.stateful import StatefulLayer
from spikex_lab.spec.model import INPUT, EdgeSpec

if TYPE_CHECKING:
    from spikex_lab.nn.network import Network


class Pass:
    """Carries values from node to node over some steps; keeps what was asked for.

    Attributes
    ----------
    carry : what the steps before these have left; `states_after` is what these leave.
    flows : what leaves a node, by its name, and a state at which edges start, by ``node.state``.
    firsts : what such a state is before the first step.
    """

    def __init__(
        self,
        network: Network,
        steps: int,
        wanted: dict[str, list[str]],
        draws: Draws,
        poll: Poll | None,
        carry: Carry | None = None,
    ) -> None:
        self.network = network
        self.steps = steps
        self.wanted = wanted
        self.draws = draws
        self.poll = poll
        self.carry = carry or Carry()
        self.flows: dict[str, Flow] = {}
        self.firsts: dict[str, Tensor] = dict(self.carry.firsts)
        self.states_after: dict[str, list[Tensor]] = {}
        self.states: dict[str, Tensor] = {}
        self.activity = Counts()
        self.recorded: dict[str, dict[str, Tensor]] = {name: {} for name in wanted}

    def whole(self, name: str) -> Tensor:
        """Return what left `name` (a node, or ``node.state``), ``[T, B, …]``."""
        return self.flows[name].whole(self.steps)

    def series(self, name: str) -> Sequence[Tensor]:
        """Return what left `name`, step by step."""
        return self.flows[name].series(self.steps)

    def silence(self, name: str) -> Tensor:
        """Return the first input of node `name` for one step where nothing comes: 0."""
        now = self.flows[INPUT].now
        return now.new_zeros(now.shape[0], *self.network.graph.nodes[name].shape_in)

    def run(self, group: Group) -> None:
        """Run the nodes of one group over all steps."""
        if group.loop:
            found = self.network.feedback.get(group)
            if found is None or not feedback.run(self, found):
                step_through(self, group.nodes)
        else:
            self.alone(group.nodes[0])

    def alone(self, name: str) -> None:
        """Run a node outside loops, or one of a loop whose other nodes have run, over all steps."""
        module = self.network.node(name)
        flow = self.sum_of(self.network.graph.nodes[name].inputs, name)
        others = self._others(name, module, flow.value)
        if "input" in self.wanted.get(name, ()):
            self.recorded[name]["input"] = flow.whole(self.steps)
        if isinstance(module, Cell) and module.states:
            self._scan(name, module, flow, others)
        elif isinstance(module, StatefulLayer):
            output, last = module.scan(
                flow.whole(self.steps),
                self.before(name),
                others=None if others is None else [self._moving(other) for other in others],
                poll=self.poll,
                generator=self.draws.of(name),
            )
            self.remember(name, last)
            self.done(name, Flow(output), {})
        else:
            self.done(name, self._folded(name, module, flow, others or []), {})

    def _scan(self, name: str, module: Cell, flow: Flow, others: list[Flow] | None) -> None:
        self.note_firsts(name, flow.now)
        out, last, kept = module.scan(
            flow,
            self.before(name),
            steps=self.steps,
            keep=self.keep(name, module),
            poll=self.poll,
            generator=self.draws.of(name),
            others=others,
        )
        self.remember(name, last)
        self.done(name, Flow(out), kept)

    def _moving(self, flow: Flow) -> Tensor:
        """Return a further input over all steps; a number stays one."""
        return flow[0] if flow[0].dim() == 0 else flow.whole(self.steps)

    # -- layer by layer --------------------------------------------------------------------------

    def sum_of(self, edges: Sequence[EdgeSpec], name: str) -> Flow:
        """Return the sum of what `edges` bring to the first input of `name`; of none, 0."""
        return self._sum(edges) if edges else Flow(self.silence(name), static=True)

    def others_of(self, name: str, module: Cell, like: Tensor) -> list[Flow]:
        """Return the further inputs of `name`, at their defaults where no edge feeds them."""
        found = self._others(name, module, like)
        return [Flow(one, static=True) for one in module.others(like)] if found is None else found

    def _others(self, name: str, module: Any, like: Tensor) -> list[Flow] | None:
        """Return the further inputs of `name`; None where no edge feeds any of them."""
        ports = self.network.graph.nodes[name].ports
        if not ports:
            return None
        rest = zip(list(module.component.spec.inputs)[1:], module.others(like), strict=True)
        return [
            self._sum(ports[port], default) if port in ports else Flow(default, static=True)
            for port, default in rest
        ]

    def _sum(self, edges: Sequence[EdgeSpec], default: Tensor | None = None) -> Flow:
        """Return the sum of what `edges` bring; before anything has come, `default` (or 0)."""
        total: Flow | None = None
        for edge in edges:
            value, static = self.flows[edge.from_]
            if edge.delay:
                value, static = self._delayed(edge), False
            if total is not None:
                value, static = total[0] + value, total[1] and static
            total = Flow(value, static)
        assert total is not None  # noqa: S101 (called with one edge at least)
        quiet = min(0 if edge.state else edge.delay for edge in edges) - self.carry.steps
        if default is not None and quiet > 0:
            late = total[0][quiet:]
            total = Flow(torch.cat([default.expand(min(quiet, self.steps), *late.shape[1:]), late]))
        return total

    def _delayed(self, edge: EdgeSpec) -> Tensor:
        """Return what `edge` brings, late: first 0, or what the state was before the first step."""
        value = self.whole(edge.from_)
        count = min(edge.delay, self.steps)
        first = None if edge.state is None else self.firsts.get(edge.from_)
        before = self.carry.before(edge.from_, edge.delay, value[0], first)
        return torch.cat([before[:count], value[: self.steps - count]])

    def _folded(self, name: str, module: Any, flow: Flow, others: list[Flow]) -> Flow:
        """Apply a node without states to all steps at once: time folded into the batch."""
        value, static = flow
        noisy = isinstance(module, Cell) and bool(module.component.spec.noise)
        if static and (noisy or not all(still for _, still in others)):
            value, static = (
                value.expand(self.steps, *value.shape),
                False,
            )  # it does not stay the same
        steps = 1 if static else self.steps
        folded = value if static else value.flatten(0, 1)
        rest = [
            other[0] if static or other[0].dim() == 0 else other.whole(self.steps).flatten(0, 1)
            for other in others
        ]
        held = name in self.network.held
        result = self.apply(name, folded, steps, rest or None, again=held)
        if static:
            return Flow(result, static=True)
        return Flow(result.reshape(self.steps, -1, *result.shape[1:]))

    def apply(
        self,
        name: str,
        value: Tensor,
        steps: int,
        others: Sequence[Tensor] | None,
        *,
        again: bool = False,
    ) -> Tensor:
        """Apply a node without states to `steps` steps, folded into the batch.

        With `again` it draws what it drew for the steps before.
        """
        module = self.network.node(name)
        generator = self.draws.of(name, again=again)
        if isinstance(module, Cell):
            return module.apply_once(value, generator, others)
        mode = Mode(self.network.training, steps, generator, self.network.graph.dt)
        rest = module.others(value) if others is None else others
        result: Tensor = module(value, mode, *rest)
        return result

    # -- what is kept ----------------------------------------------------------------------------

    def keep(self, name: str, module: Cell) -> list[str]:
        """Return the states of `name` to keep: those asked for, and all of the output node's.

        And those at which edges start.
        """
        wanted = {*self.wanted.get(name, ()), *self.network.leaving.get(name, ())}
        if name == self.network.graph.output:
            wanted |= set(module.component.states)
        return [state for state in module.states if state in wanted]

    def note_firsts(self, name: str, like: Tensor) -> None:
        """Note what the states of `name` that leave it are before the first step."""
        leaving = self.network.leaving.get(name, ())
        if leaving and not self.carry.steps:
            cell = cast(Cell, self.network.node(name))
            states = self.before(name) or cell.begin(like)[1]
            for state in leaving:
                self.firsts[f"{name}.{state}"] = states[cell.states.index(state)]

    def before(self, name: str) -> list[Tensor] | None:
        """Return the states of `name` before the first of these steps; None: fresh ones."""
        return self.carry.states.get(name, self.network.kept.get(name))

    def remember(self, name: str, states: Sequence[Tensor]) -> None:
        """Take the states of `name` after the last of these steps."""
        self.states_after[name] = list(states)

    def after(self) -> Carry:
        """Return what these steps leave to the next."""
        reach, steps = self.network.reach, self.carry.steps + self.steps
        heard = {name: most for name, most in reach.items() if name in self.flows}
        tails = {n: self.carry.tail(n, self.whole(n), most) for n, most in heard.items()}
        firsts = {name: one for name, one in self.firsts.items() if steps < reach.get(name, 0)}
        return Carry(steps, self.states_after, tails, firsts)

    def done(self, name: str, flow: Flow, kept: Mapping[str, Tensor]) -> None:
        """Take what left `name`, and its states that were kept, ``[T, B, …]``."""
        self.flows[name] = flow
        node = self.network.graph.nodes[name]
        if node.spiking:
            self.activity.of(name, flow[0])
        for state in self.network.leaving.get(name, ()):
            self.flows[f"{name}.{state}"] = Flow(kept[state])
        if name == self.network.graph.output:
            self.states = {
                state: value
                for state, value in kept.items()
                if state in self.network.node(name).component.states
            }
        for quantity in self.wanted.get(name, ()):
            if quantity in kept:
                self.recorded[name][quantity] = kept[quantity]
            elif quantity != "input":
                self.recorded[name][quantity] = self.whole(name)
