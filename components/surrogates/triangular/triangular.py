# Rendered from components/surrogates/triangular/component.yaml by `spikex components render`: edit that file, not this.
"""Triangle, version 1.0.0. Falls off in a straight line to both sides of the threshold: nothing beyond its width."""

import torch


def derivative(x_u, p_height, p_width):
    out = p_height * torch.clamp(1 - torch.abs(x_u) / p_width, min=0)
    return out
