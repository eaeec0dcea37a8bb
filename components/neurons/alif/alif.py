# Rendered from components/neurons/alif/component.yaml by `spikex components render`: edit that file, not this.
"""Adaptive leaky integrate-and-fire (LSNN), version 1.0.0. A leaky neuron whose threshold rises with every spike it fires and sinks back slowly: a memory of seconds."""

import torch


def constants(dt, p_tau_m, p_tau_a, p_beta, p_v_th):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the potential after one step
    k_alpha = torch.exp(-dt / p_tau_m)
    # what is left of the adaptation after one step
    k_rho = torch.exp(-dt / p_tau_a)
    return [k_alpha, k_rho, 0, 0]


def step(fire, p_beta, p_v_th, k_alpha, k_rho, s_a, s_v, x_I):
    """One time step: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = fire(s_v - (p_v_th + p_beta * s_a), p_v_th)
    # a[t] = rho*a[t-1] + spiked
    n_a = k_rho * s_a + spiked
    # v[t] = alpha*v[t-1] + I[t] - detach(spiked)*v_th
    n_v = k_alpha * s_v + x_I - spiked.detach() * p_v_th
    # v > v_th + beta*a
    spike = fire(n_v - (p_v_th + p_beta * n_a), p_v_th)
    return spike, n_a, n_v
