# Rendered from components/learning/perceptron/component.yaml by `spikex components render`: edit that file, not this.
"""Perceptron rule, version 1.0.0. Wrong? Move the weights towards the input, or away from it. Right? Leave them."""

import torch


def constants(dt, p_eta, p_w_0):
    """What does not change from step to step, then the first value of each state."""
    return [p_w_0]


def step(fire, p_eta, s_w, x_pre, x_post, x_target):
    """One time step: what goes out, then the new state."""
    # w[t] = w[t-1] + eta*(target[t] - post[t])*pre[t]
    n_w = s_w + p_eta * (x_target - x_post) * x_pre
    # w
    out = n_w
    return out, n_w
