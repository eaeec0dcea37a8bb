# Rendered from components/synapses/tsodyks-markram/component.yaml by `spikex components render`: edit that file, not this.
"""Tsodyks-Markram synapse, version 1.0.0. A synapse that tires and warms up: every spike uses part of its resources, and raises the part that the next one uses."""

import torch


def constants(dt, p_U, p_tau_rec, p_tau_fac, p_A, p_tau_s):
    """What does not change from step to step, then the first value of each state."""
    # how much of u is left after one step
    c_decay_u = torch.exp(-dt / p_tau_fac)
    # how much of x is left after one step
    c_decay_x = torch.exp(-dt / p_tau_rec)
    # how much of I is left after one step
    c_decay_I = torch.exp(-dt / p_tau_s)
    return [c_decay_u, c_decay_x, c_decay_I, 0, 1, 0]


def step(fire, p_U, p_A, c_decay_u, c_decay_x, c_decay_I, s_u, s_x, s_I, x_s):
    """One time step with give=current: what goes out, then the new state. Constants: constants()."""
    # where u is heading
    t_rest_u = 0
    # du/dt = -u/tau_fac
    n_u = t_rest_u + (s_u - t_rest_u) * c_decay_u
    # where x is heading
    t_rest_x = 1
    # dx/dt = (1 - x)/tau_rec
    n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x
    # where I is heading
    t_rest_I = 0
    # dI/dt = -I/tau_s
    n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I
    # u += U*(1 - u)*s
    n_u = n_u + p_U * (1 - n_u) * x_s
    # I += A*u*x*s
    n_I = n_I + p_A * n_u * n_x * x_s
    # x -= u*x*s
    n_x = n_x - n_u * n_x * x_s
    # I
    out = n_I
    return out, n_u, n_x, n_I


def step_pulse(fire, p_U, p_A, c_decay_u, c_decay_x, c_decay_I, s_u, s_x, s_I, x_s):
    """One time step with give=pulse: what goes out, then the new state. Constants: constants()."""
    # where u is heading
    t_rest_u = 0
    # du/dt = -u/tau_fac
    n_u = t_rest_u + (s_u - t_rest_u) * c_decay_u
    # where x is heading
    t_rest_x = 1
    # dx/dt = (1 - x)/tau_rec
    n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x
    # where I is heading
    t_rest_I = 0
    # dI/dt = -I/tau_s
    n_I = t_rest_I + (s_I - t_rest_I) * c_decay_I
    # u += U*(1 - u)*s
    n_u = n_u + p_U * (1 - n_u) * x_s
    # I = A*u*x*s
    n_I = p_A * n_u * n_x * x_s
    # x -= u*x*s
    n_x = n_x - n_u * n_x * x_s
    # I
    out = n_I
    return out, n_u, n_x, n_I
