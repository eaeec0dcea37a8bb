# Rendered from components/neurons/leaky/component.yaml by `spikex components render`: edit that file, not this.
"""Leaky integrate-and-fire (discrete), version 1.0.0. A membrane that leaks by the factor beta at every step, adds its input, and fires above the threshold."""

import torch


def constants(dt, p_beta, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the potential after one step
    k_decay = torch.clamp(p_beta, 0, 1)
    return [k_decay, 0]


def step(fire, p_threshold, k_decay, s_mem, x_I):
    """One time step with reset=subtract, reset_delay=true: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_mem.dtype)
    # mem[t] = decay*mem[t-1] + I[t] - spiked*threshold
    n_mem = k_decay * s_mem + x_I - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_mem


def step_subtract_no_reset_delay(fire, p_threshold, k_decay, s_mem, x_I):
    """One time step with reset=subtract, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_mem.dtype)
    # mem[t] = decay*mem[t-1] + I[t] - spiked*threshold
    n_mem = k_decay * s_mem + x_I - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # mem = mem - (spike - spiked)*threshold
    n_mem = n_mem - (spike - spiked) * p_threshold
    return spike, n_mem


def step_zero_reset_delay(fire, p_threshold, k_decay, s_mem, x_I):
    """One time step with reset=zero, reset_delay=true: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_mem.dtype)
    # mem[t] = decay*((1 - spiked)*mem[t-1]) + I[t]
    n_mem = k_decay * ((1 - spiked) * s_mem) + x_I
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_mem


def step_zero_no_reset_delay(fire, p_threshold, k_decay, s_mem, x_I):
    """One time step with reset=zero, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_mem.dtype)
    # mem[t] = decay*((1 - spiked)*mem[t-1]) + I[t]
    n_mem = k_decay * ((1 - spiked) * s_mem) + x_I
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # mem = mem - (spike - spiked)*mem
    n_mem = n_mem - (spike - spiked) * n_mem
    return spike, n_mem


def step_none_reset_delay(fire, p_threshold, k_decay, s_mem, x_I):
    """One time step with reset=none, reset_delay=true or reset=none, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # mem[t] = decay*mem[t-1] + I[t]
    n_mem = k_decay * s_mem + x_I
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_mem
