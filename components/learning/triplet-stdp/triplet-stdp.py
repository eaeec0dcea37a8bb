# Rendered from components/learning/triplet-stdp/component.yaml by `spikex components render`: edit that file, not this.
"""Spike-timing-dependent plasticity (triplets), version 1.0.0. STDP that also looks at the spike before: pairs weigh more where the neuron fires fast."""

import torch


def constants(dt, p_A2_plus, p_A3_plus, p_A2_minus, p_A3_minus, p_tau_plus, p_tau_minus, p_tau_x, p_tau_y, p_w_max, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    # how much of r1 is left after one step
    c_decay_r1 = torch.exp(-dt / p_tau_plus)
    # how much of r2 is left after one step
    c_decay_r2 = torch.exp(-dt / p_tau_x)
    # how much of o1 is left after one step
    c_decay_o1 = torch.exp(-dt / p_tau_minus)
    # how much of o2 is left after one step
    c_decay_o2 = torch.exp(-dt / p_tau_y)
    return [c_decay_r1, c_decay_r2, c_decay_o1, c_decay_o2, 0, 0, 0, 0, p_w_0]


def step(fire, p_A2_plus, p_A3_plus, p_A2_minus, p_A3_minus, p_w_max, c_decay_r1, c_decay_r2, c_decay_o1, c_decay_o2, dt, s_r1, s_r2, s_o1, s_o2, s_w, x_pre, x_post):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # where r1 is heading
    t_rest_r1 = 0
    # dr1/dt = -r1/tau_plus
    n_r1 = t_rest_r1 + (s_r1 - t_rest_r1) * c_decay_r1
    # where r2 is heading
    t_rest_r2 = 0
    # dr2/dt = -r2/tau_x
    n_r2 = t_rest_r2 + (s_r2 - t_rest_r2) * c_decay_r2
    # where o1 is heading
    t_rest_o1 = 0
    # do1/dt = -o1/tau_minus
    n_o1 = t_rest_o1 + (s_o1 - t_rest_o1) * c_decay_o1
    # where o2 is heading
    t_rest_o2 = 0
    # do2/dt = -o2/tau_y
    n_o2 = t_rest_o2 + (s_o2 - t_rest_o2) * c_decay_o2
    # dw/dt = 0
    n_w = s_w + dt * 0
    # w += r1*(A2_plus + A3_plus*o2)*post
    n_w = n_w + n_r1 * (p_A2_plus + p_A3_plus * n_o2) * x_post
    # w = min(w, w_max)
    n_w = torch.minimum(n_w, p_w_max)
    # w -= o1*(A2_minus + A3_minus*r2)*pre
    n_w = n_w - n_o1 * (p_A2_minus + p_A3_minus * n_r2) * x_pre
    # w = max(w, 0)
    n_w = torch.clamp(n_w, min=0)
    # r1 += pre
    n_r1 = n_r1 + x_pre
    # r2 += pre
    n_r2 = n_r2 + x_pre
    # o1 += post
    n_o1 = n_o1 + x_post
    # o2 += post
    n_o2 = n_o2 + x_post
    # w
    out = n_w
    return out, n_r1, n_r2, n_o1, n_o2, n_w
