# Rendered from components/neurons/klif/component.yaml by `spikex components render`: edit that file, not this.
"""k-scaled leaky integrate-and-fire, version 1.0.0. A discrete leaky neuron that learns how steeply its potential is scaled and cuts off what is negative."""

import torch


def constants(dt, p_k, p_tau, p_v_th, p_v_reset):
    """What does not change from step to step, then the first value of each state."""
    return [p_v_reset]


def step(fire, p_k, p_tau, p_v_th, p_v_reset, s_v, x_I):
    """One time step with reset=value: what goes out, then the new state."""
    # what a plain leaky neuron would have
    l_charge = s_v + (x_I - (s_v - p_v_reset)) / p_tau
    # v[t] = relu(k*charge)
    n_v = torch.relu(p_k * l_charge)
    # v >= v_th
    spike = fire(n_v - p_v_th)
    # where it fired: v = v_reset
    n_v = torch.where(spike > 0, p_v_reset, n_v)
    return spike, n_v


def step_subtract(fire, p_k, p_tau, p_v_th, p_v_reset, s_v, x_I):
    """One time step with reset=subtract: what goes out, then the new state."""
    # what a plain leaky neuron would have
    l_charge = s_v + (x_I - (s_v - p_v_reset)) / p_tau
    # v[t] = relu(k*charge)
    n_v = torch.relu(p_k * l_charge)
    # v >= v_th
    spike = fire(n_v - p_v_th)
    # where it fired: v -= v_th
    n_v = n_v - spike.detach() * p_v_th
    return spike, n_v
