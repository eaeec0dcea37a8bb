"""Cross-entropy of the spike counts."""

from torch.nn.functional import cross_entropy

from spikex_lab.nn.readout import at_least_float32


def loss(result, p, target):
    """Return the mean over the batch; spikes ``[T, B, K]``, target ``[B]``."""
    return cross_entropy(at_least_float32(result.output).sum(0), target)
