"""Convolution over images (cross-correlation, as everywhere in machine learning)."""

import torch


def forward(x, p, w, mode):
    """Return ``[N, channels, h', w']`` for `x` ``[N, c, h, w]``."""
    return torch.nn.functional.conv2d(x, w["weight"], w.get("bias"), stride=p.stride, padding=p.padding)
