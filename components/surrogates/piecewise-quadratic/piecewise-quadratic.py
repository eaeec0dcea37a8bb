# Rendered from components/surrogates/piecewise-quadratic/component.yaml by `spikex components render`: edit that file, not this.
"""Piecewise quadratic, version 1.0.0. The step becomes two parabolas; their slope is a triangle of area one."""

import torch


def derivative(x_u, p_alpha):
    out = torch.clamp(p_alpha - p_alpha ** 2 * torch.abs(x_u), min=0)
    return out
