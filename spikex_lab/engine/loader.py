"""Batches of a split, as tensors on the device, in a given order."""

from __future__ import annotations

import math
from collections.abc import Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.engine.ahead import ahead

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Split

LARGE_BATCH = 2**20
"""Values in a batch from which on a thread reads ahead by itself: reading then takes longer than
handing over does (some 50 µs, as measured), also when the file lies in memory."""

Batch = tuple["torch.Tensor", "torch.Tensor"]


def count(samples: int, batch_size: int) -> int:
    """Return the number of batches, the last one possibly smaller.

    Examples
    --------
    >>> count(100, 64), count(3, 64), count(0, 64)
    (2, 1, 0)
    """
    return -(-samples // batch_size)


def batches(
    split: Split,
    order: np.ndarray[Any, np.dtype[np.int64]],
    batch_size: int,
    *,
    device: torch.device,
    dtype: torch.dtype,
    start: int = 0,
    workers: int = 0,
) -> Generator[Batch, None, None]:
    """Yield ``x [B, …]`` and ``y [B]`` for each batch of `order` from batch `start` on.

    Bytes stay bytes until the batch is made; for another device than the CPU they travel as bytes,
    from pinned memory to CUDA, and become floats there: the same numbers on every device.

    Parameters
    ----------
    workers : batches read ahead by that many threads; 0: by one where a batch is large or goes to
        another device, else each is read when it is asked for.
    """
    far = device.type != "cpu"
    pinned = device.type == "cuda"

    def fetch(index: int) -> Batch:
        chosen = order[index * batch_size : (index + 1) * batch_size]
        x, y = map(_tensor, split.kept(chosen) if far else split.batch(chosen))
        return (x.pin_memory(), y.pin_memory()) if pinned else (x, y)

    threads = workers or int(far or batch_size * math.prod(split.x.shape[1:]) >= LARGE_BATCH)
    indices = range(start, count(len(order), batch_size))
    with closing(ahead(fetch, indices, threads)) as read:
        for x, y in read:
            x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
            yield (scaled(x, split) if far else x).to(dtype), y


def scaled(x: torch.Tensor, split: Split) -> torch.Tensor:
    """Return kept samples as `Split.batch` gives them, worked out where they lie."""
    import torch

    if split.scale is None:
        return x
    low, span = split.scale
    x = x.to(torch.float32)
    # by tensors on the device: for a plain number CUDA multiplies with its inverse, and the last
    # digit is another one
    return x.sub_(x.new_full((), low)).div_(x.new_full((), span))


def _tensor(array: np.ndarray[Any, Any]) -> torch.Tensor:
    import torch

    return torch.from_numpy(np.ascontiguousarray(array))
