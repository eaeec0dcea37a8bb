"""The order of the samples within one epoch."""

from __future__ import annotations

from spikex_lab.data.keyed import Indices, permutation


def epoch_order(n: int, seed: int, epoch: int) -> Indices:
    """Return the order [n] in which epoch `epoch` of a run with `seed` visits `n` samples.

    It depends on nothing else, so a resumed run visits the rest as if never interrupted.

    Examples
    --------
    >>> sorted(epoch_order(4, seed=0, epoch=1).tolist())
    [0, 1, 2, 3]
    """
    return permutation(n, seed, "order", epoch)
