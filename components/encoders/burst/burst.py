"""Bursts: more spikes and shorter intervals for larger values."""

import torch


def encode(x, p, steps, generator):
    """Return spikes ``[steps, B, …]`` for values `x` ``[B, …]`` in 0..1."""
    count = torch.ceil(p.most * x)
    interval = torch.ceil(p.longest - (p.longest - p.shortest) * x)
    clock = torch.arange(steps, device=x.device, dtype=x.dtype).reshape(-1, *[1] * x.dim())
    number = torch.floor(clock / interval)
    return ((clock == number * interval) & (number < count)).to(x.dtype)
