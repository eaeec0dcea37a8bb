"""Batches of a split, as tensors on the device, in a given order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Split


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
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Yield ``x [B, …]`` and ``y [B]`` for each batch of `order` from batch `start` on.

    Parameters
    ----------
    workers : batches read ahead by that many threads; 0 reads each when it is asked for.
    """
    import torch

    def fetch(index: int) -> tuple[torch.Tensor, torch.Tensor]:
        x, y = split.batch(order[index * batch_size : (index + 1) * batch_size])
        return torch.from_numpy(np.ascontiguousarray(x)), torch.from_numpy(np.asarray(y, np.int64))

    for x, y in _ahead(fetch, range(start, count(len(order), batch_size)), workers):
        yield x.to(device, dtype, non_blocking=True), y.to(device, non_blocking=True)


def _ahead(
    fetch: Callable[[int], tuple[torch.Tensor, torch.Tensor]], indices: Sequence[int], workers: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    if workers == 0:
        yield from map(fetch, indices)
        return
    waiting: deque[Future[tuple[torch.Tensor, torch.Tensor]]] = deque()
    pool = ThreadPoolExecutor(workers, thread_name_prefix="spikex-data")
    try:
        for index in indices:
            waiting.append(pool.submit(fetch, index))
            if len(waiting) > 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
