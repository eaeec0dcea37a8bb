"""First values of weights, keyed: seed, node and name decide them, nothing else that was drawn."""

from __future__ import annotations

import hashlib

import torch


def key(*parts: object) -> int:
    """Return a 63-bit seed made of `parts` (blake2b).

    Examples
    --------
    >>> key(0, "weights", "fc1.weight") == key(0, "weights", "fc1.weight")
    True
    """
    digest = hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


@torch.no_grad()
def draw_(tensor: torch.Tensor, kind: str, size: float, *, seed: int | None, key: str) -> None:
    """Fill `tensor`: ``uniform`` in ±`size`, ``normal`` with that deviation, or ``constant``.

    With `seed` None, torch's global generator is used.
    """
    generator = None
    if seed is not None:
        generator = torch.Generator().manual_seed(_key(seed, "weights", key))
    if kind == "uniform":
        tensor.uniform_(-size, size, generator=generator)
    elif kind == "normal":
        tensor.normal_(0.0, size, generator=generator)
    else:
        tensor.fill_(size)


_key = key
