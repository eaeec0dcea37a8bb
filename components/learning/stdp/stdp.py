# Rendered from components/learning/stdp/component.yaml by `spikex components render`: edit that file, not this.
"""Spike-timing-dependent plasticity (pairs), version 1.0.0. A synapse grows where its spike comes shortly before the neuron's own, and shrinks where it comes after."""

import torch


def constants(dt, p_eta, p_alpha, p_mu_plus, p_mu_minus, p_w_max, p_tau_plus, p_tau_minus, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    # how much of x is left after one step
    c_decay_x = torch.exp(-dt / p_tau_plus)
    # how much of y is left after one step
    c_decay_y = torch.exp(-dt / p_tau_minus)
    return [c_decay_x, c_decay_y, 0, 0, p_w_0]


def step(fire, p_eta, p_alpha, p_mu_plus, p_mu_minus, p_w_max, c_decay_x, c_decay_y, dt, s_x, s_y, s_w, x_pre, x_post):
    """One time step with pairing=all: what goes out, then the new state. Constants: constants()."""
    # where x is heading
    t_rest_x = 0
    # dx/dt = -x/tau_plus
    n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x
    # where y is heading
    t_rest_y = 0
    # dy/dt = -y/tau_minus
    n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y
    # dw/dt = 0
    n_w = s_w + dt * 0
    # w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
    n_w = n_w + p_eta * p_w_max * (1 - n_w / p_w_max) ** p_mu_plus * n_x * x_post
    # w = min(w, w_max)
    n_w = torch.minimum(n_w, p_w_max)
    # w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
    n_w = n_w - p_alpha * p_eta * p_w_max * (n_w / p_w_max) ** p_mu_minus * n_y * x_pre
    # w = max(w, 0)
    n_w = torch.clamp(n_w, min=0)
    # x += pre
    n_x = n_x + x_pre
    # y += post
    n_y = n_y + x_post
    # w
    out = n_w
    return out, n_x, n_y, n_w


def step_nearest(fire, p_eta, p_alpha, p_mu_plus, p_mu_minus, p_w_max, c_decay_x, c_decay_y, dt, s_x, s_y, s_w, x_pre, x_post):
    """One time step with pairing=nearest: what goes out, then the new state. Constants: constants()."""
    # where x is heading
    t_rest_x = 0
    # dx/dt = -x/tau_plus
    n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x
    # where y is heading
    t_rest_y = 0
    # dy/dt = -y/tau_minus
    n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y
    # dw/dt = 0
    n_w = s_w + dt * 0
    # w += eta*w_max*(1 - w/w_max)**mu_plus*x*post
    n_w = n_w + p_eta * p_w_max * (1 - n_w / p_w_max) ** p_mu_plus * n_x * x_post
    # w = min(w, w_max)
    n_w = torch.minimum(n_w, p_w_max)
    # w -= alpha*eta*w_max*(w/w_max)**mu_minus*y*pre
    n_w = n_w - p_alpha * p_eta * p_w_max * (n_w / p_w_max) ** p_mu_minus * n_y * x_pre
    # w = max(w, 0)
    n_w = torch.clamp(n_w, min=0)
    # x += pre*(1 - x)
    n_x = n_x + x_pre * (1 - n_x)
    # y += post*(1 - y)
    n_y = n_y + x_post * (1 - n_y)
    # w
    out = n_w
    return out, n_x, n_y, n_w
