"""e-prop: gradients that are gathered forwards in time, from traces that every synapse keeps.

For a synapse from i to neuron j, the eligibility vector ``eps`` follows the neuron's own states,

    eps[t] = D[t] eps[t-1] + d[t] x_i[t],      e[t] = a[t] . eps[t-1] + c[t] x_i[t],

where D and d are the derivatives of the neuron's new states in its old ones and in its input, a and
c those of what it sends (through the surrogate). The eligibility trace e, filtered as the readout
filters spikes, times the learning signal ``L_j[t]`` (the readout's errors, carried back by the
feedback weights) is the weight's gradient. Nothing flows backwards in time, and nothing through
the spikes that other neurons send: that is what e-prop leaves out.

The four derivatives are taken from the component's own rendered step, so that every neuron of the
library learns, whatever its equations.

G. Bellec, F. Scherr, A. Subramoney, E. Hajek, D. Salaj, R. Legenstein, W. Maass, "A solution to the
learning dilemma for recurrent networks of spiking neurons", Nature Communications 11, 3625, 2020,
doi:10.1038/s41467-020-17236-y.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import cast

import torch
from torch import Tensor

from spikex_lab.errors import InvalidError
from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.eprop_plan import Layout, Source, check_direct
from spikex_lab.nn.network import Network
from spikex_lab.nn.result import Result

BLOCK = 2**17
"""Numbers in one trace that are worked on at once: what a processor's cache holds."""
Loss = Callable[[Result, Tensor], Tensor]
Feedback = Mapping[str, Sequence[tuple[Tensor, int]]]
"""By neurons: matrices ``[K, N]`` that carry errors back to them, and by how many steps a spike of
theirs is late where the error is made."""


def gradients(
    network: Network,
    plan: Layout,
    x: Tensor,
    target: Tensor,
    loss: Loss,
    *,
    feedback: Feedback,
    generator: torch.Generator | None = None,
    poll: Poll | None = None,
) -> tuple[dict[str, Tensor], Tensor, Result]:
    """Return e-prop's gradients by weight (``fc1.weight``), the loss, and what the network gave.

    Parameters
    ----------
    x, target : one batch, as `Network.run` and `loss` take them.
    loss : of the readout's scores, output or states. Where it is a sum over steps, errors are
        known as they happen; otherwise once the sample has ended.
    feedback : for all hidden neurons of `plan`; see `symmetric`.

    Raises
    ------
    InvalidError : the readout's states do not follow from the old ones by constant factors.
    """
    with torch.no_grad():
        result = network.run(x, generator=generator, record=_record(network, plan), poll=poll)
    by_output, by_state, value = _judged(network, result, target, loss)
    readout = slopes(network, plan.readout.node, result)
    constant_filter(readout, plan.readout.node)
    errors = _errors(readout, by_output, by_state)
    found: dict[str, Tensor] = {}
    with torch.no_grad():
        for source in plan.readout.sources:
            heard = _heard(network, source, result)
            found |= _named(network, source, _own(readout, errors, heard, poll))
        for taught in plan.hidden:
            own = slopes(network, taught.node, result)
            signals = errors.back(feedback[taught.node])
            for source in taught.sources:
                heard = _heard(network, source, result)
                found |= _named(network, source, _eligible(own, readout, signals, heard, poll))
    return found, value, result


def symmetric(network: Network, plan: Layout) -> Feedback:
    """Return the weights from each neuron to the readout, transposed in use: the exact errors.

    Raises
    ------
    InvalidError : neurons from which no connection leads to the readout directly.
    """
    check_direct(plan)
    weights = dict(network.named_parameters())
    return {
        taught.node: [
            (weights[f"{path.node}.weight"].detach(), path.delay) for path in taught.paths
        ]
        for taught in plan.hidden
    }


@dataclass(frozen=True)
class Slopes:
    """One layer's derivatives at every step: ``[T, B, N]``, or one number where they never change.

    ``states[k][l]`` is that of new state k in old state l, ``inputs[k]`` in the input; ``before[l]``
    and ``now`` are those of what is sent. None stands for 0. States on which nothing depends are
    left out; `names` are those that stay.
    """

    names: Sequence[str]
    states: Sequence[Sequence[Tensor | None]]
    inputs: Sequence[Tensor | None]
    before: Sequence[Tensor | None]
    now: Tensor | None

    def of(self, part: slice) -> Slopes:
        """Return those of some neurons, ``[T, n, B, 1]``, to be multiplied with their traces."""

        def some(slope: Tensor | None) -> Tensor | None:
            if slope is None or not slope.dim():
                return slope
            return _by_neuron(slope, part)[..., None]

        return Slopes(
            self.names,
            [[some(one) for one in row] for row in self.states],
            [some(one) for one in self.inputs],
            [some(one) for one in self.before],
            some(self.now),
        )


