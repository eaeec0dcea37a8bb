# Rendered from components/neurons/adex/component.yaml by `spikex components render`: edit that file, not this.
"""Adaptive exponential integrate-and-fire (AdEx), version 1.0.0. An exponential upstroke and one slow adaptation current: fits the spikes of cortical cells to a few milliseconds."""

import torch


def constants(dt, p_C, p_g_L, p_E_L, p_V_T, p_Delta_T, p_a, p_tau_w, p_b, p_V_r, p_V_peak):
    """What does not change from step to step, then the first value of each state."""
    return [0, p_E_L]


def step(fire, p_C, p_g_L, p_E_L, p_V_T, p_Delta_T, p_a, p_tau_w, p_b, p_V_r, p_V_peak, dt, s_w, s_V, x_I):
    """One time step: what goes out, then the new state."""
    l_U = torch.minimum(s_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    # dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
    d1_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) - s_w + x_I) / p_C
    # dw/dt = (a*(U - E_L) - w)/tau_w
    d1_w = (p_a * (l_U - p_E_L) - s_w) / p_tau_w
    y2_V = s_V + dt / 2 * d1_V
    y2_w = s_w + dt / 2 * d1_w
    l_U = torch.minimum(y2_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    # dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
    d2_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) - y2_w + x_I) / p_C
    # dw/dt = (a*(U - E_L) - w)/tau_w
    d2_w = (p_a * (l_U - p_E_L) - y2_w) / p_tau_w
    y3_V = s_V + dt / 2 * d2_V
    y3_w = s_w + dt / 2 * d2_w
    l_U = torch.minimum(y3_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    # dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
    d3_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) - y3_w + x_I) / p_C
    # dw/dt = (a*(U - E_L) - w)/tau_w
    d3_w = (p_a * (l_U - p_E_L) - y3_w) / p_tau_w
    y4_V = s_V + dt * d3_V
    y4_w = s_w + dt * d3_w
    l_U = torch.minimum(y4_V, p_V_peak)
    l_x = torch.clamp((l_U - p_V_T) / p_Delta_T, max=20)
    # dV/dt = (-g_L*(U - E_L) + g_L*Delta_T*exp(x) - w + I)/C
    d4_V = (-p_g_L * (l_U - p_E_L) + p_g_L * p_Delta_T * torch.exp(l_x) - y4_w + x_I) / p_C
    # dw/dt = (a*(U - E_L) - w)/tau_w
    d4_w = (p_a * (l_U - p_E_L) - y4_w) / p_tau_w
    n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V)
    n_w = s_w + dt / 6 * (d1_w + 2 * d2_w + 2 * d3_w + d4_w)
    # V >= V_peak
    spike = fire(n_V - p_V_peak, p_V_peak - p_E_L)
    # where it fired: V = V_r
    n_V = torch.where(spike > 0, p_V_r, n_V)
    # where it fired: w += b
    n_w = n_w + spike.detach() * p_b
    return spike, n_w, n_V
