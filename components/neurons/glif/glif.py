# Rendered from components/neurons/glif/component.yaml by `spikex components render`: edit that file, not this.
"""Generalized leaky integrate-and-fire (GLIF), version 1.0.0. A leaky membrane with after-spike currents and a threshold that spikes and potential move: the Allen Institute's five levels in one."""

import torch


def propagator(dt, rates):
    """exp(dt*[[A, 1], [0, 0]]) of the matrix A of `rates`: its exact step, and its integral."""
    a = torch.stack([torch.stack([value + 0 * dt for value in row]) for row in rates])
    one = torch.eye(a.shape[0], dtype=a.dtype, device=a.device)
    zero = torch.zeros_like(a)
    m = torch.cat([torch.cat([a, one], 1), torch.cat([zero, zero], 1)])
    return torch.linalg.matrix_exp(dt * m)


def constants(dt, p_C_m, p_g, p_E_L, p_V_th, p_t_ref, p_f_v, p_V_add, p_th_add, p_b_s, p_a_v, p_b_v, p_amp_1, p_k_1, p_r_1, p_amp_2, p_k_2, p_r_2):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the slow after-spike current after the refractory period
    k_fade_1 = p_r_1 * torch.exp(-p_k_1 * p_t_ref)
    # what is left of the fast after-spike current after the refractory period
    k_fade_2 = p_r_2 * torch.exp(-p_k_2 * p_t_ref)
    # what is left of the raised threshold after the refractory period
    k_fade_s = torch.exp(-p_b_s * p_t_ref)
    # the exact step of V, I_1, I_2, theta_v together
    t_prop = propagator(dt, [[-p_g / p_C_m, 1 / p_C_m, 1 / p_C_m, 0], [0, -p_k_1, 0, 0], [0, 0, -p_k_2, 0], [p_a_v, 0, 0, -p_b_v]])
    c_prop_0_0 = t_prop[0, 0]
    c_prop_0_1 = t_prop[0, 1]
    c_prop_0_2 = t_prop[0, 2]
    c_drive_0_0 = t_prop[0, 4]
    c_prop_1_1 = t_prop[1, 1]
    c_prop_2_2 = t_prop[2, 2]
    c_prop_4_0 = t_prop[3, 0]
    c_prop_4_1 = t_prop[3, 1]
    c_prop_4_2 = t_prop[3, 2]
    c_prop_4_4 = t_prop[3, 3]
    c_drive_4_0 = t_prop[3, 4]
    c_drive_4_4 = t_prop[3, 7]
    # how much of theta_s is left after one step
    c_decay_theta_s = torch.exp(-(p_b_s * dt))
    # refractory period in steps
    c_refractory = torch.round(p_t_ref / dt)
    return [k_fade_1, k_fade_2, k_fade_s, c_prop_0_0, c_prop_0_1, c_prop_0_2, c_drive_0_0, c_prop_1_1, c_prop_2_2, c_prop_4_0, c_prop_4_1, c_prop_4_2, c_prop_4_4, c_drive_4_0, c_drive_4_4, c_decay_theta_s, c_refractory, 0, 0, 0, 0, p_E_L, 0]


def step(fire, p_C_m, p_g, p_E_L, p_V_th, p_f_v, p_V_add, p_th_add, p_a_v, p_amp_1, p_amp_2, k_fade_1, k_fade_2, k_fade_s, c_prop_0_0, c_prop_0_1, c_prop_0_2, c_drive_0_0, c_prop_1_1, c_prop_2_2, c_prop_4_0, c_prop_4_1, c_prop_4_2, c_prop_4_4, c_drive_4_0, c_drive_4_4, c_decay_theta_s, c_refractory, s_I_1, s_I_2, s_theta_s, s_theta_v, s_V, s_refractory, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # what drives V besides the others
    t_drive_V = (-(p_g * -p_E_L) + x_I) / p_C_m
    # what drives theta_v besides the others
    t_drive_theta_v = p_a_v * -p_E_L
    # dV/dt = (-g*(V - E_L) + I + I_1 + I_2)/C_m
    n_V = c_prop_0_0 * s_V + c_prop_0_1 * s_I_1 + c_prop_0_2 * s_I_2 + c_drive_0_0 * t_drive_V
    # dI_1/dt = -k_1*I_1
    n_I_1 = c_prop_1_1 * s_I_1
    # dI_2/dt = -k_2*I_2
    n_I_2 = c_prop_2_2 * s_I_2
    # dtheta_v/dt = a_v*(V - E_L) - b_v*theta_v
    n_theta_v = c_prop_4_0 * s_V + c_prop_4_1 * s_I_1 + c_prop_4_2 * s_I_2 + c_prop_4_4 * s_theta_v + c_drive_4_0 * t_drive_V + c_drive_4_4 * t_drive_theta_v
    # where theta_s is heading
    t_rest_theta_s = 0
    # dtheta_s/dt = -b_s*theta_s
    n_theta_s = t_rest_theta_s + (s_theta_s - t_rest_theta_s) * c_decay_theta_s
    # stands still while refractory
    n_I_1 = torch.where(s_refractory > 0, s_I_1, n_I_1)
    n_I_2 = torch.where(s_refractory > 0, s_I_2, n_I_2)
    n_theta_s = torch.where(s_refractory > 0, s_theta_s, n_theta_s)
    n_theta_v = torch.where(s_refractory > 0, s_theta_v, n_theta_v)
    n_V = torch.where(s_refractory > 0, s_V, n_V)
    # V > V_th + theta_s + theta_v
    spike = torch.where(s_refractory > 0, 0, fire(n_V - (p_V_th + n_theta_s + n_theta_v), p_V_th - p_E_L))
    # where it fired: V = E_L + f_v*(V - E_L) + V_add
    n_V = torch.where(spike > 0, p_E_L + p_f_v * (n_V - p_E_L) + p_V_add, n_V)
    # where it fired: theta_s = fade_s*theta_s + th_add
    n_theta_s = torch.where(spike > 0, k_fade_s * n_theta_s + p_th_add, n_theta_s)
    # where it fired: I_1 = fade_1*I_1 + amp_1
    n_I_1 = torch.where(spike > 0, k_fade_1 * n_I_1 + p_amp_1, n_I_1)
    # where it fired: I_2 = fade_2*I_2 + amp_2
    n_I_2 = torch.where(spike > 0, k_fade_2 * n_I_2 + p_amp_2, n_I_2)
    # steps left to stand still
    n_refractory = torch.where(spike > 0, c_refractory, torch.clamp(s_refractory - 1, min=0))
    return spike, n_I_1, n_I_2, n_theta_s, n_theta_v, n_V, n_refractory
