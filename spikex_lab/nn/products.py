"""The compiled matrix product: from the kernel pack, else built at first use."""

from __future__ import annotations

import ctypes
import functools
from importlib import resources

import torch  # before the library is loaded: its threads are torch's own (one OpenMP for both)
from torch import Tensor

from spikex_lab import toolchain
from spikex_lab.nn import buffers, packed

FUSED = "-ffp-contract=fast"
"""Its sums, unlike a scan's steps, may be fused multiply-adds."""
_SHARE = 1 << 20
"""Multiplications that are worth a thread."""


def source() -> str:
    """Return the C++ text: it stands alone, for any processor."""
    return (resources.files(__package__) / "products.cpp").read_text("utf-8")


def here() -> bool:
    """Say whether the product can run on this machine."""
    return _function() is not None


def product(a: Tensor, b: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``a @ bᵀ + bias``, ``[M, N]``, without a gradient; the same on any number of threads.

    Parameters
    ----------
    a, b : ``[M, K]`` and ``[N, K]``, float32, of any strides. Each element's sum over K is taken by
        one thread, in blocks that the shapes decide.
    bias : ``[N]``, float32; default: 0.
    """
    function = _function()
    assert function is not None, "here() says whether there is one"  # noqa: S101
    (m, k), n = a.shape, b.shape[0]
    a, b = a.resolve_neg(), b.resolve_neg()
    bias = None if bias is None else bias.resolve_neg().contiguous()
    shape = (ctypes.c_int64 * 7)(m, n, k, *a.stride(), *b.stride())
    threads = max(1, min(torch.get_num_threads(), m * n * k // _SHARE))
    out = buffers.empty((m, n), a)
    given = (
        shape, a.data_ptr(), b.data_ptr(), None if bias is None else bias.data_ptr(), out.data_ptr()
    )  # fmt: skip
    room = buffers.empty((function(*given, None, threads),), a)
    function(*given, room.data_ptr(), threads)
    return out


@functools.cache
def _function() -> ctypes._NamedFuncPointer | None:
    text = source()
    found = packed.own(text) or toolchain.fast(text, FUSED)
    if found is None:
        return None
    function = found.spikex_product
    function.restype = ctypes.c_int64
    function.argtypes = [*[ctypes.c_void_p] * 6, ctypes.c_int32]
    return function
