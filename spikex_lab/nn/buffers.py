"""Large buffers, kept when nobody needs them any more and handed out again.

A fresh buffer costs more than the kernel that fills it: the system hands out each of its pages, a
zeroed one, at the first touch. What a training step needs is the same in every step, so the buffers
of the last one are kept, up to a bound, and serve the next.
"""

from __future__ import annotations

import math
import threading
import weakref
from collections import OrderedDict, deque
from collections.abc import Sequence

import numpy as np
import psutil
import torch
from torch import Tensor

LEAST = 1 << 20
"""Bytes from which a buffer is kept; smaller ones are the allocator's."""
SHARE = 8
"""At most this part of the machine's memory lies unused."""
_ALIGNED = 64


class Pool:
    """Hands out buffers and takes them back by itself, when the last tensor on them is gone.

    Parameters
    ----------
    bound : bytes that may lie unused; what was unused longest goes first.
    """

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self.unused = 0
        # reentrant: taking one may free tensors of a cycle, whose buffers come back just then
        self._lock = threading.RLock()
        self._free: OrderedDict[int, deque[np.ndarray]] = OrderedDict()

    def empty(self, shape: Sequence[int], dtype: torch.dtype) -> Tensor:
        """Return a tensor of `shape` whose numbers are whatever they are."""
        count = math.prod(shape)
        size = count * dtype.itemsize
        if size < LEAST:
            return torch.empty(shape, dtype=dtype)
        block = self._take(size)
        offset = -block.ctypes.data % _ALIGNED
        view = block[offset : offset + size]
        weakref.finalize(view, self._give_back, block).atexit = False
        return torch.from_numpy(view).view(dtype).view(shape)

    def clear(self) -> None:
        """Give everything unused back to the system."""
        with self._lock:
            self._free.clear()
            self.unused = 0

    def _take(self, size: int) -> np.ndarray:
        with self._lock:
            blocks = self._free.get(size + _ALIGNED)
            if blocks:
                self.unused -= size + _ALIGNED
                return blocks.pop()
        return np.empty(size + _ALIGNED, np.uint8)

    def _give_back(self, block: np.ndarray) -> None:
        with self._lock:
            self._free.setdefault(block.nbytes, deque()).append(block)
            self._free.move_to_end(block.nbytes)
            self.unused += block.nbytes
            while self.unused > self.bound:
                size, blocks = next(iter(self._free.items()))
                if blocks:
                    blocks.popleft()
                    self.unused -= size
                if not blocks:
                    del self._free[size]


pool = Pool(psutil.virtual_memory().total // SHARE)
"""The process's own."""


def empty(shape: Sequence[int], like: Tensor) -> Tensor:
    """Return a tensor of `shape`, of the type and device of `like`, from the pool on a CPU."""
    if like.device.type != "cpu":
        return like.new_empty(shape)
    return pool.empty(shape, like.dtype)
