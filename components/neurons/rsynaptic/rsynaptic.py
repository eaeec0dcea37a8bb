# Rendered from components/neurons/rsynaptic/component.yaml by `spikex components render`: edit that file, not this.
"""Recurrent current-based leaky integrate-and-fire (discrete), version 1.0.0. Current-based leaky neurons whose own spikes come back, one step later, into their synaptic current."""

import torch


def constants(dt, p_alpha, p_beta, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the current after one step
    k_decay_syn = torch.clamp(p_alpha, 0, 1)
    # what is left of the potential after one step
    k_decay_mem = torch.clamp(p_beta, 0, 1)
    return [k_decay_syn, k_decay_mem, 0, 0, 0]


def step(fire, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=subtract: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = x_R
    # the synaptic current of this step
    l_current = k_decay_syn * s_syn + x_I + l_back
    # the membrane before the reset
    l_charge = k_decay_mem * s_mem + l_current
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # syn[t] = current
    n_syn = l_current
    # mem[t] = charge - spiked*threshold
    n_mem = l_charge - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_syn, n_mem


def step_all_to_all_zero(fire, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=zero: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = x_R
    # the synaptic current of this step
    l_current = k_decay_syn * s_syn + x_I + l_back
    # the membrane before the reset
    l_charge = k_decay_mem * s_mem + l_current
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # syn[t] = current
    n_syn = l_current
    # mem[t] = charge - charge*spiked
    n_mem = l_charge - l_charge * spiked
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_syn, n_mem


def step_all_to_all_none(fire, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=none: what goes out, then the new state. Constants: constants()."""
    # what the last step's spikes bring back
    l_back = x_R
    # the synaptic current of this step
    l_current = k_decay_syn * s_syn + x_I + l_back
    # the membrane before the reset
    l_charge = k_decay_mem * s_mem + l_current
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # syn[t] = current
    n_syn = l_current
    # mem[t] = charge
    n_mem = l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_syn, n_mem


def constants_no_all_to_all_subtract(dt, p_alpha, p_beta, p_V, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the current after one step
    k_decay_syn = torch.clamp(p_alpha, 0, 1)
    # what is left of the potential after one step
    k_decay_mem = torch.clamp(p_beta, 0, 1)
    return [k_decay_syn, k_decay_mem, 0, 0, 0]


def step_no_all_to_all_subtract(fire, p_V, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=subtract: what goes out, then the new state. Constants: constants_no_all_to_all_subtract()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the synaptic current of this step
    l_current = k_decay_syn * s_syn + x_I + l_back
    # the membrane before the reset
    l_charge = k_decay_mem * s_mem + l_current
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # syn[t] = current
    n_syn = l_current
    # mem[t] = charge - spiked*threshold
    n_mem = l_charge - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_syn, n_mem


def step_no_all_to_all_zero(fire, p_V, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=zero: what goes out, then the new state. Constants: constants_no_all_to_all_subtract()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the synaptic current of this step
    l_current = k_decay_syn * s_syn + x_I + l_back
    # the membrane before the reset
    l_charge = k_decay_mem * s_mem + l_current
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # syn[t] = current
    n_syn = l_current
    # mem[t] = charge - charge*spiked
    n_mem = l_charge - l_charge * spiked
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_syn, n_mem


def step_no_all_to_all_none(fire, p_V, p_threshold, k_decay_syn, k_decay_mem, s_spk, s_syn, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=none: what goes out, then the new state. Constants: constants_no_all_to_all_subtract()."""
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the synaptic current of this step
    l_current = k_decay_syn * s_syn + x_I + l_back
    # the membrane before the reset
    l_charge = k_decay_mem * s_mem + l_current
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # syn[t] = current
    n_syn = l_current
    # mem[t] = charge
    n_mem = l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_syn, n_mem
