# Rendered from components/surrogates/atan/component.yaml by `spikex components render`: edit that file, not this.
"""Arctangent, version 1.0.0. Takes the slope of an arctangent for that of the threshold: broad tails, learns even far from it."""

import torch


def derivative(x_u, p_alpha):
    out = p_alpha / 2 / (1 + (torch.pi / 2 * p_alpha * x_u) ** 2)
    return out
