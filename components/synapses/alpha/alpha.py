# Rendered from components/synapses/alpha/component.yaml by `spikex components render`: edit that file, not this.
"""Alpha synapse, version 1.0.0. Every spike starts a current that rises smoothly, peaks after tau_s at its weight, and decays."""

import torch


def propagator(dt, rates):
    """exp(dt*[[A, 1], [0, 0]]) of the matrix A of `rates`: its exact step, and its integral."""
    a = torch.stack([torch.stack([value + 0 * dt for value in row]) for row in rates])
    one = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    zero = torch.zeros_like(a)
    m = torch.cat([torch.cat([a, one], 1), torch.cat([zero, zero], 1)])
    return torch.linalg.matrix_exp(dt * m)


def constants(dt, p_tau_s):
    """What does not change from step to step, then the first value of each state."""
    # the exact step of y, I together
    t_prop = propagator(dt, [[-1 / p_tau_s, 0], [1, -1 / p_tau_s]])
    c_prop_0_0 = t_prop[0, 0]
    c_prop_1_0 = t_prop[1, 0]
    c_prop_1_1 = t_prop[1, 1]
    return [c_prop_0_0, c_prop_1_0, c_prop_1_1, 0, 0]


def step(fire, p_tau_s, c_prop_0_0, c_prop_1_0, c_prop_1_1, s_y, s_I, x_x):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # dy/dt = -y/tau_s
    n_y = c_prop_0_0 * s_y
    # dI/dt = y - I/tau_s
    n_I = c_prop_1_0 * s_y + c_prop_1_1 * s_I
    # y += exp(1)*x/tau_s
    n_y = n_y + 2.718281828459045 * x_x / p_tau_s
    # I
    out = n_I
    return out, n_y, n_I
