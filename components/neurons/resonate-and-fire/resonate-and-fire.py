# Rendered from components/neurons/resonate-and-fire/component.yaml by `spikex components render`: edit that file, not this.
"""Resonate-and-fire, version 1.0.0. A damped oscillator that fires where its potential swings over the threshold: it listens to rhythm, not to sums."""

import torch


def propagator(dt, rates):
    """exp(dt*[[A, 1], [0, 0]]) of the matrix A of `rates`: its exact step, and its integral."""
    a = torch.stack([torch.stack([value + 0 * dt for value in row]) for row in rates])
    one = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    zero = torch.zeros_like(a)
    m = torch.cat([torch.cat([a, one], 1), torch.cat([zero, zero], 1)])
    return torch.linalg.matrix_exp(dt * m)


def constants(dt, p_b, p_omega, p_tau, p_theta):
    """What does not change from step to step, then the first value of each state."""
    # the exact step of x, y together
    t_prop = propagator(dt, [[p_b / p_tau, -p_omega / p_tau], [p_omega / p_tau, p_b / p_tau]])
    c_prop_0_0 = t_prop[0, 0]
    c_prop_0_1 = t_prop[0, 1]
    c_drive_0_0 = t_prop[0, 2]
    c_prop_1_0 = t_prop[1, 0]
    c_prop_1_1 = t_prop[1, 1]
    c_drive_1_0 = t_prop[1, 2]
    return [c_prop_0_0, c_prop_0_1, c_drive_0_0, c_prop_1_0, c_prop_1_1, c_drive_1_0, 0, 0]


def step(fire, p_tau, p_theta, c_prop_0_0, c_prop_0_1, c_drive_0_0, c_prop_1_0, c_prop_1_1, c_drive_1_0, s_x, s_y, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # what drives x besides the others
    t_drive_x = x_I / p_tau
    # dx/dt = (b*x - omega*y + I)/tau
    n_x = c_prop_0_0 * s_x + c_prop_0_1 * s_y + c_drive_0_0 * t_drive_x
    # dy/dt = (omega*x + b*y)/tau
    n_y = c_prop_1_0 * s_x + c_prop_1_1 * s_y + c_drive_1_0 * t_drive_x
    # y >= theta
    spike = fire(n_y - p_theta, p_theta)
    # where it fired: x = 0
    n_x = torch.where(spike > 0, 0, n_x)
    # where it fired: y = theta
    n_y = torch.where(spike > 0, p_theta, n_y)
    return spike, n_x, n_y
