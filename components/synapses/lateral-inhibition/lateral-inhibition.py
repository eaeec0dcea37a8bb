"""Lateral inhibition: each neuron hears, with a minus, what all the others fired."""


def forward(x, p, w, mode):
    """Return ``[N, n]`` for spikes `x` ``[N, n]``: ``-strength`` times the sum of the others."""
    return -p.strength * (x.sum(-1, keepdim=True) - x)
