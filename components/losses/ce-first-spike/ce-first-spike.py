"""Cross-entropy of minus the first spike times."""

from torch.nn.functional import cross_entropy

from spikex_lab.nn.readout import at_least_float32, first_spike


def loss(result, p, target):
    """Return the mean over the batch; spikes ``[T, B, K]``, target ``[B]``."""
    return cross_entropy(-first_spike(at_least_float32(result.output)) / p.scale, target)
