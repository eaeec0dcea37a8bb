"""Squared error of the output node's membrane against a constant target per class."""

from torch.nn.functional import mse_loss

from spikex_lab.nn.readout import at_least_float32, membrane, one_hot


def loss(result, p, target):
    """Return the mean over steps, batch and classes; target ``[B]``."""
    trace = at_least_float32(membrane(result))
    right = one_hot(target, trace.shape[-1], trace)
    wanted = p.incorrect + (p.correct - p.incorrect) * right
    return mse_loss(trace, wanted.expand_as(trace))
