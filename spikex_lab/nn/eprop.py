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
from functools import reduce
from typing import cast

import torch
from torch import Tensor

from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.eprop_plan import Layout, Source, check_direct
from spikex_lab.nn.eprop_slopes import Slopes, constant_filter, slopes
from spikex_lab.nn.eprop_traces import eligible, own_weights
from spikex_lab.nn.network import Network
from spikex_lab.nn.result import Result

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
            gradient = own_weights(readout, *errors.upon(readout), heard, poll)
            found |= _named(network, source, gradient)
        for taught in plan.hidden:
            own = slopes(network, taught.node, result)
            signals = errors.back(feedback[taught.node]).upon(readout)
            for source in taught.sources:
                heard = _heard(network, source, result)
                gradient = eligible(own, readout, *signals, heard, poll)
                found |= _named(network, source, gradient)
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
