"""First values of weights, keyed: seed, node and name decide them, nothing else that was drawn."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import torch

from spikex_lab.catalog import Component
from spikex_lab.errors import InvalidError
from spikex_lab.spec.registry import Shape


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


def attach(
    module: torch.nn.Module,
    component: Component,
    params: Mapping[str, Any],
    shape: Shape | None,
    *,
    seed: int | None = None,
    node: str = "",
) -> None:
    """Give `module` the weights of `component`, drawn; those it has (``learn:``) stay.

    Raises
    ------
    InvalidError : there are weights, but no `shape` to make them for.
    """
    sizes = component.weights(params, shape or ())
    kept = component.buffers(params, shape or ())
    names = [name for name in (*sizes, *kept) if name not in module._parameters]
    if names and shape is None:
        raise InvalidError(
            f"{component.id} has weights of its own ({', '.join(names)}), whose number follows "
            "from that of its neurons",
            where=component.id,
            hint="give shape=128 (neurons), or use it in a model",
        )
    for name in names:
        tensor = torch.empty((sizes | kept)[name])
        draw_(
            tensor, *component.initial(params, shape or (), name), seed=seed, key=f"{node}.{name}"
        )
        # not register_…: a weight may be called like an attribute of the module's class
        if name in sizes:
            module._parameters[name] = torch.nn.Parameter(tensor)
        else:
            module._buffers[name] = tensor


_key = key
