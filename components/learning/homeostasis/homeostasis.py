# Rendered from components/learning/homeostasis/component.yaml by `spikex components render`: edit that file, not this.
"""Homeostasis, version 1.0.0. Keeps a neuron at its rate: by its threshold, by scaling all its weights, or by inhibition that learns."""

import torch


def constants(dt, p_eta, p_rho_0, p_tau, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    # of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate rho_0
    k_alpha = 2 * p_rho_0 * p_tau
    return [k_alpha, p_w_0]


def step(fire, p_eta, p_rho_0, dt, s_w, x_pre, x_post):
    """One time step with form=threshold: what goes out, then the new state. Constants: constants()."""
    # dw/dt = 0
    n_w = s_w + dt * 0
    # w -= eta*(post - rho_0*dt)*pre
    n_w = n_w - p_eta * (x_post - p_rho_0 * dt) * x_pre
    # w
    out = n_w
    return out, n_w


def constants_scaling(dt, p_rho_0, p_tau, p_tau_rate, p_tau_w, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    # of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate rho_0
    k_alpha = 2 * p_rho_0 * p_tau
    return [k_alpha, p_w_0, p_rho_0]


def step_scaling(fire, p_rho_0, p_tau_rate, p_tau_w, dt, s_w, s_nu, x_pre, x_post):
    """One time step with form=scaling: what goes out, then the new state. Constants: constants_scaling()."""
    t_decay_nu = torch.exp(-dt / p_tau_rate)
    # where nu is heading
    t_rest_nu = 0
    # dnu/dt = -nu/tau_rate
    n_nu = t_rest_nu + (s_nu - t_rest_nu) * t_decay_nu
    t_decay_w = torch.exp((1 - s_nu / p_rho_0) / p_tau_w * dt)
    # where w is heading
    t_rest_w = 0
    # dw/dt = w*(1 - nu/rho_0)/tau_w
    n_w = t_rest_w + (s_w - t_rest_w) * t_decay_w
    # nu += post/tau_rate
    n_nu = n_nu + x_post / p_tau_rate
    # w
    out = n_w
    return out, n_w, n_nu


def constants_inhibitory(dt, p_eta, p_rho_0, p_tau, p_w_max, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    # of inhibition: what a spike that arrives takes off, so that the mean change is 0 at the rate rho_0
    k_alpha = 2 * p_rho_0 * p_tau
    # how much of x is left after one step
    c_decay_x = torch.exp(-dt / p_tau)
    # how much of y is left after one step
    c_decay_y = torch.exp(-dt / p_tau)
    return [k_alpha, c_decay_x, c_decay_y, p_w_0, 0, 0]


def step_inhibitory(fire, p_eta, p_w_max, k_alpha, c_decay_x, c_decay_y, dt, s_w, s_x, s_y, x_pre, x_post):
    """One time step with form=inhibitory: what goes out, then the new state. Constants: constants_inhibitory()."""
    # where x is heading
    t_rest_x = 0
    # dx/dt = -x/tau
    n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x
    # where y is heading
    t_rest_y = 0
    # dy/dt = -y/tau
    n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y
    # dw/dt = 0
    n_w = s_w + dt * 0
    # w -= eta*((y - alpha)*pre + x*post)
    n_w = n_w - p_eta * ((n_y - k_alpha) * x_pre + n_x * x_post)
    # w = clip(w, -w_max, 0)
    n_w = torch.clamp(torch.maximum(n_w, -p_w_max), max=0)
    # x += pre
    n_x = n_x + x_pre
    # y += post
    n_y = n_y + x_post
    # w
    out = n_w
    return out, n_w, n_x, n_y
