"""Cross-entropy of the readout's scores."""

from torch.nn.functional import cross_entropy

from spikex_lab.nn.readout import at_least_float32


def loss(result, p, target):
    """Return the mean over the batch; scores ``[B, K]``, target ``[B]``."""
    return cross_entropy(at_least_float32(result.scores), target)
