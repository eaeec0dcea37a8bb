# Rendered from components/synapses/nmda/component.yaml by `spikex components render`: edit that file, not this.
"""NMDA receptor, version 1.0.0. Slow excitation that needs company: magnesium blocks the channel until the neuron is already depolarized."""

import torch


def constants(dt, p_E_rev, p_tau_r, p_tau_d, p_Mg, p_Mg_half, p_k_Mg):
    """What does not change from step to step, then the first value of each state."""
    # time from the spike to the peak
    k_t_peak = p_tau_d * p_tau_r / (p_tau_d - p_tau_r) * torch.log(p_tau_d / p_tau_r)
    # makes the peak 1
    k_scale = 1 / (torch.exp(-k_t_peak / p_tau_d) - torch.exp(-k_t_peak / p_tau_r))
    # how much of slow is left after one step
    c_decay_slow = torch.exp(-dt / p_tau_d)
    # how much of fast is left after one step
    c_decay_fast = torch.exp(-dt / p_tau_r)
    return [k_t_peak, k_scale, c_decay_slow, c_decay_fast, 0, 0]


def step(fire, p_E_rev, p_Mg, p_Mg_half, p_k_Mg, k_scale, c_decay_slow, c_decay_fast, s_slow, s_fast, x_x, x_V):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # where slow is heading
    t_rest_slow = 0
    # dslow/dt = -slow/tau_d
    n_slow = t_rest_slow + (s_slow - t_rest_slow) * c_decay_slow
    # where fast is heading
    t_rest_fast = 0
    # dfast/dt = -fast/tau_r
    n_fast = t_rest_fast + (s_fast - t_rest_fast) * c_decay_fast
    # slow += x
    n_slow = n_slow + x_x
    # fast += x
    n_fast = n_fast + x_x
    # scale*(slow - fast)/(1 + Mg/Mg_half*exp(-k_Mg*V))*(E_rev - V)
    out = k_scale * (n_slow - n_fast) / (1 + p_Mg / p_Mg_half * torch.exp(-p_k_Mg * x_V)) * (p_E_rev - x_V)
    return out, n_slow, n_fast
