"""Cross-entropy of the output node's membrane."""

from torch.nn.functional import cross_entropy

from spikex_lab.nn.readout import at_least_float32, membrane


def loss(result, p, target):
    """Return the sum over steps, or that of the maximum; mean over the batch; target ``[B]``."""
    trace = membrane(result)
    if p.take == "max":
        return cross_entropy(at_least_float32(trace.amax(0)), target)
    steps, batch, classes = trace.shape
    flat = at_least_float32(trace.reshape(steps * batch, classes))
    return cross_entropy(flat, target.expand(steps, batch).reshape(-1), reduction="sum") / batch
