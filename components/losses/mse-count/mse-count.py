"""Squared error of the spike counts, as shares of the steps."""

from torch.nn.functional import mse_loss

from spikex_lab.nn.readout import at_least_float32, one_hot


def loss(result, p, target):
    """Return the mean over batch and classes; spikes ``[T, B, K]``, target ``[B]``."""
    rate = at_least_float32(result.output.mean(dim=0))
    right = one_hot(target, rate.shape[-1], rate)
    return mse_loss(rate, p.incorrect + (p.correct - p.incorrect) * right)
