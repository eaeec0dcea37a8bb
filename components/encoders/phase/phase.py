"""Binary digits in phases, the most valuable one first."""

import torch


def encode(x, p, steps, generator):
    """Return ``[steps, B, …]``: the digits of `x` ``[B, …]`` in 0..1, cycle after cycle."""
    levels = 2**p.bits
    whole = torch.clamp(torch.floor(x.double() * levels), 0, levels - 1).long()
    phase = torch.arange(steps, device=x.device) % p.bits
    phase = phase.reshape(-1, *[1] * x.dim())
    digit = ((whole >> (p.bits - 1 - phase)) & 1).to(x.dtype)
    return digit * torch.pow(2.0, -(1.0 + phase)).to(x.dtype) if p.weighted else digit
