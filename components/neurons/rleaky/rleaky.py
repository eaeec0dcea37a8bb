# Rendered from components/neurons/rleaky/component.yaml by `spikex components render`: edit that file, not this.
"""Recurrent leaky integrate-and-fire (discrete), version 1.0.0. Leaky neurons that hear, one step later, their own spikes: through a weight matrix, or each its own."""

import torch


def constants(dt, p_beta, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the potential after one step
    k_decay = torch.clamp(p_beta, 0, 1)
    return [k_decay, 0, 0]


def step(fire, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=subtract, reset_delay=true: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = x_R
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*threshold
    n_mem = l_charge - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_mem


def step_all_to_all_subtract_no_reset_delay(fire, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=subtract, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = x_R
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*threshold
    n_mem = l_charge - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    # mem = mem - (spike - spiked)*threshold
    n_mem = n_mem - (spike - spiked) * p_threshold
    return spike, n_spk, n_mem


def step_all_to_all_zero_reset_delay(fire, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=zero, reset_delay=true: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = x_R
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*charge
    n_mem = l_charge - spiked * l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_mem


def step_all_to_all_zero_no_reset_delay(fire, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=zero, reset_delay=false: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = x_R
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*charge
    n_mem = l_charge - spiked * l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    # mem = mem - (spike - spiked)*mem
    n_mem = n_mem - (spike - spiked) * n_mem
    return spike, n_spk, n_mem


def step_all_to_all_none_reset_delay(fire, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=true, reset=none, reset_delay=true or all_to_all=true, reset=none, reset_delay=false: what goes out, then the new state. Consta..."""
    # what the last step's spikes bring back
    l_back = x_R
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge
    n_mem = l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_mem


def constants_no_all_to_all_subtract_reset_delay(dt, p_beta, p_V, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # what is left of the potential after one step
    k_decay = torch.clamp(p_beta, 0, 1)
    return [k_decay, 0, 0]


def step_no_all_to_all_subtract_reset_delay(fire, p_V, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=subtract, reset_delay=true: what goes out, then the new state. Constants: constants_no_all_to_all_subtract_reset_d..."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*threshold
    n_mem = l_charge - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_mem


def step_no_all_to_all_subtract_no_reset_delay(fire, p_V, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=subtract, reset_delay=false: what goes out, then the new state. Constants: constants_no_all_to_all_subtract_reset_..."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*threshold
    n_mem = l_charge - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    # mem = mem - (spike - spiked)*threshold
    n_mem = n_mem - (spike - spiked) * p_threshold
    return spike, n_spk, n_mem


def step_no_all_to_all_zero_reset_delay(fire, p_V, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=zero, reset_delay=true: what goes out, then the new state. Constants: constants_no_all_to_all_subtract_reset_delay()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*charge
    n_mem = l_charge - spiked * l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_mem


def step_no_all_to_all_zero_no_reset_delay(fire, p_V, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=zero, reset_delay=false: what goes out, then the new state. Constants: constants_no_all_to_all_subtract_reset_dela..."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_spk.dtype)
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge - spiked*charge
    n_mem = l_charge - spiked * l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    # mem = mem - (spike - spiked)*mem
    n_mem = n_mem - (spike - spiked) * n_mem
    return spike, n_spk, n_mem


def step_no_all_to_all_none_reset_delay(fire, p_V, p_threshold, k_decay, s_spk, s_mem, x_I, x_R):
    """One time step with all_to_all=false, reset=none, reset_delay=true or all_to_all=false, reset=none, reset_delay=false: what goes out, then the new state. Cons..."""
    # what the last step's spikes bring back
    l_back = s_spk * p_V
    # the membrane before the reset
    l_charge = k_decay * s_mem + x_I + l_back
    # spk[t] = spk[t-1]
    n_spk = s_spk
    # mem[t] = charge
    n_mem = l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    # spk = spike
    n_spk = spike
    return spike, n_spk, n_mem
