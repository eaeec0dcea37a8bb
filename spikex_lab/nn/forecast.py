"""How much memory training will need at its peak, worked out from the network's shapes.

Nothing is run. What counts: weights with their gradients and the optimizer's memory of them; the
input over time; what the way back needs of every step (or, in stretches, of the steps of one, and
where the others began); and what the gradients take on their way back, node by node.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import torch

from spikex_lab import toolchain
from spikex_lab.nn import buffers, kernels
from spikex_lab.nn.cell import Cell
from spikex_lab.nn.stateful import StatefulLayer

if TYPE_CHECKING:
    from spikex_lab.nn.network import Network

Memory = Literal["fast", "low"]
WORK = 32 << 20
"""Bytes that the libraries take for themselves while they work."""
_MOMENTS = {"adam": 2, "adamw": 2, "sgd": 0, "rmsprop": 1}
"""Numbers per weight that an optimizer remembers."""


@dataclass(frozen=True)
class Forecast:
    """Bytes at the peak, by what they are for.

    Attributes
    ----------
    memory, chunk : as which it is run, and how many steps at a time (None: all).
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
    """What a node takes per step and sample, in numbers.

    Attributes
    ----------
    out : what leaves it, kept for those who hear it.
    more : what it keeps besides; `back` what it takes besides on the way back.
    states : where it stands after a step.
    pooled : the buffers of what leaves it are kept for the next time (`spikex_lab.nn.buffers`).
    still : it gives the same at every step, so this is for all of them.
    """

    into: int
    out: int
    more: int
    back: int
    states: int
    pooled: bool
    still: bool


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
    evaluated : samples of a batch where nothing is learned; 0: it is not evaluated.
    """
    costs = [_cost(network, name) for name in network.graph.nodes]
    steps = network.graph.steps
    chunk = stretch(network) if memory == "low" else None
    at_once = steps if chunk is None else chunk
    real = network.dtype.itemsize
    kept, work = _training(network, costs, batch, at_once)
    seen = _seen(costs, at_once)
    evaluating = evaluated * (seen + _ends(network, costs, at_once)[1])
    own = sum(p.numel() for p in network.parameters())
    largest = max((p.numel() for p in network.parameters()), default=0)
    learning = own * (2 + _MOMENTS.get(optimizer, 2)) + 2 * largest
    return Forecast(
        memory,
        chunk,
        weights=real * learning,
        input=real * _input(network, max(batch, evaluated), at_once),
        kept=real * kept,
        work=real * max(work, evaluating - kept) + WORK,
    )


def stretch(network: Network) -> int:
    """Return how many steps to run at a time: √T, or more where the states are large.

    The beginnings of T/k stretches and the steps of one are least together where k² is T times the
    ratio of a beginning to a step.
    """
    steps = network.graph.steps
    costs = [_cost(network, name) for name in network.graph.nodes]
    step = sum(cost.out + cost.more for cost in costs if not cost.still)
    ratio = max(1.0, _beginning(network, costs) / max(1, step))
    count = math.ceil(steps / min(steps, math.ceil(math.sqrt(steps * ratio))))
    return math.ceil(steps / count)


def _training(network: Network, costs: list[_Cost], batch: int, at_once: int) -> tuple[int, int]:
    """Return what is kept between the ways there and back, and what is taken besides, in numbers.

    The way back meets the nodes last to first, and lets go of what each kept; buffers that are
    pooled stay, and serve the gradients.
    """
    held, output = _ends(network, costs, at_once)
    times = [1 if cost.still else at_once for cost in costs]
    there = [n * (cost.out + cost.more) for n, cost in zip(times, costs, strict=True)]
    live, peak = sum(there), 0
    for n, cost, own in reversed(list(zip(times, costs, there, strict=True))):
        gradients = n * (cost.out * (not cost.pooled) + cost.into + cost.back)
        peak = max(peak, live + gradients)
        live -= n * cost.more if cost.pooled else own
    kept = batch * (held + output + sum(there))
    return kept, batch * max(0, peak - sum(there))


def _seen(costs: Iterable[_Cost], at_once: int) -> int:
    """Return what a pass without gradients holds per sample."""
    return sum((1 if cost.still else at_once) * cost.out for cost in costs)


def _ends(network: Network, costs: list[_Cost], at_once: int) -> tuple[int, int]:
    """Return per sample the beginnings of all stretches, and what comes out of the network."""
    graph = network.graph
    cell = network.node(graph.output)
    series = 1 + (len(cell.states) if isinstance(cell, Cell) else 0)
    output = graph.steps * series * math.prod(graph.nodes[graph.output].shape_out)
    if at_once >= graph.steps:
        return 0, output
    return math.ceil(graph.steps / at_once) * _beginning(network, costs), 2 * output


def _beginning(network: Network, costs: list[_Cost]) -> int:
    """Return how many numbers of a sample say where the network stands."""
    nodes = network.graph.nodes
    tails = 0
    for name, reach in network.reach.items():
        node, _, state = name.partition(".")
        if node in nodes:
            tails += reach * math.prod(nodes[node].shape_in if state else nodes[node].shape_out)
        else:
            tails += reach * math.prod(network.graph.input_shape)
    return tails + sum(cost.states for cost in costs)


def _input(network: Network, batch: int, at_once: int) -> int:
    """Return the numbers of a batch and of what its encoder makes of it, at its largest."""
    size = batch * math.prod(network.graph.input_shape)
    traits = network.entry.encode.component.spec.traits
    if "static" in traits:
        return size
    if "memoryless" in traits:  # made stretch by stretch
        return size + at_once * size
    return size + network.graph.steps * size


def _cost(network: Network, name: str) -> _Cost:
    node, module = network.graph.nodes[name], network.node(name)
    into, out = math.prod(node.shape_in), math.prod(node.shape_out)
    static = "static" in network.entry.encode.component.spec.traits
    still = name in network.still(static)
    looped = any(name in group.nodes for group in network.groups if group.loop)
    fused = any(name == found.cell for found in network.feedback.values())
    states = more = back = 0
    pooled = False
    if isinstance(module, Cell):
        noise = len(module.component.spec.noise)
        shown = len(module.states) if name == network.graph.output else 0
        more = (noise + max(shown, len(network.leaving.get(name, ())))) * out
        states = (len(module.states) + fused) * out
        served = kernels.fused() and toolchain.compiler() is not None
        pooled = bool(module.states) and served and (fused or not looped)
        if not pooled:
            more += out * len(module.compiled.program.body)
    elif isinstance(module, StatefulLayer):
        like = torch.zeros(1, *node.shape_in, dtype=network.dtype)
        with torch.no_grad():
            states = sum(state.numel() for state in module.start(like).states)
        more = 2 * into
    elif node.component == "layers/flatten":
        into = out = 0
    elif node.component == "layers/max-pool2d":
        more = out * 8 // network.dtype.itemsize  # places, as whole numbers of 64 bits
    elif node.component == "synapses/conv2d":
        back = into
    late = sum(edge.delay > 0 for edge in node.edges)
    more += max(0, late + len(node.inputs) - 1 - 2 * fused) * into
    if looped and not fused:
        more += out  # step by step, then stacked
    if looped and any(name == found.weights and not found.shown
                      for found in network.feedback.values()):  # fmt: skip
        into = out = more = 0
    return _Cost(into, out, more, back, states, pooled, still)


_ = buffers
