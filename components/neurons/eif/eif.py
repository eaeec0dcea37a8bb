# Rendered from components/neurons/eif/component.yaml by `spikex components render`: edit that file, not this.
"""Exponential integrate-and-fire, version 1.0.0. A leaky membrane with an exponential upstroke: how the sodium current begins a spike, in one term."""

import torch


def constants(dt, p_C, p_g_L, p_E_L, p_V_T, p_Delta_T, p_V_peak, p_V_r, p_t_ref):
    """What does not change from step to step, then the first value of each state."""
    # refractory period in steps
    c_refractory = torch.round(p_t_ref / dt)
    return [c_refractory, p_E_L, 0]


def step(fire, p_C, p_g_L, p_E_L, p_V_T, p_Delta_T, p_V_peak, p_V_r, c_refractory, dt, s_V, s_refractory, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    l_U = torch.minimum(s_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    # dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) + I)/C
    d1_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) + x_I) / p_C
    y2_V = s_V + dt / 2 * d1_V
    l_U = torch.minimum(y2_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    d2_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) + x_I) / p_C
    y3_V = s_V + dt / 2 * d2_V
    l_U = torch.minimum(y3_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    d3_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) + x_I) / p_C
    y4_V = s_V + dt * d3_V
    l_U = torch.minimum(y4_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    d4_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) + x_I) / p_C
    n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V)
    # stands still while refractory
    n_V = torch.where(s_refractory > 0, s_V, n_V)
    # V >= V_peak
    spike = torch.where(s_refractory > 0, 0, fire(n_V - p_V_peak, p_V_peak - p_E_L))
    # where it fired: V = V_r
    n_V = torch.where(spike > 0, p_V_r, n_V)
    # steps left to stand still
    n_refractory = torch.where(spike > 0, c_refractory, torch.clamp(s_refractory - 1, min=0))
    return spike, n_V, n_refractory
