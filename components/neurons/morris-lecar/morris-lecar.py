# Rendered from components/neurons/morris-lecar/component.yaml by `spikex components render`: edit that file, not this.
"""Morris-Lecar, version 1.0.0. Calcium in at once, potassium out a little later: two equations with real channels, made for a barnacle's muscle."""

import torch


def constants(dt, p_C_m, p_g_L, p_g_Ca, p_g_K, p_V_L, p_V_Ca, p_V_K, p_V_1, p_V_2, p_V_3, p_V_4, p_lambda_n, p_v_th, p_gain):
    """What does not change from step to step, then the first value of each state."""
    # the rate takes lower potentials for this one
    k_V_low = torch.full_like(dt, -100.0)
    # the rate takes higher potentials for this one
    k_V_high = torch.full_like(dt, 100.0)
    return [k_V_low, k_V_high, 0.5 * (1 + torch.tanh((p_V_L - p_V_3) / p_V_4)), p_V_L]


def step(fire, p_C_m, p_g_L, p_g_Ca, p_g_K, p_V_L, p_V_Ca, p_V_K, p_V_1, p_V_2, p_V_3, p_V_4, p_lambda_n, p_v_th, p_gain, k_V_low, k_V_high, dt, s_n, s_V, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    l_U = torch.minimum(torch.maximum(s_V, k_V_low), k_V_high)
    l_m_inf = 0.5 * (1 + torch.tanh((s_V - p_V_1) / p_V_2))
    l_n_inf = 0.5 * (1 + torch.tanh((s_V - p_V_3) / p_V_4))
    l_rate = p_lambda_n * torch.cosh((l_U - p_V_3) / (2 * p_V_4))
    # dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
    d1_V = (p_gain * x_I - p_g_L * (s_V - p_V_L) - p_g_Ca * l_m_inf * (s_V - p_V_Ca) - p_g_K * s_n * (s_V - p_V_K)) / p_C_m
    # dn/dt = rate*(n_inf - n)
    d1_n = l_rate * (l_n_inf - s_n)
    y2_V = s_V + dt / 2 * d1_V
    y2_n = s_n + dt / 2 * d1_n
    l_U = torch.minimum(torch.maximum(y2_V, k_V_low), k_V_high)
    l_m_inf = 0.5 * (1 + torch.tanh((y2_V - p_V_1) / p_V_2))
    l_n_inf = 0.5 * (1 + torch.tanh((y2_V - p_V_3) / p_V_4))
    l_rate = p_lambda_n * torch.cosh((l_U - p_V_3) / (2 * p_V_4))
    # dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
    d2_V = (p_gain * x_I - p_g_L * (y2_V - p_V_L) - p_g_Ca * l_m_inf * (y2_V - p_V_Ca) - p_g_K * y2_n * (y2_V - p_V_K)) / p_C_m
    # dn/dt = rate*(n_inf - n)
    d2_n = l_rate * (l_n_inf - y2_n)
    y3_V = s_V + dt / 2 * d2_V
    y3_n = s_n + dt / 2 * d2_n
    l_U = torch.minimum(torch.maximum(y3_V, k_V_low), k_V_high)
    l_m_inf = 0.5 * (1 + torch.tanh((y3_V - p_V_1) / p_V_2))
    l_n_inf = 0.5 * (1 + torch.tanh((y3_V - p_V_3) / p_V_4))
    l_rate = p_lambda_n * torch.cosh((l_U - p_V_3) / (2 * p_V_4))
    # dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
    d3_V = (p_gain * x_I - p_g_L * (y3_V - p_V_L) - p_g_Ca * l_m_inf * (y3_V - p_V_Ca) - p_g_K * y3_n * (y3_V - p_V_K)) / p_C_m
    # dn/dt = rate*(n_inf - n)
    d3_n = l_rate * (l_n_inf - y3_n)
    y4_V = s_V + dt * d3_V
    y4_n = s_n + dt * d3_n
    l_U = torch.minimum(torch.maximum(y4_V, k_V_low), k_V_high)
    l_m_inf = 0.5 * (1 + torch.tanh((y4_V - p_V_1) / p_V_2))
    l_n_inf = 0.5 * (1 + torch.tanh((y4_V - p_V_3) / p_V_4))
    l_rate = p_lambda_n * torch.cosh((l_U - p_V_3) / (2 * p_V_4))
    # dV/dt = (gain*I - g_L*(V - V_L) - g_Ca*m_inf*(V - V_Ca) - g_K*n*(V - V_K))/C_m
    d4_V = (p_gain * x_I - p_g_L * (y4_V - p_V_L) - p_g_Ca * l_m_inf * (y4_V - p_V_Ca) - p_g_K * y4_n * (y4_V - p_V_K)) / p_C_m
    # dn/dt = rate*(n_inf - n)
    d4_n = l_rate * (l_n_inf - y4_n)
    n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V)
    n_n = s_n + dt / 6 * (d1_n + 2 * d2_n + 2 * d3_n + d4_n)
    # 1 where the last step left it below
    t_below = 1 - (s_V - p_v_th >= 0).to(s_n.dtype)
    # V >= v_th
    spike = fire(n_V - p_v_th, p_v_th - p_V_L) * t_below
    return spike, n_n, n_V
