"""Gaussian receptive fields, then latency, rate or the excitation itself."""

import torch

from spikex_lab.nn.encoding import spikes


def excitation(x, p):
    """Return how much each neuron is excited, ``[B, size*m]`` in 0..1, for values ``[B, …]``."""
    spacing = (p.high - p.low) / (p.neurons - 2)
    number = torch.arange(1, p.neurons + 1, device=x.device, dtype=x.dtype)
    centre = p.low + (2 * number - 3) / 2 * spacing
    width = spacing / p.gamma
    bell = torch.exp(-((x.flatten(1).unsqueeze(-1) - centre) ** 2) / (2 * width**2))
    return bell.flatten(1)


def encode(x, p, steps, generator):
    """Return ``[steps, B, size*m]`` for values `x` ``[B, …]``."""
    excited = excitation(x, p)
    if p.kind == "direct":
        return excited.expand(steps, *excited.shape)
    if p.kind == "rate":
        drawn = torch.rand(
            (steps, *excited.shape), generator=generator, device=x.device, dtype=x.dtype
        )
        return spikes(torch.lt, drawn, excited, out=drawn)
    moment = torch.round((1 - excited) * (steps - 1))
    moment = torch.where(excited >= p.cutoff, moment, torch.full_like(moment, steps))
    clock = torch.arange(steps, device=x.device, dtype=x.dtype).reshape(-1, 1, 1)
    return spikes(torch.eq, moment, clock)
