"""e-prop's traces over time: nothing here looks back further than one step."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial, reduce

import torch
from torch import Tensor

from spikex_lab.nn.cell import Poll
from spikex_lab.nn.eprop_slopes import Slopes, by_neuron

BLOCK = 2**17
"""Numbers in one trace that are worked on at once: what a processor's cache holds."""
DEVICE_BLOCK = 2**26
"""The same on a GPU, which wants much to do at a time."""


def own_weights(
    readout: Slopes, before: Sequence[Tensor], now: Tensor, heard: Tensor, poll: Poll | None
) -> Tensor:
    """Return the gradient ``[K, P]`` of the weights by which the readout hears `heard`.

    `before` weighs the readout's filtered inputs of the step before, `now` the input of now, each
    ``[T, B, K]``.
    """
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


def eligible(
    own: Slopes,
    readout: Slopes,
    before: Sequence[Tensor],
    now: Tensor,
    heard: Tensor,
    poll: Poll | None,
) -> Tensor:
    """Return the gradient ``[N, P]`` of the weights by which neurons hear `heard` ``[T, B, P]``.

    `before` and `now`, each ``[T, B, N]``, are the learning signals for the eligibility traces as
    the readout has filtered them by the step before, and for those of now.

    No neuron's traces touch another's: they are followed for some neurons after the other, as many
    as a processor's cache holds the traces of.
    """
    most = BLOCK if heard.device.type == "cpu" else DEVICE_BLOCK
    size = max(1, most // heard[0].numel())
    parts = []
    for start in range(0, now.shape[2], size):
        part = slice(start, start + size)
        seen = [by_neuron(one, part) for one in before]
        parts.append(_traced(own.of(part), readout, seen, by_neuron(now, part), heard, poll))
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
