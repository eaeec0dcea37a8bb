# Rendered from components/neurons/hodgkin-huxley/component.yaml by `spikex components render`: edit that file, not this.
"""Hodgkin-Huxley, version 1.0.0. The squid's giant axon: sodium and potassium channels that open and close with the potential make the spike themselves."""

import torch


def exprel(x):
    """(exp(x) - 1)/x, and 1 at x = 0."""
    small = torch.abs(x) < 1e-5
    safe = torch.where(small, torch.ones_like(x), x)
    return torch.where(small, 1 + x / 2 + x * x / 6, torch.expm1(safe) / safe)


def constants(dt, p_C_m, p_g_Na, p_g_K, p_g_L, p_E_Na, p_E_K, p_E_L, p_v_th, p_gain):
    """What does not change from step to step, then the first value of each state."""
    # resting potential, to which three of the rates refer
    k_V_rest = torch.full_like(dt, -65.0)
    # where the activation of sodium has its bend
    k_V_m = torch.full_like(dt, -40.0)
    # where the closing rate of the inactivation is half its highest
    k_V_h = torch.full_like(dt, -35.0)
    # where the activation of potassium has its bend
    k_V_n = torch.full_like(dt, -55.0)
    # steepness of three of the rates
    k_k = torch.full_like(dt, 10.0)
    # steepness of beta_m
    k_k_bm = torch.full_like(dt, 18.0)
    # steepness of alpha_h
    k_k_ah = torch.full_like(dt, 20.0)
    # steepness of beta_n
    k_k_bn = torch.full_like(dt, 80.0)
    # alpha_m at its bend
    k_r_am = torch.full_like(dt, 1.0)
    # beta_m at rest
    k_r_bm = torch.full_like(dt, 4.0)
    # alpha_h at rest
    k_r_ah = torch.full_like(dt, 0.07)
    # highest beta_h
    k_r_bh = torch.full_like(dt, 1.0)
    # alpha_n at its bend
    k_r_an = torch.full_like(dt, 0.1)
    # beta_n at rest
    k_r_bn = torch.full_like(dt, 0.125)
    # the rates take lower potentials for this one
    k_V_low = torch.full_like(dt, -120.0)
    # the rates take higher potentials for this one
    k_V_high = torch.full_like(dt, 120.0)
    return [k_V_rest, k_V_m, k_V_h, k_V_n, k_k, k_k_bm, k_k_ah, k_k_bn, k_r_am, k_r_bm, k_r_ah, k_r_bh, k_r_an, k_r_bn, k_V_low, k_V_high, 0.0529324852572496, 0.59612075350846, 0.317676914060697, k_V_rest]


