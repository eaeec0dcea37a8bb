# Rendered from components/surrogates/sigmoid/component.yaml by `spikex components render`: edit that file, not this.
"""Sigmoid, version 1.0.0. Takes the slope of a logistic curve for that of the threshold: smooth, light tails."""

import torch


def derivative(x_u, p_slope):
    out = p_slope * torch.sigmoid(p_slope * x_u) * (1 - torch.sigmoid(p_slope * x_u))
    return out
