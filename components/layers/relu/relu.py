# Rendered from components/layers/relu/component.yaml by `spikex components render`: edit that file, not this.
"""Rectified linear unit, version 1.0.0. Passes what is positive and nothing else: max(0, x)."""

import torch


def step(fire, x_a):
    """One time step."""
    # relu(a)
    out = torch.relu(x_a)
    return out