def step(fire, p_C_m, p_g_Na, p_g_K, p_g_L, p_E_Na, p_E_K, p_E_L, p_v_th, p_gain, k_V_rest, k_V_m, k_V_h, k_V_n, k_k, k_k_bm, k_k_ah, k_k_bn, k_r_am, k_r_bm, k_r_ah, k_r_bh, k_r_an, k_r_bn, k_V_low, k_V_high, dt, s_m, s_h, s_n, s_V, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    l_U = torch.minimum(torch.maximum(s_V, k_V_low), k_V_high)
    l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k)
    l_beta_m = k_r_bm * torch.exp(-(l_U - k_V_rest) / k_k_bm)
    l_alpha_h = k_r_ah * torch.exp(-(l_U - k_V_rest) / k_k_ah)
    l_beta_h = k_r_bh / (1 + torch.exp(-(l_U - k_V_h) / k_k))
    l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k)
    l_beta_n = k_r_bn * torch.exp(-(l_U - k_V_rest) / k_k_bn)
    # dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
    d1_V = (p_gain * x_I - p_g_Na * s_m * s_m * s_m * s_h * (s_V - p_E_Na) - p_g_K * s_n * s_n * s_n * s_n * (s_V - p_E_K) - p_g_L * (s_V - p_E_L)) / p_C_m
    # dm/dt = alpha_m*(1 - m) - beta_m*m
    d1_m = l_alpha_m * (1 - s_m) - l_beta_m * s_m
    # dh/dt = alpha_h*(1 - h) - beta_h*h
    d1_h = l_alpha_h * (1 - s_h) - l_beta_h * s_h
    # dn/dt = alpha_n*(1 - n) - beta_n*n
    d1_n = l_alpha_n * (1 - s_n) - l_beta_n * s_n
    y2_V = s_V + dt / 2 * d1_V
    y2_m = s_m + dt / 2 * d1_m
    y2_h = s_h + dt / 2 * d1_h
    y2_n = s_n + dt / 2 * d1_n
    l_U = torch.minimum(torch.maximum(y2_V, k_V_low), k_V_high)
    l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k)
    l_beta_m = k_r_bm * torch.exp(-(l_U - k_V_rest) / k_k_bm)
    l_alpha_h = k_r_ah * torch.exp(-(l_U - k_V_rest) / k_k_ah)
    l_beta_h = k_r_bh / (1 + torch.exp(-(l_U - k_V_h) / k_k))
    l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k)
    l_beta_n = k_r_bn * torch.exp(-(l_U - k_V_rest) / k_k_bn)
    # dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
    d2_V = (p_gain * x_I - p_g_Na * y2_m * y2_m * y2_m * y2_h * (y2_V - p_E_Na) - p_g_K * y2_n * y2_n * y2_n * y2_n * (y2_V - p_E_K) - p_g_L * (y2_V - p_E_L)) / p_C_m
    # dm/dt = alpha_m*(1 - m) - beta_m*m
    d2_m = l_alpha_m * (1 - y2_m) - l_beta_m * y2_m
    # dh/dt = alpha_h*(1 - h) - beta_h*h
    d2_h = l_alpha_h * (1 - y2_h) - l_beta_h * y2_h
    # dn/dt = alpha_n*(1 - n) - beta_n*n
    d2_n = l_alpha_n * (1 - y2_n) - l_beta_n * y2_n
    y3_V = s_V + dt / 2 * d2_V
    y3_m = s_m + dt / 2 * d2_m
    y3_h = s_h + dt / 2 * d2_h
    y3_n = s_n + dt / 2 * d2_n
    l_U = torch.minimum(torch.maximum(y3_V, k_V_low), k_V_high)
    l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k)
    l_beta_m = k_r_bm * torch.exp(-(l_U - k_V_rest) / k_k_bm)
    l_alpha_h = k_r_ah * torch.exp(-(l_U - k_V_rest) / k_k_ah)
    l_beta_h = k_r_bh / (1 + torch.exp(-(l_U - k_V_h) / k_k))
    l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k)
    l_beta_n = k_r_bn * torch.exp(-(l_U - k_V_rest) / k_k_bn)
    # dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
    d3_V = (p_gain * x_I - p_g_Na * y3_m * y3_m * y3_m * y3_h * (y3_V - p_E_Na) - p_g_K * y3_n * y3_n * y3_n * y3_n * (y3_V - p_E_K) - p_g_L * (y3_V - p_E_L)) / p_C_m
    # dm/dt = alpha_m*(1 - m) - beta_m*m
    d3_m = l_alpha_m * (1 - y3_m) - l_beta_m * y3_m
    # dh/dt = alpha_h*(1 - h) - beta_h*h
    d3_h = l_alpha_h * (1 - y3_h) - l_beta_h * y3_h
    # dn/dt = alpha_n*(1 - n) - beta_n*n
    d3_n = l_alpha_n * (1 - y3_n) - l_beta_n * y3_n
    y4_V = s_V + dt * d3_V
    y4_m = s_m + dt * d3_m
    y4_h = s_h + dt * d3_h
    y4_n = s_n + dt * d3_n
    l_U = torch.minimum(torch.maximum(y4_V, k_V_low), k_V_high)
    l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k)
    l_beta_m = k_r_bm * torch.exp(-(l_U - k_V_rest) / k_k_bm)
    l_alpha_h = k_r_ah * torch.exp(-(l_U - k_V_rest) / k_k_ah)
    l_beta_h = k_r_bh / (1 + torch.exp(-(l_U - k_V_h) / k_k))
    l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k)
    l_beta_n = k_r_bn * torch.exp(-(l_U - k_V_rest) / k_k_bn)
    # dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
    d4_V = (p_gain * x_I - p_g_Na * y4_m * y4_m * y4_m * y4_h * (y4_V - p_E_Na) - p_g_K * y4_n * y4_n * y4_n * y4_n * (y4_V - p_E_K) - p_g_L * (y4_V - p_E_L)) / p_C_m
    # dm/dt = alpha_m*(1 - m) - beta_m*m
    d4_m = l_alpha_m * (1 - y4_m) - l_beta_m * y4_m
    # dh/dt = alpha_h*(1 - h) - beta_h*h
    d4_h = l_alpha_h * (1 - y4_h) - l_beta_h * y4_h
    # dn/dt = alpha_n*(1 - n) - beta_n*n
    d4_n = l_alpha_n * (1 - y4_n) - l_beta_n * y4_n
    n_V = s_V + dt / 6 * (d1_V + 2 * d2_V + 2 * d3_V + d4_V)
    n_m = s_m + dt / 6 * (d1_m + 2 * d2_m + 2 * d3_m + d4_m)
    n_h = s_h + dt / 6 * (d1_h + 2 * d2_h + 2 * d3_h + d4_h)
    n_n = s_n + dt / 6 * (d1_n + 2 * d2_n + 2 * d3_n + d4_n)
    # 1 where the last step left it below
    t_below = 1 - (s_V - p_v_th >= 0).to(s_m.dtype)
    # V >= v_th
    spike = fire(n_V - p_v_th, p_v_th - k_V_rest) * t_below
    return spike, n_m, n_h, n_n, n_V


