# Rendered from components/layers/tanh/component.yaml by `spikex components render`: edit that file, not this.
"""Hyperbolic tangent unit, version 1.0.0. Squeezes any number between -1 and 1, zero staying zero."""

import torch


def step(fire, x_a):
    """One time step."""
    # tanh(a)
    out = torch.tanh(x_a)
    return out
