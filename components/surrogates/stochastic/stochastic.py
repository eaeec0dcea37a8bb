# Rendered from components/surrogates/stochastic/component.yaml by `spikex components render`: edit that file, not this.
"""Stochastic spike operator, version 1.0.0. Full slope above the threshold; below it a small random one, drawn anew each time."""

import torch


def derivative(x_u, p_mean, p_spread, z_xi):
    out = torch.where(x_u > 0, 1 + 0 * x_u, p_spread * (z_xi - 0.5 + p_mean))
    return out
