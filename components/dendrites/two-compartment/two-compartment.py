# Rendered from components/dendrites/two-compartment/component.yaml by `spikex components render`: edit that file, not this.
"""Two-compartment neuron, version 1.0.0. A soma that spikes and a passive dendrite, joined by a conductance, each with an input of its own."""

import torch


def propagator(dt, rates):
    """exp(dt*[[A, 1], [0, 0]]) of the matrix A of `rates`: its exact step, and its integral."""
    a = torch.stack([torch.stack([value + 0 * dt for value in row]) for row in rates])
    one = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    zero = torch.zeros_like(a)
    m = torch.cat([torch.cat([a, one], 1), torch.cat([zero, zero], 1)])
    return torch.linalg.matrix_exp(dt * m)


def constants(dt, p_C, p_g_L, p_g_c, p_p, p_E_L, p_v_th, p_v_reset, p_t_ref):
    """What does not change from step to step, then the first value of each state."""
    # the exact step of V_s, V_d together
    t_prop = propagator(dt, [[(-p_g_L + -p_g_c / p_p) / p_C, p_g_c / p_p / p_C], [p_g_c / (1 - p_p) / p_C, (-p_g_L + -p_g_c / (1 - p_p)) / p_C]])
    c_prop_0_0 = t_prop[0, 0]
    c_prop_0_1 = t_prop[0, 1]
    c_drive_0_0 = t_prop[0, 2]
    c_drive_0_1 = t_prop[0, 3]
    c_prop_1_0 = t_prop[1, 0]
    c_prop_1_1 = t_prop[1, 1]
    c_drive_1_0 = t_prop[1, 2]
    c_drive_1_1 = t_prop[1, 3]
    # refractory period in steps
    c_refractory = torch.round(p_t_ref / dt)
    return [c_prop_0_0, c_prop_0_1, c_drive_0_0, c_drive_0_1, c_prop_1_0, c_prop_1_1, c_drive_1_0, c_drive_1_1, c_refractory, p_E_L, p_E_L, 0]


def step(fire, p_C, p_g_L, p_p, p_E_L, p_v_th, p_v_reset, c_prop_0_0, c_prop_0_1, c_drive_0_0, c_drive_0_1, c_prop_1_0, c_prop_1_1, c_drive_1_0, c_drive_1_1, c_refractory, s_V_s, s_V_d, s_refractory, x_I_s, x_I_d):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # what drives V_s besides the others
    t_drive_V_s = (p_g_L * p_E_L + x_I_s / p_p) / p_C
    # what drives V_d besides the others
    t_drive_V_d = (p_g_L * p_E_L + x_I_d / (1 - p_p)) / p_C
    # dV_s/dt = (g_L*(E_L - V_s) + g_c/p*(V_d - V_s) + I_s/p)/C
    n_V_s = c_prop_0_0 * s_V_s + c_prop_0_1 * s_V_d + c_drive_0_0 * t_drive_V_s + c_drive_0_1 * t_drive_V_d
    # dV_d/dt = (g_L*(E_L - V_d) + g_c/(1 - p)*(V_s - V_d) + I_d/(1 - p))/C
    n_V_d = c_prop_1_0 * s_V_s + c_prop_1_1 * s_V_d + c_drive_1_0 * t_drive_V_s + c_drive_1_1 * t_drive_V_d
    # stands still while refractory
    n_V_s = torch.where(s_refractory > 0, s_V_s, n_V_s)
    # V_s >= v_th
    spike = torch.where(s_refractory > 0, 0, fire(n_V_s - p_v_th, p_v_th - p_E_L))
    # where it fired: V_s = v_reset
    n_V_s = torch.where(spike > 0, p_v_reset, n_V_s)
    # steps left to stand still
    n_refractory = torch.where(spike > 0, c_refractory, torch.clamp(s_refractory - 1, min=0))
    return spike, n_V_s, n_V_d, n_refractory
