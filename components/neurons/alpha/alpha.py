# Rendered from components/neurons/alpha/component.yaml by `spikex components render`: edit that file, not this.
"""Alpha neuron (discrete, second order), version 1.0.0. A neuron that answers one input spike with an alpha-shaped bump: up with one decay, down with another."""

import torch


def constants(dt, p_alpha, p_beta, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the exciting current after one step
    k_decay_exc = torch.clamp(p_alpha, 0, 1)
    # what is left of the inhibiting current after one step
    k_decay_inh = torch.clamp(p_beta, 0, 1)
    # scales the difference of the two currents
    k_gain = torch.log(k_decay_exc) / (torch.log(k_decay_inh) - torch.log(k_decay_exc)) + 1
    return [k_decay_exc, k_decay_inh, k_gain, 0, 0, 0]


def step(fire, p_threshold, k_decay_exc, k_decay_inh, k_gain, s_syn_exc, s_syn_inh, s_mem, x_I):
    """One time step with reset=zero: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_syn_exc.dtype)
    # exciting current before the reset
    l_exc = k_decay_exc * s_syn_exc + x_I
    # inhibiting current before the reset
    l_inh = k_decay_inh * s_syn_inh - x_I
    # membrane potential before the reset
    l_bump = k_gain * (l_exc + l_inh)
    # syn_exc[t] = exc - exc*spiked
    n_syn_exc = l_exc - l_exc * spiked
    # syn_inh[t] = inh - inh*spiked
    n_syn_inh = l_inh - l_inh * spiked
    # mem[t] = bump - bump*spiked
    n_mem = l_bump - l_bump * spiked
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_syn_exc, n_syn_inh, n_mem


def step_subtract(fire, p_threshold, k_decay_exc, k_decay_inh, k_gain, s_syn_exc, s_syn_inh, s_mem, x_I):
    """One time step with reset=subtract: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_syn_exc.dtype)
    # exciting current before the reset
    l_exc = k_decay_exc * s_syn_exc + x_I
    # inhibiting current before the reset
    l_inh = k_decay_inh * s_syn_inh - x_I
    # membrane potential before the reset
    l_bump = k_gain * (l_exc + l_inh)
    # syn_exc[t] = exc - threshold*spiked
    n_syn_exc = l_exc - p_threshold * spiked
    # syn_inh[t] = inh - inh*spiked
    n_syn_inh = l_inh - l_inh * spiked
    # mem[t] = bump + syn_inh[t-1]*spiked
    n_mem = l_bump + s_syn_inh * spiked
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_syn_exc, n_syn_inh, n_mem


def step_none(fire, p_threshold, k_decay_exc, k_decay_inh, k_gain, s_syn_exc, s_syn_inh, s_mem, x_I):
    """One time step with reset=none: what goes out, then the new state. Constants: constants()."""
    # exciting current before the reset
    l_exc = k_decay_exc * s_syn_exc + x_I
    # inhibiting current before the reset
    l_inh = k_decay_inh * s_syn_inh - x_I
    # membrane potential before the reset
    l_bump = k_gain * (l_exc + l_inh)
    # syn_exc[t] = exc
    n_syn_exc = l_exc
    # syn_inh[t] = inh
    n_syn_inh = l_inh
    # mem[t] = bump
    n_mem = l_bump
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_syn_exc, n_syn_inh, n_mem
