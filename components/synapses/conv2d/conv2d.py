"""Convolution over images (cross-correlation, as everywhere in machine learning)."""

import torch

from spikex_lab.nn.layout import channels_last


def forward(x, p, w, mode):
    """Return ``[N, channels, h', w']`` for `x` ``[N, c, h, w]``."""
    weight = channels_last(w["weight"])
    return torch.nn.functional.conv2d(x, weight, w.get("bias"), stride=p.stride, padding=p.padding)
