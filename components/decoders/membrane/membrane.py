"""Membrane potential of the output neurons as the score of each class."""


def decode(output, p, state):
    """Return scores ``[B, K]`` for potentials `state` ``[T, B, K]`` (None: the node has none, its `output` counts)."""
    values = output if state is None else state
    if p.take == "last":
        return values[-1]
    if p.take == "mean":
        return values.mean(0)
    return values.amax(0) if p.take == "max" else values.sum(0)
