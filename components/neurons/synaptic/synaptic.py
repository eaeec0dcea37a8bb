# Rendered from components/neurons/synaptic/component.yaml by `spikex components render`: edit that file, not this.
"""Current-based leaky integrate-and-fire (discrete), version 1.0.0. A leaky neuron whose input first charges a synaptic current that decays by itself."""

import torch


def constants(dt, p_alpha, p_beta, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the current after one step
    k_decay_syn = torch.clamp(p_alpha, 0, 1)
    # what is left of the potential after one step
    k_decay_mem = torch.clamp(p_beta, 0, 1)
    return [k_decay_syn, k_decay_mem, 0, 0]


def step(fire, p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem, x_I):
    """One time step with reset=subtract, reset_delay=true: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_syn.dtype)
    # syn[t] = decay_syn*syn[t-1] + I[t]
    n_syn = k_decay_syn * s_syn + x_I
    # mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
    n_mem = k_decay_mem * s_mem + n_syn - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_syn, n_mem


def step_subtract_no_reset_delay(fire, p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem, x_I):
    """One time step with reset=subtract, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_syn.dtype)
    # syn[t] = decay_syn*syn[t-1] + I[t]
    n_syn = k_decay_syn * s_syn + x_I
    # mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*threshold
    n_mem = k_decay_mem * s_mem + n_syn - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # mem = mem - (spike - spiked)*threshold
    n_mem = n_mem - (spike - spiked) * p_threshold
    return spike, n_syn, n_mem


def step_zero_reset_delay(fire, p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem, x_I):
    """One time step with reset=zero, reset_delay=true: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_syn.dtype)
    # syn[t] = decay_syn*syn[t-1] + I[t]
    n_syn = k_decay_syn * s_syn + x_I
    # mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
    n_mem = k_decay_mem * s_mem + n_syn - spiked * (k_decay_mem * s_mem + n_syn)
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_syn, n_mem


def step_zero_no_reset_delay(fire, p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem, x_I):
    """One time step with reset=zero, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_syn.dtype)
    # syn[t] = decay_syn*syn[t-1] + I[t]
    n_syn = k_decay_syn * s_syn + x_I
    # mem[t] = decay_mem*mem[t-1] + syn[t] - spiked*(decay_mem*mem[t-1] + syn[t])
    n_mem = k_decay_mem * s_mem + n_syn - spiked * (k_decay_mem * s_mem + n_syn)
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # mem = mem - (spike - spiked)*mem
    n_mem = n_mem - (spike - spiked) * n_mem
    return spike, n_syn, n_mem


def step_none_reset_delay(fire, p_threshold, k_decay_syn, k_decay_mem, s_syn, s_mem, x_I):
    """One time step with reset=none, reset_delay=true or reset=none, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # syn[t] = decay_syn*syn[t-1] + I[t]
    n_syn = k_decay_syn * s_syn + x_I
    # mem[t] = decay_mem*mem[t-1] + syn[t]
    n_mem = k_decay_mem * s_mem + n_syn
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_syn, n_mem
