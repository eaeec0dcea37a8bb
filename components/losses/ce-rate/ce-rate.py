"""Cross-entropy of the spikes at every step, averaged over the steps."""

from torch.nn.functional import cross_entropy

from spikex_lab.nn.readout import at_least_float32


def loss(result, p, target):
    """Return the mean over steps and batch; spikes ``[T, B, K]``, target ``[B]``."""
    spikes = at_least_float32(result.output)
    return cross_entropy(spikes.flatten(0, 1), target.expand(len(spikes), -1).reshape(-1))
