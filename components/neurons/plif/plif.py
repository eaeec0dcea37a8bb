# Rendered from components/neurons/plif/component.yaml by `spikex components render`: edit that file, not this.
"""Parametric leaky integrate-and-fire, version 1.0.0. A discrete leaky neuron whose time constant is learned, kept above one step by a sigmoid."""

import torch


def constants(dt, p_a, p_v_th, p_v_reset):
    """What does not change from step to step, then the first value of each state."""
    # one over the time constant: the part of the way to the input that a step goes
    k_kappa = torch.sigmoid(p_a)
    return [k_kappa, p_v_reset]


def step(fire, p_v_th, p_v_reset, k_kappa, s_v, x_I):
    """One time step with reset=value: what goes out, then the new state. Constants: constants()."""
    # v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
    n_v = s_v + (x_I - (s_v - p_v_reset)) * k_kappa
    # v >= v_th
    spike = fire(n_v - p_v_th)
    # where it fired: v = v_reset
    n_v = torch.where(spike > 0, p_v_reset, n_v)
    return spike, n_v


def step_subtract(fire, p_v_th, p_v_reset, k_kappa, s_v, x_I):
    """One time step with reset=subtract: what goes out, then the new state. Constants: constants()."""
    # v[t] = v[t-1] + (I[t] - (v[t-1] - v_reset))*kappa
    n_v = s_v + (x_I - (s_v - p_v_reset)) * k_kappa
    # v >= v_th
    spike = fire(n_v - p_v_th)
    # where it fired: v -= v_th
    n_v = n_v - spike.detach() * p_v_th
    return spike, n_v
