"""Squared error of the first spike times, as shares of the duration."""

from torch.nn.functional import mse_loss

from spikex_lab.nn.readout import at_least_float32, first_spike, one_hot


def loss(result, p, target):
    """Return the mean over batch and classes; spikes ``[T, B, K]``, target ``[B]``."""
    spikes = at_least_float32(result.output)
    moment = first_spike(spikes) / spikes.shape[0]
    right = one_hot(target, moment.shape[-1], moment)
    return mse_loss(moment, p.incorrect + (p.correct - p.incorrect) * right)
