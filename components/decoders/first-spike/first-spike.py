"""Minus the step of the first spike of each output neuron."""

from spikex_lab.nn.readout import first_spike


def decode(output, p, state):
    """Return scores ``[B, K]`` for spikes ``[T, B, K]``."""
    return -first_spike(output)
