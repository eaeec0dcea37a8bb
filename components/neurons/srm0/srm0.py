# Rendered from components/neurons/srm0/component.yaml by `spikex components render`: edit that file, not this.
"""Spike response model (SRM0), version 1.0.0. No equation for a membrane but kernels: what an incoming spike adds, and what the neuron's own last spike takes away."""

import torch


def propagator(dt, rates):
    """exp(dt*[[A, 1], [0, 0]]) of the matrix A of `rates`: its exact step, and its integral."""
    a = torch.stack([torch.stack([value + 0 * dt for value in row]) for row in rates])
    one = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    zero = torch.zeros_like(a)
    m = torch.cat([torch.cat([a, one], 1), torch.cat([zero, zero], 1)])
    return torch.linalg.matrix_exp(dt * m)


def constants(dt, p_tau_s, p_tau_r, p_theta):
    """What does not change from step to step, then the first value of each state."""
    # the exact step of z, r, u together
    t_prop = propagator(dt, [[-1 / p_tau_s, 0, 0], [0, -1 / p_tau_r, 0], [1 / p_tau_s, 1 / p_tau_s + -1 / p_tau_r, -1 / p_tau_s]])
    c_prop_0_0 = t_prop[0, 0]
    c_prop_1_1 = t_prop[1, 1]
    c_prop_2_0 = t_prop[2, 0]
    c_prop_2_1 = t_prop[2, 1]
    c_prop_2_2 = t_prop[2, 2]
    return [c_prop_0_0, c_prop_1_1, c_prop_2_0, c_prop_2_1, c_prop_2_2, 0, 0, 0]


def step(fire, p_theta, c_prop_0_0, c_prop_1_1, c_prop_2_0, c_prop_2_1, c_prop_2_2, s_z, s_r, s_u, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # dz/dt = -z/tau_s
    n_z = c_prop_0_0 * s_z
    # dr/dt = -r/tau_r
    n_r = c_prop_1_1 * s_r
    # du/dt = (z - h)/tau_s - r/tau_r
    n_u = c_prop_2_0 * s_z + c_prop_2_1 * s_r + c_prop_2_2 * s_u
    # z += exp(1)*I
    n_z = n_z + 2.718281828459045 * x_I
    # u >= theta
    spike = fire(n_u - p_theta, p_theta)
    # where it fired: u -= theta + r
    n_u = n_u - spike.detach() * (p_theta + n_r)
    # where it fired: r = -theta
    n_r = torch.where(spike > 0, -p_theta, n_r)
    return spike, n_z, n_r, n_u
