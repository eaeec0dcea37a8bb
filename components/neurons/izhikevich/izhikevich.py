# Rendered from components/neurons/izhikevich/component.yaml by `spikex components render`: edit that file, not this.
"""Izhikevich, version 1.0.0. Two equations and four numbers that spike, burst, adapt and resonate in all the ways that cortical neurons do."""

import torch


def constants(dt, p_a, p_b, p_c, p_d, p_v_peak, p_v_0, p_gain):
    """What does not change from step to step, then the first value of each state."""
    # fit of the upstroke: quadratic part
    k_quadratic = torch.full_like(dt, 0.04)
    # fit of the upstroke: linear part
    k_linear = torch.full_like(dt, 5.0)
    # fit of the upstroke: constant part
    k_constant = torch.full_like(dt, 140.0)
    return [k_quadratic, k_linear, k_constant, p_b * p_v_0, p_v_0]


def step(fire, p_a, p_b, p_c, p_d, p_v_peak, p_gain, k_quadratic, k_linear, k_constant, dt, s_u, s_v, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    l_x = torch.minimum(s_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d1_u = p_a * (p_b * l_x - s_u)
    y2_v = s_v + dt / 2 * d1_v
    y2_u = s_u + dt / 2 * d1_u
    l_x = torch.minimum(y2_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d2_u = p_a * (p_b * l_x - y2_u)
    y3_v = s_v + dt / 2 * d2_v
    y3_u = s_u + dt / 2 * d2_u
    l_x = torch.minimum(y3_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d3_u = p_a * (p_b * l_x - y3_u)
    y4_v = s_v + dt * d3_v
    y4_u = s_u + dt * d3_u
    l_x = torch.minimum(y4_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d4_u = p_a * (p_b * l_x - y4_u)
    n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v)
    n_u = s_u + dt / 6 * (d1_u + 2 * d2_u + 2 * d3_u + d4_u)
    # v >= v_peak
    spike = fire(n_v - p_v_peak, p_v_peak - p_c)
    # where it fired: v = c
    n_v = torch.where(spike > 0, p_c, n_v)
    # where it fired: u += d
    n_u = n_u + spike.detach() * p_d
    return spike, n_u, n_v


def constants_class_1(dt, p_a, p_b, p_c, p_d, p_v_peak, p_v_0, p_gain):
    """What does not change from step to step, then the first value of each state."""
    # fit of the upstroke: quadratic part
    k_quadratic = torch.full_like(dt, 0.04)
    # fit of the upstroke: linear part
    k_linear = torch.full_like(dt, 4.1)
    # fit of the upstroke: constant part
    k_constant = torch.full_like(dt, 108.0)
    return [k_quadratic, k_linear, k_constant, p_b * p_v_0, p_v_0]


def step_class_1(fire, p_a, p_b, p_c, p_d, p_v_peak, p_gain, k_quadratic, k_linear, k_constant, dt, s_u, s_v, x_I):
    """One time step with preset=class-1 or preset=integrator: what goes out, then the new state. Constants: constants_class_1()."""
    l_x = torch.minimum(s_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d1_u = p_a * (p_b * l_x - s_u)
    y2_v = s_v + dt / 2 * d1_v
    y2_u = s_u + dt / 2 * d1_u
    l_x = torch.minimum(y2_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d2_u = p_a * (p_b * l_x - y2_u)
    y3_v = s_v + dt / 2 * d2_v
    y3_u = s_u + dt / 2 * d2_u
    l_x = torch.minimum(y3_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d3_u = p_a * (p_b * l_x - y3_u)
    y4_v = s_v + dt * d3_v
    y4_u = s_u + dt * d3_u
    l_x = torch.minimum(y4_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I
    # du/dt = a*(b*x - u)
    d4_u = p_a * (p_b * l_x - y4_u)
    n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v)
    n_u = s_u + dt / 6 * (d1_u + 2 * d2_u + 2 * d3_u + d4_u)
    # v >= v_peak
    spike = fire(n_v - p_v_peak, p_v_peak - p_c)
    # where it fired: v = c
    n_v = torch.where(spike > 0, p_c, n_v)
    # where it fired: u += d
    n_u = n_u + spike.detach() * p_d
    return spike, n_u, n_v


def constants_accommodation(dt, p_a, p_b, p_c, p_d, p_v_peak, p_v_0, p_gain):
    """What does not change from step to step, then the first value of each state."""
    # fit of the upstroke: quadratic part
    k_quadratic = torch.full_like(dt, 0.04)
    # fit of the upstroke: linear part
    k_linear = torch.full_like(dt, 5.0)
    # fit of the upstroke: constant part
    k_constant = torch.full_like(dt, 140.0)
    # where u stands still
    k_v_rest = torch.full_like(dt, -65.0)
    # u to start from
    k_u_0 = torch.full_like(dt, -16.0)
    return [k_quadratic, k_linear, k_constant, k_v_rest, k_u_0, k_u_0, p_v_0]


def step_accommodation(fire, p_a, p_b, p_c, p_d, p_v_peak, p_gain, k_quadratic, k_linear, k_constant, k_v_rest, dt, s_u, s_v, x_I):
    """One time step with preset=accommodation: what goes out, then the new state. Constants: constants_accommodation()."""
    l_x = torch.minimum(s_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d1_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - s_u + p_gain * x_I
    # du/dt = a*b*(x - v_rest)
    d1_u = p_a * p_b * (l_x - k_v_rest)
    y2_v = s_v + dt / 2 * d1_v
    y2_u = s_u + dt / 2 * d1_u
    l_x = torch.minimum(y2_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d2_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y2_u + p_gain * x_I
    # du/dt = a*b*(x - v_rest)
    d2_u = p_a * p_b * (l_x - k_v_rest)
    y3_v = s_v + dt / 2 * d2_v
    y3_u = s_u + dt / 2 * d2_u
    l_x = torch.minimum(y3_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d3_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y3_u + p_gain * x_I
    # du/dt = a*b*(x - v_rest)
    d3_u = p_a * p_b * (l_x - k_v_rest)
    y4_v = s_v + dt * d3_v
    y4_u = s_u + dt * d3_u
    l_x = torch.minimum(y4_v, p_v_peak)
    # dv/dt = quadratic*x*x + linear*x + constant - u + gain*I
    d4_v = k_quadratic * l_x * l_x + k_linear * l_x + k_constant - y4_u + p_gain * x_I
    # du/dt = a*b*(x - v_rest)
    d4_u = p_a * p_b * (l_x - k_v_rest)
    n_v = s_v + dt / 6 * (d1_v + 2 * d2_v + 2 * d3_v + d4_v)
    n_u = s_u + dt / 6 * (d1_u + 2 * d2_u + 2 * d3_u + d4_u)
    # v >= v_peak
    spike = fire(n_v - p_v_peak, p_v_peak - p_c)
    # where it fired: v = c
    n_v = torch.where(spike > 0, p_c, n_v)
    # where it fired: u += d
    n_u = n_u + spike.detach() * p_d
    return spike, n_u, n_v
