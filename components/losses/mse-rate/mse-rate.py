"""Squared error of the firing rates: 1 for the right class, 0 for the others."""

from torch.nn.functional import mse_loss

from spikex_lab.nn.readout import at_least_float32, one_hot


def loss(result, p, target):
    """Return the mean over batch and classes; spikes ``[T, B, K]``, target ``[B]``."""
    rate = at_least_float32(result.output).mean(0)
    return mse_loss(rate, one_hot(target, rate.shape[-1], rate))
