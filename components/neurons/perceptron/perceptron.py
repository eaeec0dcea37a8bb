# Rendered from components/neurons/perceptron/component.yaml by `spikex components render`: edit that file, not this.
"""Perceptron unit, version 1.0.0. Says yes (1) where the weighted sum of its inputs is above zero, and no (0) elsewhere."""

import torch


def step(fire, x_a):
    """One time step."""
    # a > 0
    spike = fire(x_a)
    return spike
