"""Orders that depend on a key alone: the same on every machine and with every version of numpy."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

import numpy as np

Indices = np.ndarray[Any, np.dtype[np.int64]]


def permutation(n: int, *key: int | str) -> Indices:
    """Return the numbers 0 … n-1 in an order that `key` decides.

    numpy does not promise that ``Generator.permutation`` stays the same from version to version,
    but it does promise the raw stream of a bit generator; so that stream is sorted.

    Examples
    --------
    >>> permutation(5, 0, "order", 1).tolist() == permutation(5, 0, "order", 1).tolist()
    True
    """
    text = "/".join(("spikex", *map(str, key))).encode()
    seed = int.from_bytes(blake2b(text, digest_size=16).digest(), "little")
    return np.argsort(np.random.Philox(key=seed).random_raw(n), kind="stable")
