# Rendered from components/learning/hebb/component.yaml by `spikex components render`: edit that file, not this.
"""Hebbian learning, version 1.0.0. What is active together grows together: the change is the product of input and output."""

import torch


def constants(dt, p_eta, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    return [p_w_0]


def step(fire, p_eta, s_w, x_pre, x_post):
    """One time step: what goes out, then the new state."""
    # w[t] = w[t-1] + eta*pre[t]*post[t]
    n_w = s_w + p_eta * x_pre * x_post
    # w
    out = n_w
    return out, n_w
