# Rendered from components/dendrites/dendritic-spike/component.yaml by `spikex components render`: edit that file, not this.
"""Dendritic spike, version 1.0.0. A branch that answers enough input at once with a plateau: a current into the soma that lasts tens of milliseconds."""

import torch


def constants(dt, p_C_m, p_g_L, p_E_L, p_theta_d, p_I_p, p_tau_p, p_g_c):
    """What does not change from step to step, then the first value of each state."""
    # how much of V is left after one step
    c_decay_V = torch.exp(-p_g_L / p_C_m * dt)
    # refractory period in steps
    c_refractory = torch.round(p_tau_p / dt)
    return [c_decay_V, c_refractory, p_E_L, 0, 0, 0]


def step(fire, p_g_L, p_E_L, p_theta_d, p_I_p, p_tau_p, p_g_c, c_decay_V, c_refractory, dt, s_V, s_left, s_plateau, s_refractory, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # where V is heading
    t_rest_V = (p_g_L * p_E_L + x_I) / p_g_L
    # dV/dt = (g_L*(E_L - V) + I)/C_m
    n_V = t_rest_V + (s_V - t_rest_V) * c_decay_V
    # dleft/dt = -1
    n_left = s_left + dt * -1
    # dplateau/dt = 0
    n_plateau = s_plateau + dt * 0
    # V > theta_d
    spike = torch.where(s_refractory > 0, 0, fire(n_V - p_theta_d, p_theta_d - p_E_L))
    # steps left to stand still
    n_refractory = torch.where(spike > 0, c_refractory, torch.clamp(s_refractory - 1, min=0))
    # plateau = spike + (plateau if left > dt/2 else 0)
    n_plateau = spike + torch.where(n_left > dt / 2, n_plateau, 0)
    # left = tau_p if spike > 0 else max(left, 0)
    n_left = torch.where(spike > 0, p_tau_p, torch.clamp(n_left, min=0))
    # g_c*(V - E_L) + I_p*plateau
    out = p_g_c * (n_V - p_E_L) + p_I_p * n_plateau
    return out, n_V, n_left, n_plateau, n_refractory
