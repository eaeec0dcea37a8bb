# Rendered from components/surrogates/leaky-relu/component.yaml by `spikex components render`: edit that file, not this.
"""Leaky ReLU, version 1.0.0. Full slope above the threshold, a small one below."""

import torch


def derivative(x_u, p_slope):
    out = torch.where(x_u < 0, p_slope, 1 + 0 * x_u)
    return out
