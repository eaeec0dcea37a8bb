# Rendered from components/synapses/delta/component.yaml by `spikex components render`: edit that file, not this.
"""Delta synapse, version 1.0.0. Every spike lifts the potential of the neuron behind it at once, by its weight in mV."""

import torch


def constants(dt, p_tau_m, p_C_m):
    """What does not change from step to step, then the first value of each state."""
    # the current which, during one step, lifts the potential by 1 mV
    k_lift = p_C_m / (p_tau_m * (1 - torch.exp(-dt / p_tau_m)))
    return [k_lift]


def step(fire, k_lift, x_x):
    """One time step. Constants: constants()."""
    # lift*x
    out = k_lift * x_x
    return out
