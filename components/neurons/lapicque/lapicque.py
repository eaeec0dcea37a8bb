# Rendered from components/neurons/lapicque/component.yaml by `spikex components render`: edit that file, not this.
"""Lapicque's RC circuit (discrete), version 1.0.0. A resistor and a capacitor, stepped with Euler's method: the discrete leaky neuron with its circuit left visible."""

import torch


def constants(dt, p_R, p_C, p_threshold):
    """What does not change from step to step, then the first value of each state."""
    # how fast the membrane leaks: one over the time constant
    k_rate = 1 / (p_R * p_C)
    # what is left of the potential after one step
    k_kept = 1 - dt / (p_R * p_C)
    return [k_rate, k_kept, 0]


def step(fire, p_R, p_threshold, k_rate, k_kept, dt, s_mem, x_I):
    """One time step with reset=subtract: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_mem.dtype)
    # the membrane before the reset
    l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem
    # mem[t] = charge - spiked*threshold
    n_mem = l_charge - spiked * p_threshold
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_mem


def step_zero(fire, p_R, p_threshold, k_rate, k_kept, dt, s_mem, x_I):
    """One time step with reset=zero: what goes out, then the new state. Constants: constants()."""
    # the test on the state as the last step left it
    spiked = (s_mem - p_threshold > 0).to(s_mem.dtype)
    # the membrane before the reset
    l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem
    # mem[t] = charge - spiked*charge
    n_mem = l_charge - spiked * l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_mem


def step_none(fire, p_R, p_threshold, k_rate, k_kept, dt, s_mem, x_I):
    """One time step with reset=none: what goes out, then the new state. Constants: constants()."""
    # the membrane before the reset
    l_charge = x_I * p_R * k_rate * dt + k_kept * s_mem
    # mem[t] = charge
    n_mem = l_charge
    # mem > threshold
    spike = fire(n_mem - p_threshold)
    return spike, n_mem
