"""Rate encoding: independent spikes with a probability that follows the value."""

import torch

from spikex_lab.nn.encoding import spikes


def encode(x, p, steps, generator):
    """Return spikes ``[steps, B, …]`` for values `x` ``[B, …]`` in 0..1."""
    device = x.device if generator is None else generator.device
    drawn = torch.rand((steps, *x.shape), generator=generator, device=device, dtype=x.dtype).to(x.device)
    return spikes(torch.lt, drawn, x * p.gain, out=drawn)
