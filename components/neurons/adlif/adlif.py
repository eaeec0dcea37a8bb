# Rendered from components/neurons/adlif/component.yaml by `spikex components render`: edit that file, not this.
"""Adaptive leaky integrate-and-fire (current, symplectic Euler), version 1.0.0. A leaky neuron held back by a slow current, which follows the potential and jumps at every spike."""

import torch


def constants(dt, p_tau_u, p_tau_w, p_a, p_b, p_q, p_v_th):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the potential after one step
    k_alpha = torch.exp(-dt / p_tau_u)
    # what is left of the adaptation current after one step
    k_rho = torch.exp(-dt / p_tau_w)
    return [k_alpha, k_rho, 0, 0]


def step(fire, p_a, p_b, p_q, p_v_th, k_alpha, k_rho, s_w, s_u, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # w[t] = w[t-1]
    n_w = s_w
    # u[t] = alpha*u[t-1] + (1 - alpha)*(I[t] - w[t-1])
    n_u = k_alpha * s_u + (1 - k_alpha) * (x_I - s_w)
    # u > v_th
    spike = fire(n_u - p_v_th)
    # where it fired: u = 0
    n_u = torch.where(spike > 0, 0, n_u)
    # w = rho*w + (1 - rho)*(a*u + b*spike)*q
    n_w = k_rho * n_w + (1 - k_rho) * (p_a * n_u + p_b * spike) * p_q
    return spike, n_w, n_u
