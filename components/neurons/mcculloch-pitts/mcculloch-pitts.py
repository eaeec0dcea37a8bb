# Rendered from components/neurons/mcculloch-pitts/component.yaml by `spikex components render`: edit that file, not this.
"""McCulloch-Pitts unit, version 1.0.0. The first formal neuron: it fires when enough of its inputs do, unless an inhibitory one forbids it."""

import torch


def step(fire, p_theta, x_x, x_veto):
    """One time step."""
    # x*(1 - step(veto)) >= theta
    spike = fire(x_x * (1 - (x_veto > 0).to(x_x.dtype)) - p_theta)
    return spike