def slopes(network: Network, name: str, result: Result) -> Slopes:
    """Return the derivatives of neurons `name` along the run `result`, which recorded them."""
    cell = cast(Cell, network.node(name))
    recorded = result.recorded[name]
    x = recorded["input"].detach().to(network.dtype, copy=True).requires_grad_()
    fixed, first = cell.begin(x[0])
    old = []
    for state, fresh in zip(cell.states, first, strict=True):
        moments = torch.cat([fresh.detach()[None], recorded[state][:-1].to(fresh)])
        old.append(moments.requires_grad_())
    with torch.enable_grad():  # one step, all moments at once: a graph one step deep
        others = cell.others(x)
        sent, *new = cell.compiled.step(cell.fire(), *fixed, *old, x, *others)
        table = [_derivatives(one, [*old, x]) for one in (*new, sent)]
    kept = _needed(table, len(old))
    return Slopes(
        [cell.states[k] for k in kept],
        [[table[k][place] for place in kept] for k in kept],
        [table[k][-1] for k in kept],
        [table[-1][place] for place in kept],
        table[-1][-1],
    )


def _derivatives(value: Tensor, leaves: Sequence[Tensor]) -> list[Tensor | None]:
    """Return each neuron's derivative of its `value` in its own `leaves`."""
    if not value.requires_grad:
        return [None] * len(leaves)
    found = torch.autograd.grad(value.sum(), leaves, retain_graph=True, allow_unused=True)
    return [None if one is None else _reduced(one) for one in found]


def _reduced(slope: Tensor) -> Tensor | None:
    """Return None for zeros, one number for a slope that is the same everywhere, or `slope`."""
    first = slope.flatten()[0]
    if not bool((slope == first).all()):
        return slope
    return first if float(first) else None


def _needed(table: Sequence[Sequence[Tensor | None]], count: int) -> list[int]:
    """Return the states on which what is sent depends, at once or by way of other states."""
    needed: set[int] = set()
    while True:
        rows = [*needed, -1]
        # a state that only remembers itself is needed by nobody
        more = {k for k in range(count) if any(table[row][k] is not None for row in rows)}
        if more <= needed:
            return sorted(needed)
        needed |= more


@dataclass(frozen=True)
class Errors:
    """The loss's derivatives in what the readout does, each ``[T, B, K]``.

    ``after[m]`` in its state m, ``before[m]`` in the same one step earlier (through what the
    readout sends), ``now`` in its input (likewise).
    """

    after: Sequence[Tensor]
    before: Sequence[Tensor]
    now: Tensor

    def back(self, feedback: Sequence[tuple[Tensor, int]]) -> Errors:
        """Return them carried back to the neurons that `feedback` leads to, ``[T, B, N]``."""

        def carried(error: Tensor) -> Tensor:
            return reduce(
                torch.add, [_earlier(error @ matrix, delay) for matrix, delay in feedback]
            )

        return Errors(
            [carried(one) for one in self.after],
            [carried(one) for one in self.before],
            carried(self.now),
        )

    def upon(self, readout: Slopes) -> tuple[list[Tensor], Tensor]:
        """Return what a step weighs the filtered past with, and what the moment's own trace."""

        def through(own: Tensor, factors: Iterable[Tensor | None]) -> Tensor:
            pairs = zip(self.after, factors, strict=True)
            return reduce(torch.add, [a * f for a, f in pairs if f is not None], own)

        columns = range(len(readout.names))
        return (
            [through(self.before[m], [row[m] for row in readout.states]) for m in columns],
            through(self.now, readout.inputs),
        )


def constant_filter(readout: Slopes, name: str) -> None:
    """Refuse a readout that is no filter with constant factors.

    Raises
    ------
    InvalidError : one of its states depends on the old ones as they just happen to be.
    """
    factors = [*(one for row in readout.states for one in row), *readout.inputs]
    if any(one is not None and one.dim() for one in factors):
        raise InvalidError(
            f"e-prop filters what comes to the readout {name} by constant factors, and its "
            "neurons have none: a spike changes how they go on",
            where="training/algorithm",
            hint='use neurons/leaky there (reset: subtract or "none"), or bptt',
        )


def _judged(
    network: Network, result: Result, target: Tensor, loss: Loss
) -> tuple[Tensor, dict[str, Tensor], Tensor]:
    """Return the loss's derivatives in the output and the states of the readout, and the loss.

    Each step's are taken on their own: how the readout went on from there is left out.
    """
    with torch.enable_grad():
        output = result.output.detach().requires_grad_()
        states = {name: one.detach().requires_grad_() for name, one in result.states.items()}
        scores = network.scores(output, states)
        value = loss(replace(result, scores=scores, output=output, states=states), target)
        by_output, *by_state = torch.autograd.grad(
            value, [output, *states.values()], materialize_grads=True
        )
    return by_output, dict(zip(states, by_state, strict=True)), value.detach()


def _errors(readout: Slopes, by_output: Tensor, by_state: Mapping[str, Tensor]) -> Errors:
    zero = torch.zeros_like(by_output)

    def through(slope: Tensor | None) -> Tensor:
        return zero if slope is None else by_output * slope

    return Errors(
        [by_state.get(name, zero) for name in readout.names],
        [through(one) for one in readout.before],
        through(readout.now),
    )


