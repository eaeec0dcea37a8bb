# Rendered from components/surrogates/straight-through/component.yaml by `spikex components render`: edit that file, not this.
"""Straight-through, version 1.0.0. Lets the gradient through as if there were no threshold at all."""

import torch


def derivative(x_u):
    out = 1 + 0 * x_u
    return out
