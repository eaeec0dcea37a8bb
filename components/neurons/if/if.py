# Rendered from components/neurons/if/component.yaml by `spikex components render`: edit that file, not this.
"""Perfect integrate-and-fire, version 1.0.0. A capacitor without a leak: it adds up its input, fires at the threshold and starts again."""

import torch


def constants(dt, p_C_m, p_v_th, p_v_reset):
    """What does not change from step to step, then the first value of each state."""
    return [p_v_reset]


def step(fire, p_C_m, p_v_th, p_v_reset, dt, s_v, x_I):
    """One time step with reset=value: what goes out, then the new state."""
    # dv/dt = I/C_m
    n_v = s_v + dt * (x_I / p_C_m)
    # v >= v_th
    spike = fire(n_v - p_v_th, p_v_th - p_v_reset)
    # where it fired: v = v_reset
    n_v = torch.where(spike > 0, p_v_reset, n_v)
    return spike, n_v


def step_subtract(fire, p_C_m, p_v_th, p_v_reset, dt, s_v, x_I):
    """One time step with reset=subtract: what goes out, then the new state."""
    # dv/dt = I/C_m
    n_v = s_v + dt * (x_I / p_C_m)
    # v >= v_th
    spike = fire(n_v - p_v_th, p_v_th - p_v_reset)
    # where it fired: v -= v_th - v_reset
    n_v = n_v - spike.detach() * (p_v_th - p_v_reset)
    return spike, n_v
