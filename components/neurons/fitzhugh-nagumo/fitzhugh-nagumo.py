# Rendered from components/neurons/fitzhugh-nagumo/component.yaml by `spikex components render`: edit that file, not this.
"""FitzHugh-Nagumo, version 1.0.0. Hodgkin and Huxley's four equations boiled down to two: a cubic that fires and a line that recovers, all seen in one plane."""

import torch


def constants(dt, p_a, p_b, p_epsilon, p_tau, p_v_th):
    """What does not change from step to step, then the first value of each state."""
    return [-0.624260044055, -1.19940803524]


def step(fire, p_a, p_b, p_epsilon, p_tau, p_v_th, dt, s_w, s_v, x_I):
    """One time step: what goes out, then the new state."""
    l_x = torch.clamp(s_v, -10, 10)
    # dv/dt = (x - x*x*x/3 - w + I)/tau
    d1_v = (l_x - l_x * l_x * l_x / 3 - s_w + x_I) / p_tau
    # dw/dt = epsilon*(v + a - b*w)/tau
    d1_w = p_epsilon * (s_v + p_a - p_b * s_w) / p_tau
    y2_v = s_v + dt / 2 * d1_v
    y2_w = s_w + dt / 2 * d1_w
    l_x = torch.clamp(y2_v, -10, 10)
    # dv/dt = (x - x*x*x/3 - w + I)/tau
    d2_v = (l_x - l_x * l_x * l_x / 3 - y2_w + x_I) / p_tau
    # dw/dt = epsilon*(v + a - b*w)/tau
    d2_w = p_epsilon * (y2_v + p_a - p_b * y2_w) / p_tau
    y3_v = s_v + dt / 2 * d2_v
    y3_w = s_w + dt / 2 * d2_w
    l_x = torch.clamp(y3_v, -10, 10)
    # dv/dt = (x - x*x*x/3 - w + I)/tau
    d3_v = (l_x - l_x * l_x * l_x / 3 - y3_w + x_I) / p_tau
    # dw/dt = epsilon*(v + a - b*w)/tau
    d3_w = p_epsilon * (y3_v + p_a - p_b * y3_w) / p_tau
    y4_v = s_v + dt * d3_v
    y4_w = s_w + dt * d3_w
    l_x = torch.clamp(y4_v, -10, 10)
    # dv/dt = (x - x*x*x/3 - w + I)/tau
    d4_v = (l_x - l_x * l_x * l_x / 3 - y4_w + x_I) / p_tau
    # dw/dt = epsilon*(v + a - b*w)/tau
    d4_w = p_epsilon * (y4_v + p_a - p_b * y4_w) / p_tau
    n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v)
    n_w = s_w + dt / 6 * (d1_w + 2 * d2_w + 2 * d3_w + d4_w)
    # 1 where the last step left it below
    t_below = 1 - (s_v - p_v_th >= 0).to(s_w.dtype)
    # v >= v_th
    spike = fire(n_v - p_v_th) * t_below
    return spike, n_w, n_v
