# Rendered from components/learning/bcm/component.yaml by `spikex components render`: edit that file, not this.
"""BCM rule, version 1.0.0. Grows where the output is above a threshold, shrinks below, and the threshold follows the output: the neuron chooses one pattern."""

import torch


def constants(dt, p_eta, p_tau_theta, p_theta_0, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    return [p_theta_0, p_w_0]


def step(fire, p_eta, p_tau_theta, dt, s_theta, s_w, x_pre, x_post):
    """One time step: what goes out, then the new state."""
    t_decay_theta = torch.exp(-dt / p_tau_theta)
    # where theta is heading
    t_rest_theta = x_post ** 2
    # dtheta/dt = (post**2 - theta)/tau_theta
    n_theta = t_rest_theta + (s_theta - t_rest_theta) * t_decay_theta
    # dw/dt = eta*pre*post*(post - theta)
    n_w = s_w + dt * (p_eta * x_pre * x_post * (x_post - s_theta))
    # w
    out = n_w
    return out, n_theta, n_w
