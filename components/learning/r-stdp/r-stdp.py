# Rendered from components/learning/r-stdp/component.yaml by `spikex components render`: edit that file, not this.
"""Reward-modulated STDP, version 1.0.0. STDP only marks the synapse; the mark becomes a change where a reward comes before it has faded."""

import torch


def constants(dt, p_eta, p_A_plus, p_A_minus, p_tau_plus, p_tau_minus, p_tau_c, p_tau_d, p_D_0, p_w_min, p_w_max, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    # how much of x is left after one step
    c_decay_x = torch.exp(-dt / p_tau_plus)
    # how much of y is left after one step
    c_decay_y = torch.exp(-dt / p_tau_minus)
    # how much of c is left after one step
    c_decay_c = torch.exp(-dt / p_tau_c)
    # how much of D is left after one step
    c_decay_D = torch.exp(-dt / p_tau_d)
    return [c_decay_x, c_decay_y, c_decay_c, c_decay_D, 0, 0, 0, 0, p_w_0]


def step(fire, p_eta, p_A_plus, p_A_minus, p_D_0, p_w_min, p_w_max, c_decay_x, c_decay_y, c_decay_c, c_decay_D, dt, s_x, s_y, s_c, s_D, s_w, x_pre, x_post, x_reward):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # where x is heading
    t_rest_x = 0
    # dx/dt = -x/tau_plus
    n_x = t_rest_x + (s_x - t_rest_x) * c_decay_x
    # where y is heading
    t_rest_y = 0
    # dy/dt = -y/tau_minus
    n_y = t_rest_y + (s_y - t_rest_y) * c_decay_y
    # where c is heading
    t_rest_c = 0
    # dc/dt = -c/tau_c
    n_c = t_rest_c + (s_c - t_rest_c) * c_decay_c
    # where D is heading
    t_rest_D = 0
    # dD/dt = -D/tau_d
    n_D = t_rest_D + (s_D - t_rest_D) * c_decay_D
    # dw/dt = 0
    n_w = s_w + dt * 0
    # c += A_plus*x*post - A_minus*y*pre
    n_c = n_c + (p_A_plus * n_x * x_post - p_A_minus * n_y * x_pre)
    # x += pre
    n_x = n_x + x_pre
    # y += post
    n_y = n_y + x_post
    # D += reward
    n_D = n_D + x_reward
    # w += eta*dt*c*(D - D_0)
    n_w = n_w + p_eta * dt * n_c * (n_D - p_D_0)
    # w = clip(w, w_min, w_max)
    n_w = torch.minimum(torch.maximum(n_w, p_w_min), p_w_max)
    # w
    out = n_w
    return out, n_x, n_y, n_c, n_D, n_w
