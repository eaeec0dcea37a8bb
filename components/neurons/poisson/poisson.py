# Rendered from components/neurons/poisson/component.yaml by `spikex components render`: edit that file, not this.
"""Poisson source (Bernoulli per step), version 1.0.0. Fires at random, at every step anew, as often on average as its input says."""

import torch


def constants(dt, p_gain):
    """What does not change from step to step, then the first value of each state."""
    # how many ms a second has
    k_second = torch.full_like(dt, 1000)
    return [k_second]


def step(fire, p_gain, k_second, dt, x_rate, z_xi):
    """One time step. Constants: constants()."""
    # probability of a spike in this step
    l_p = p_gain * x_rate * dt / k_second
    # p > xi
    spike = fire(l_p - z_xi)
    return spike
