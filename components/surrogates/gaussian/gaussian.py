# Rendered from components/surrogates/gaussian/component.yaml by `spikex components render`: edit that file, not this.
"""Gaussian, version 1.0.0. A bell curve over the threshold: the density of normal noise on it."""

import torch


def derivative(x_u, p_sigma):
    out = torch.exp(-(x_u / p_sigma) ** 2 / 2) / (2.5066282746310002 * p_sigma)
    return out
