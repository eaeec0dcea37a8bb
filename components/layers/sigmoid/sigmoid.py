# Rendered from components/layers/sigmoid/component.yaml by `spikex components render`: edit that file, not this.
"""Sigmoid unit, version 1.0.0. Squeezes any number between 0 and 1: 1/(1 + exp(-x))."""

import torch


def step(fire, x_a):
    """One time step."""
    # sigmoid(a)
    out = torch.sigmoid(x_a)
    return out
