# Rendered from components/synapses/exponential/component.yaml by `spikex components render`: edit that file, not this.
"""Exponential synapse, version 1.0.0. Every spike starts a current that decays exponentially."""

import torch


def constants(dt, p_tau_s):
    """What does not change from step to step, then the first value of each state."""
    # how much of I is left after one step
    c_decay_I = torch.exp(-dt / p_tau_s)
    return [c_decay_I, 0]


def step(fire, c_decay_I, s_I, x_x):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # where I is heading
    t_rest_I = 0
    # dI/dt = -I/tau_s
    n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I
    # I += x
    n_I = n_I + x_x
    # I
    out = n_I
    return out, n_I
