"""How much memory training will need at its peak, worked out from the network's shapes.

Nothing is run. What counts: weights with their gradients and the optimizer's memory of them; the
input over time; what the way back needs of every step (or, in stretches, of the steps of one, and
where all began); and what the gradients take on their way back, node by node.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from spikex_lab.nn.cell import Cell
from spikex_lab.nn.outline import FUSED, ONCE
from spikex_lab.nn.stateful import StatefulLayer

if TYPE_CHECKING:
    from spikex_lab.nn.network import Network

Memory = Literal["fast", "low"]
WORK = 16 << 20
"""Bytes that the libraries take for themselves while they work."""
_MOMENTS = {"adam": 2, "adamw": 2, "sgd": 0, "rmsprop": 1}
"""Numbers per weight that an optimizer remembers."""


@dataclass(frozen=True)
class Forecast:
    """Bytes at the peak, by what they are for.

    Attributes
    ----------
    memory, chunk : as which it runs, and how many steps at a time (None: all).
    weights : with their gradients and what the optimizer remembers and needs meanwhile.
    input : a batch, and what its encoder makes of it.
    kept : what the way back needs.
    work : what it takes on its way.
    """

    memory: Memory
    chunk: int | None
    weights: int
    input: int
    kept: int
    work: int

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.input + self.kept + self.work


@dataclass(frozen=True)
class _Cost:
    """What a node takes per sample, in numbers: of every step, or `once` for all.

    Attributes
    ----------
    out : what leaves it, kept for those who hear it.
    more : what it keeps besides.
    back : what it takes on the way back, and lets go of.
    states : where it stands after a step.
    pooled : what leaves it lies in buffers that are not given back, but serve the gradients
        (`spikex_lab.nn.buffers`).
    """

    out: int
    more: int = 0
    back: int = 0
    states: int = 0
    pooled: bool = False
    once: bool = False

    def over(self, steps: int) -> int:
        """Return what stays of `steps` steps until the way back."""
        return (1 if self.once else steps) * (self.out + self.more)


def forecast(
    network: Network,
    batch: int,
    *,
    memory: Memory = "fast",
    optimizer: str = "adam",
    evaluated: int = 0,
) -> Forecast:
    """Return what training `network` takes at its peak.

    Parameters
    ----------
    batch : samples of a batch.
    evaluated : samples of a batch where nothing is learned; 0: there is none.
    """
    costs = _costs(network)
    steps, real = network.graph.steps, network.dtype.itemsize
    chunk = _stretch(network, costs) if memory == "low" else None
    few, rest = (chunk, steps % chunk) if chunk else (steps, 0)
    series = _output(network) * (1 if chunk is None else 2)  # stretch by stretch, then as one
    beginnings = 0 if chunk is None else math.ceil(steps / few) * _beginning(network, costs)
    held = sum(cost.over(few) for cost in costs.values())
    held += sum(cost.over(rest) for cost in costs.values() if rest and cost.pooled)
    kept = batch * (held + series + beginnings)
    seen = evaluated * (sum(cost.over(few) for cost in costs.values()) + series)
    work = max(batch * _peak(costs, few), seen - kept)
    sizes = [p.numel() for p in network.parameters()]
    learning = sum(sizes) * (2 + _MOMENTS.get(optimizer, 2)) + 2 * max(sizes, default=0)
    entering = max(batch, evaluated) * _input(network, few)
    return Forecast(
        memory, chunk, real * learning, real * entering, real * kept, real * work + WORK
    )


def stretch(network: Network) -> int:
    """Return how many steps to run at a time: about √T, or more where the states are large.

    What is there at once is least: the beginnings of the stretches and the steps of one. The last
    one may be shorter, and its buffers serve no other, so a number that divides T is preferred.
    """
    return _stretch(network, _costs(network))


def _stretch(network: Network, costs: Mapping[str, _Cost]) -> int:
    steps = network.graph.steps
    step = max(1, sum(cost.over(1) for cost in costs.values() if not cost.once))
    beginning = max(step, _beginning(network, costs))

    def taken(few: int) -> int:
        return step * (few + steps % few) + beginning * math.ceil(steps / few)

    return min(range(1, steps + 1), key=taken)


def _peak(costs: Mapping[str, _Cost], steps: int) -> int:
    """Return by how much the way back exceeds, at its worst, what is kept at its beginning.

    It meets the nodes last to first, and lets go of what each kept.
    """
    gone = peak = 0
    for cost in reversed(list(costs.values())):
        times = 1 if cost.once else steps
        peak = max(peak, times * cost.back - gone)
        gone += times * cost.more if cost.pooled else cost.over(steps)
    return peak


def _output(network: Network) -> int:
    """Return the numbers of a sample that come out of the network, states and all."""
    graph = network.graph
    cell = network.node(graph.output)
    states = len(cell.states) if isinstance(cell, Cell) else 0
    return graph.steps * (1 + states) * math.prod(graph.nodes[graph.output].shape_out)


def _beginning(network: Network, costs: Mapping[str, _Cost]) -> int:
    """Return how many numbers of a sample say where the network stands."""
    nodes = network.graph.nodes
    tails = 0
    for name, reach in network.reach.items():
        node, _, state = name.partition(".")
        shape = network.graph.input_shape
        if node in nodes:
            shape = nodes[node].shape_in if state else nodes[node].shape_out
        tails += reach * math.prod(shape)
    return tails + sum(cost.states for cost in costs.values())


def _input(network: Network, steps: int) -> int:
    """Return the numbers of a sample and of what its encoder makes of it."""
    size, traits = math.prod(network.graph.input_shape), network.encoder.component.spec.traits
    if "static" in traits:
        return size
    return size * (1 + (steps if "memoryless" in traits else network.graph.steps))


def _costs(network: Network) -> dict[str, _Cost]:
    """Return what each node takes, in the order they run."""
    ways = {name: part.way for part in network.plan() for name in part.nodes}
    taught: set[str] = set()  # nodes whose output a gradient is wanted of
    costs = {}
    for group in network.groups:
        learns = any(
            next(network.node(name).parameters(), None) is not None for name in group.nodes
        )
        hears = any(e.source in taught for n in group.nodes for e in network.graph.nodes[n].edges)
        if learns or hears:
            taught |= set(group.nodes)
        for name in group.nodes:
            costs[name] = _cost(network, name, ways[name], group.loop, hears)
    return costs


def _cost(network: Network, name: str, way: str, loop: bool, hears: bool) -> _Cost:
    """Return what a node takes; `hears` says whether those before it want a gradient."""
    node, module = network.graph.nodes[name], network.node(name)
    into, out = math.prod(node.shape_in), math.prod(node.shape_out)
    once, late = way == ONCE, sum(edge.delay > 0 for edge in node.edges)
    sums = max(0, late + len(node.inputs) - 1) * into
    back = into * hears
    if isinstance(module, Cell) and module.states:
        noise = len(module.component.spec.noise) * into
        fused = way == FUSED
        if fused and loop:  # of its input, of what it hears of itself, and what that is summed from
            return _Cost(out, noise, 5 * out, (len(module.states) + 1) * out, pooled=True)
        states = len(module.states) * out
        if fused:
            return _Cost(out, noise + sums, out, states, pooled=True)
        lines = len(module.compiled.program.body)  # each keeps what it was made from
        return _Cost(out, noise + sums + (lines + 1) * out, back + out, states)
    if way == FUSED:  # weights inside a loop: nothing leaves them
        return _Cost(0)
    if isinstance(module, StatefulLayer):
        like = torch.zeros(1, *node.shape_in, dtype=network.dtype)
        with torch.no_grad():
            states = sum(state.numel() for state in module.start(like).states)
        return _Cost(out, 2 * into + sums, back + out, states)
    if node.component == "layers/flatten":
        return _Cost(0, sums)
    more = sums + (out if loop else 0)  # step by step, then as one
    if node.component == "layers/max-pool2d":
        more += out * 8 // network.dtype.itemsize  # places, whole numbers of 64 bits
    if isinstance(module, Cell):
        more += out * len(module.compiled.program.body)
    if node.component == "synapses/conv2d":
        back += into  # once more, as its library lays it out
    return _Cost(out, more, back, once=once)
