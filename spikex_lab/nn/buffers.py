"""Large buffers, kept when nobody needs them any more and handed out again.

A fresh buffer costs more than the kernel that fills it: the system hands out each of its pages, a
zeroed one, at the first touch. What a training step needs is the same in every step, so the buffers
of the last one are kept, up to a bound, and serve the next.
"""

from __future__ import annotations

import contextlib
import ctypes
import math
import mmap
import platform
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
_TRIM, _THRESHOLD, _MAPPED = -1, -3, -4
"""``M_TRIM_THRESHOLD``, ``M_MMAP_THRESHOLD`` and ``M_MMAP_MAX`` of ``malloc.h``."""
SHARE = 8
"""At most this part of the machine's memory lies unused."""


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

    def empty(self, shape: Sequence[int], dtype: torch.dtype, least: int = LEAST) -> Tensor:
        """Return a tensor of `shape` whose numbers are whatever they are.

        Of fewer bytes than `least` it is one like any other.

        Raises
        ------
        MemoryError : the system has none left, also with everything unused given back.
        """
        count = math.prod(shape)
        size = count * dtype.itemsize
        if size < least:
            return torch.empty(shape, dtype=dtype)
        block = self._take(size)
        view = block[:size]
        weakref.finalize(view, self._give_back, block).atexit = False
        return torch.from_numpy(view).view(dtype).view(shape)

    def clear(self) -> None:
        """Give everything unused back to the system."""
        with self._lock:
            self._free.clear()
            self.unused = 0

    def _take(self, size: int) -> np.ndarray:
        with self._lock:
            blocks = self._free.get(size)
            if blocks:
                self.unused -= size
                return blocks.pop()
        # not from the allocator's heap, which would tear between what stays and what comes and goes
        try:
            pages = _pages(size)
        except OSError:  # what lies unused may be in the way
            self.clear()
            try:
                pages = _pages(size)
            except OSError:
                raise MemoryError(f"no memory for a buffer of {size:,} bytes") from None
        return np.frombuffer(pages, np.uint8)

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


def _pages(size: int) -> mmap.mmap:
    """Return fresh memory, in huge pages where the system has them: passes over it are shorter."""
    if not hasattr(mmap, "MADV_HUGEPAGE"):
        return mmap.mmap(-1, size)
    # private: memory that could be shared is not given huge pages
    pages = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    # a kernel built without huge pages refuses, and plain ones serve as well
    with contextlib.suppress(OSError):
        pages.madvise(mmap.MADV_HUGEPAGE)
    return pages


def give_back_large() -> None:
    """Let the allocator of this process give large blocks back as soon as they are free.

    Otherwise it learns to keep them, and a small one that settles in the gap left by a large one
    drives the next large one beyond it: time in stretches would tear the heap at every stretch. The
    price are fresh pages each time. Only where the C library is GNU's; elsewhere nothing happens.
    """
    _tell_allocator((_MAPPED, 1 << 16), (_THRESHOLD, LEAST))


def keep_large() -> None:
    """Let the allocator of this process keep large blocks for the next that asks for such.

    Convolutions and poolings of torch take their results from it, and the fresh pages of each step
    cost a quarter of the time of a small convolutional network. At most what the pool may keep
    stays unused at the top of the heap. Only where the C library is GNU's; elsewhere nothing
    happens.
    """
    _tell_allocator((_MAPPED, 0), (_TRIM, min(pool.bound, 2**31 - 1)))


def _tell_allocator(*options: tuple[int, int]) -> None:
    if platform.libc_ver()[0] == "glibc":
        libc = ctypes.CDLL(None)
        for option in options:
            libc.mallopt(*option)


pool = Pool(psutil.virtual_memory().total // SHARE)
"""The process's own."""


def empty(shape: Sequence[int], like: Tensor, least: int = LEAST) -> Tensor:
    """Return a tensor of `shape`, of the type and device of `like`, from the pool on a CPU."""
    if like.device.type != "cpu":
        return like.new_empty(shape)
    return pool.empty(shape, like.dtype, least)