def step_unit(fire, p_C_m, p_g_Na, p_g_K, p_g_L, p_E_Na, p_E_K, p_E_L, p_v_th, p_gain, k_V_rest, k_V_m, k_V_h, k_V_n, k_k, k_k_bm, k_k_ah, k_k_bn, k_r_am, k_r_bm, k_r_ah, k_r_bh, k_r_an, k_r_bn, k_V_low, k_V_high, dt, s_m, s_h, s_n, s_V, x_I):
    """One time step with preset=unit: what goes out, then the new state. Constants: constants()."""
    l_U = torch.minimum(torch.maximum(s_V, k_V_low), k_V_high)
    l_alpha_m = k_r_am / exprel(-(l_U - k_V_m) / k_k)
    l_beta_m = k_r_bm * torch.exp(-(l_U - k_V_rest) / k_k_bm)
    l_alpha_h = k_r_ah * torch.exp(-(l_U - k_V_rest) / k_k_ah)
    l_beta_h = k_r_bh / (1 + torch.exp(-(l_U - k_V_h) / k_k))
    l_alpha_n = k_r_an / exprel(-(l_U - k_V_n) / k_k)
    l_beta_n = k_r_bn * torch.exp(-(l_U - k_V_rest) / k_k_bn)
    t_decay_V = torch.exp((-(p_g_Na * s_m * s_m * s_m * s_h) - p_g_K * s_n * s_n * s_n * s_n - p_g_L) / p_C_m * dt)
    # where V is heading
    t_rest_V = -(p_gain * x_I - p_g_Na * s_m * s_m * s_m * s_h * -p_E_Na - p_g_K * s_n * s_n * s_n * s_n * -p_E_K - p_g_L * -p_E_L) / (-(p_g_Na * s_m * s_m * s_m * s_h) - p_g_K * s_n * s_n * s_n * s_n - p_g_L)
    # dV/dt = (gain*I - g_Na*m*m*m*h*(V - E_Na) - g_K*n*n*n*n*(V - E_K) - g_L*(V - E_L))/C_m
    n_V = t_rest_V + (s_V - t_rest_V) * t_decay_V
    t_decay_m = torch.exp((-l_alpha_m - l_beta_m) * dt)
    # where m is heading
    t_rest_m = -l_alpha_m / (-l_alpha_m - l_beta_m)
    # dm/dt = alpha_m*(1 - m) - beta_m*m
    n_m = t_rest_m + (s_m - t_rest_m) * t_decay_m
    t_decay_h = torch.exp((-l_alpha_h - l_beta_h) * dt)
    # where h is heading
    t_rest_h = -l_alpha_h / (-l_alpha_h - l_beta_h)
    # dh/dt = alpha_h*(1 - h) - beta_h*h
    n_h = t_rest_h + (s_h - t_rest_h) * t_decay_h
    t_decay_n = torch.exp((-l_alpha_n - l_beta_n) * dt)
    # where n is heading
    t_rest_n = -l_alpha_n / (-l_alpha_n - l_beta_n)
    # dn/dt = alpha_n*(1 - n) - beta_n*n
    n_n = t_rest_n + (s_n - t_rest_n) * t_decay_n
    # 1 where the last step left it below
    t_below = 1 - (s_V - p_v_th >= 0).to(s_m.dtype)
    # V >= v_th
    spike = fire(n_V - p_v_th, p_v_th - k_V_rest) * t_below
    return spike, n_m, n_h, n_n, n_V