def _own(readout: Slopes, errors: Errors, heard: Tensor, poll: Poll | None) -> Tensor:
    """Return the gradient ``[K, P]`` of the weights into the readout, whose inputs are `heard`."""
    before, now = errors.upon(readout)
    total = heard.new_zeros(now.shape[2], heard.shape[2])
    filtered = [torch.zeros_like(heard[0]) for _ in readout.names]
    for t, x in enumerate(heard):
        if poll is not None:
            poll()
        total += now[t].T @ x
        for error, value in zip(before, filtered, strict=True):
            total += error[t].T @ value
        filtered = _moved(readout, filtered, x, t)
    return total


def _eligible(
    own: Slopes, readout: Slopes, signals: Errors, heard: Tensor, poll: Poll | None
) -> Tensor:
    """Return the gradient ``[N, P]`` of the weights by which neurons hear `heard` ``[T, B, P]``.

    No neuron's traces touch another's: they are followed for some neurons after the other, as many
    as a processor's cache holds the traces of.
    """
    before, now = signals.upon(readout)
    size = max(1, BLOCK // heard[0].numel())
    parts = []
    for start in range(0, now.shape[2], size):
        part = slice(start, start + size)
        seen = [_by_neuron(one, part) for one in before]
        parts.append(_traced(own.of(part), readout, seen, _by_neuron(now, part), heard, poll))
    return torch.cat(parts)


def _traced(
    own: Slopes,
    readout: Slopes,
    before: Sequence[Tensor],
    now: Tensor,
    heard: Tensor,
    poll: Poll | None,
) -> Tensor:
    """Return ``[n, P]``; all traces are ``[n, B, P]``, or ``[1, B, P]`` where neurons are alike."""
    total = heard.new_zeros(now.shape[1], heard.shape[2])
    vector = [torch.zeros_like(heard[:1]) for _ in own.names]
    filtered = [torch.zeros_like(heard[:1]) for _ in readout.names]
    for t, pre in enumerate(heard):
        if poll is not None:
            poll()
        x = pre[None]
        trace = _sum([*map(partial(_times, t=t), own.before, vector), _times(own.now, x, t)], x)
        vector = _moved(own, vector, x, t)
        total += _over_batch(now[t], trace)
        for signal, value in zip(before, filtered, strict=True):
            total += _over_batch(signal[t], value)
        filtered = _moved(readout, filtered, trace, t)
    return total


def _over_batch(signal: Tensor, trace: Tensor) -> Tensor:
    """Return ``[n, P]``, the sum over samples of `signal` ``[n, B]`` times `trace`."""
    if trace.shape[0] == 1:
        return signal @ trace[0]
    return torch.bmm(signal[:, None], trace)[:, 0]


def _moved(slopes: Slopes, old: Sequence[Tensor], x: Tensor, t: int) -> list[Tensor]:
    """Return traces one step on: each by the states' slopes of step `t`, and by `x`."""
    return [
        _sum([*map(partial(_times, t=t), row, old), _times(own, x, t)], x)
        for row, own in zip(slopes.states, slopes.inputs, strict=True)
    ]


def _times(slope: Tensor | None, value: Tensor, t: int) -> Tensor | None:
    if slope is None:
        return None
    return value * (slope[t] if slope.dim() else slope)


def _sum(parts: Sequence[Tensor | None], like: Tensor) -> Tensor:
    known = [part for part in parts if part is not None]
    return reduce(torch.add, known) if known else torch.zeros_like(like)


def _by_neuron(series: Tensor, part: slice) -> Tensor:
    """Return ``[T, n, B]`` of ``[T, B, N]``."""
    return series[:, :, part].transpose(1, 2).contiguous()


def _earlier(series: Tensor, delay: int) -> Tensor:
    """Return `series` ``[T, …]`` by `delay` steps earlier; nothing follows at the end."""
    count = min(delay, len(series))
    return torch.cat([series[count:], torch.zeros_like(series[:count])]) if count else series


def _heard(network: Network, source: Source, result: Result) -> Tensor:
    """Return what the weights of `source` were fed ``[T, B, P]``, a 1 last where there is a bias.

    As it counts when the sum arrives: late by the edge's delay.
    """
    x = result.recorded[source.node]["input"].to(network.dtype)
    if "bias" in network.graph.nodes[source.node].weights:
        x = torch.cat([x, torch.ones_like(x[..., :1])], dim=-1)
    return _earlier(x.flip(0), source.delay).flip(0)


def _named(network: Network, source: Source, gradient: Tensor) -> dict[str, Tensor]:
    count = network.graph.nodes[source.node].shape_in[0]
    found = {f"{source.node}.weight": gradient[:, :count]}
    if gradient.shape[1] > count:
        found[f"{source.node}.bias"] = gradient[:, count]
    return found


def _record(network: Network, plan: Layout) -> dict[str, list[str]]:
    """Return what a run must record: what neurons and weights hear, and the neurons' states."""
    record: dict[str, list[str]] = {}
    for taught in (*plan.hidden, plan.readout):
        record[taught.node] = ["input", *cast(Cell, network.node(taught.node)).states]
        record |= {source.node: ["input"] for source in taught.sources}
    return record
