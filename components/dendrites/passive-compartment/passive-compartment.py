# Rendered from components/dendrites/passive-compartment/component.yaml by `spikex components render`: edit that file, not this.
"""Passive compartment, version 1.0.0. A piece of membrane without spikes: a leaky capacitor, joined to a neighbour by a conductance."""

import torch


def constants(dt, p_C_m, p_g_L, p_E_L, p_g_c):
    """What does not change from step to step, then the first value of each state."""
    # how much of V is left after one step
    c_decay_V = torch.exp((-p_g_L - p_g_c) / p_C_m * dt)
    return [c_decay_V, p_E_L]


def step(fire, p_g_L, p_E_L, p_g_c, c_decay_V, s_V, x_I, x_V_n):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # where V is heading
    t_rest_V = -(p_g_L * p_E_L + p_g_c * x_V_n + x_I) / (-p_g_L - p_g_c)
    # dV/dt = (g_L*(E_L - V) + g_c*(V_n - V) + I)/C_m
    n_V = t_rest_V + (s_V - t_rest_V) * c_decay_V
    # V
    out = n_V
    return out, n_V
