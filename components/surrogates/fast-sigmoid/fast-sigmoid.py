# Rendered from components/surrogates/fast-sigmoid/component.yaml by `spikex components render`: edit that file, not this.
"""Fast sigmoid (SuperSpike), version 1.0.0. Takes the slope of a fast sigmoid for that of the threshold: narrow, cheap, without exponentials."""

import torch


def derivative(x_u, p_slope):
    out = 1 / (p_slope * torch.abs(x_u) + 1) ** 2
    return out
