"""Latency encoding: one spike per value, earlier for larger values."""

import torch

from spikex_lab.nn.encoding import spikes


def encode(x, p, steps, generator):
    """Return spikes ``[steps, B, …]`` for values `x` ``[B, …]`` in 0..1; at most one per value."""
    if p.kind == "linear":
        moment = (1 - x) * (steps - 1)
    else:
        above = torch.clamp(x - p.cutoff, min=torch.finfo(x.dtype).tiny)
        moment = p.tau * torch.log(torch.clamp(x, min=torch.finfo(x.dtype).tiny) / above)
    moment = torch.where(x > p.cutoff, torch.round(moment), torch.full_like(x, steps))
    clock = torch.arange(steps, device=x.device, dtype=x.dtype).reshape(-1, *[1] * x.dim())
    return spikes(torch.eq, moment, clock)
