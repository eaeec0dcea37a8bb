# Rendered from components/learning/oja/component.yaml by `spikex components render`: edit that file, not this.
"""Oja's rule, version 1.0.0. Hebbian learning that forgets just enough: the weights become the first principal component, of length 1."""

import torch


def constants(dt, p_eta, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    return [p_w_0]


def step(fire, p_eta, s_w, x_pre, x_post):
    """One time step: what goes out, then the new state."""
    # w[t] = w[t-1] + eta*post[t]*(pre[t] - post[t]*w[t-1])
    n_w = s_w + p_eta * x_post * (x_pre - x_post * s_w)
    # w
    out = n_w
    return out, n_w
