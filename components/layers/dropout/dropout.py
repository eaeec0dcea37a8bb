"""Dropout: silence a random share of the inputs while training."""

import torch


def forward(x, p, w, mode):
    """Return `x` ``[steps*B, …]`` with a share of its values set to 0, the same at every step."""
    if not mode.training or p.rate == 0:
        return x
    steps = x.reshape(mode.steps, -1, *x.shape[1:])
    device = x.device if mode.generator is None else mode.generator.device
    drawn = torch.rand(steps.shape[1:], generator=mode.generator, device=device).to(x.device)
    kept = (drawn >= p.rate).to(x.dtype) / (1 - p.rate)
    return (steps * kept).reshape(x.shape)
