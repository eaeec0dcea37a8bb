"""One spike per value, in the order of size."""

import torch

from spikex_lab.nn.encoding import spikes


def encode(x, p, steps, generator):
    """Return spikes ``[steps, B, …]`` for values `x` ``[B, …]``; at most one per value."""
    flat = x.flatten(1)
    rank = flat.argsort(dim=1, descending=True, stable=True).argsort(dim=1)
    moment = torch.div(rank * steps, flat.shape[1], rounding_mode="floor")
    moment = torch.where(flat > p.cutoff, moment, steps).reshape(x.shape).to(x.dtype)
    clock = torch.arange(steps, device=x.device, dtype=x.dtype).reshape(-1, *[1] * x.dim())
    return spikes(torch.eq, moment, clock)
