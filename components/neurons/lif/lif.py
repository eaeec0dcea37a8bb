# Rendered from components/neurons/lif/component.yaml by `spikex components render`: edit that file, not this.
"""Leaky integrate-and-fire, version 1.0.0. A leaky capacitor driven by a current: it charges towards its rest, fires at the threshold, resets and rests."""

import torch


def constants(dt, p_tau_m, p_C_m, p_E_L, p_v_th, p_v_reset, p_t_ref):
    """What does not change from step to step, then the first value of each state."""
    # how much of v is left after one step
    c_decay_v = torch.exp(-dt / p_tau_m)
    # refractory period in steps
    c_refractory = torch.round(p_t_ref / dt)
    return [c_decay_v, c_refractory, p_E_L, 0]


def step(fire, p_tau_m, p_C_m, p_E_L, p_v_th, p_v_reset, c_decay_v, c_refractory, s_v, s_refractory, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # where v is heading
    t_rest_v = p_E_L + p_tau_m * x_I / p_C_m
    # dv/dt = (E_L - v + tau_m*I/C_m)/tau_m
    n_v = t_rest_v + (s_v - t_rest_v) * c_decay_v
    # stands still while refractory
    n_v = torch.where(s_refractory > 0, s_v, n_v)
    # v >= v_th
    spike = torch.where(s_refractory > 0, 0, fire(n_v - p_v_th, p_v_th - p_E_L))
    # where it fired: v = v_reset
    n_v = torch.where(spike > 0, p_v_reset, n_v)
    # steps left to stand still
    n_refractory = torch.where(spike > 0, c_refractory, torch.clamp(s_refractory - 1, min=0))
    return spike, n_v, n_refractory
