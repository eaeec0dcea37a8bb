# Rendered from components/neurons/qif/component.yaml by `spikex components render`: edit that file, not this.
"""Quadratic integrate-and-fire, version 1.0.0. A membrane whose own current grows with the square of the potential: the simplest neuron with a real upstroke."""

import torch


def constants(dt, p_tau, p_a_0, p_v_rest, p_v_c, p_v_peak, p_v_reset):
    """What does not change from step to step, then the first value of each state."""
    return [p_v_rest]


def step(fire, p_tau, p_a_0, p_v_rest, p_v_c, p_v_peak, p_v_reset, dt, s_v, x_I):
    """One time step: what goes out, then the new state."""
    l_u = torch.minimum(s_v, p_v_peak)
    # dv/dt = (a_0*(u - v_rest)*(u - v_c) + I)/tau
    d1_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau
    y2_v = s_v + dt / 2 * d1_v
    l_u = torch.minimum(y2_v, p_v_peak)
    d2_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau
    y3_v = s_v + dt / 2 * d2_v
    l_u = torch.minimum(y3_v, p_v_peak)
    d3_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau
    y4_v = s_v + dt * d3_v
    l_u = torch.minimum(y4_v, p_v_peak)
    d4_v = (p_a_0 * (l_u - p_v_rest) * (l_u - p_v_c) + x_I) / p_tau
    n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v)
    # v >= v_peak
    spike = fire(n_v - p_v_peak, p_v_peak - p_v_reset)
    # where it fired: v = v_reset
    n_v = torch.where(spike > 0, p_v_reset, n_v)
    return spike, n_v
