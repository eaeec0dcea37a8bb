"""The compiled kernels: from the kernel pack, else built at first use."""

from __future__ import annotations

import ctypes
import functools
import logging
from dataclasses import dataclass
from importlib import resources
from typing import NamedTuple

import torch  # before the library is loaded: its threads are torch's own (one OpenMP for both)
from torch import Tensor

from spikex_lab import toolchain
from spikex_lab.nn import buffers, packed

FLAGS = ("-std=c++17", "-O3", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math")
"""Of the kernels wherever they are built; no -ffast-math, no fused multiply-add."""
HERE = ("-march=native",)
"""Added where they are built for the machine at hand only."""
THREADS = ("-fopenmp",)
"""Added where the compiler has OpenMP; without, the kernels run on one thread."""

_OVER = 8
"""Entries beyond its end that a list may be read and written."""
_NAMES = {torch.float32: "f32", torch.float64: "f64"}
_log = logging.getLogger(__name__)


class Geometry(NamedTuple):
    """What one call works on; the order is that of ``kernels.cpp``.

    Items hold channels over a plane of height × width; each of out_h × out_w places gets `outputs`
    numbers from what a field of kernel_h × kernel_w sees. `block` channels are taken at a time.
    """

    items: int
    channels: int
    height: int
    width: int
    outputs: int
    kernel_h: int
    kernel_w: int
    stride_h: int
    stride_w: int
    pad_h: int
    pad_w: int
    dilation_h: int
    dilation_w: int
    out_h: int
    out_w: int
    block: int

    @property
    def blocks(self) -> int:
        """How many blocks of channels there are."""
        return -(-self.channels // self.block)

    @property
    def inputs(self) -> int:
        """How many numbers come in: each an event or 0."""
        return self.items * self.channels * self.height * self.width


@dataclass(frozen=True)
class Lists:
    """Where the events are: per item, row of the plane and block of channels."""

    count: int
    ones: bool
    """Whether all events are 1, so that nothing needs to be multiplied."""
    start: Tensor
    index: Tensor
    value: Tensor


def source() -> str:
    """Return the C++ text: it stands alone, for any processor."""
    return (resources.files(__package__) / "kernels.cpp").read_text("utf-8")


def here() -> bool:
    """Say whether the kernels can run on this machine."""
    return _library() is not None


@functools.cache
def _library() -> ctypes.CDLL | None:
    text = source()
    found = packed.own(text) or _built(text)
    if found is None:
        _log.info("no C++ compiler: events are not used, linear layers and convolutions run dense")
        return None
    for name in _NAMES.values():
        find = getattr(found, f"spikex_events_find_{name}")
        pointer, number, count = ctypes.c_void_p, ctypes.c_int32, ctypes.c_int64
        find.restype = count
        find.argtypes = [pointer, pointer, pointer, number, count, count, *[pointer] * 4, number]
        apply = getattr(found, f"spikex_events_apply_{name}")
        apply.restype = number
        apply.argtypes = [*[pointer] * 4, number, *[pointer] * 4, number]
        turn = getattr(found, f"spikex_events_turn_{name}")
        turn.restype = None
        turn.argtypes = [pointer, pointer, count, count, count, number]
    return found


def _built(text: str) -> ctypes.CDLL | None:
    try:
        return toolchain.library(text, flags=(*FLAGS, *HERE, *THREADS))
    except toolchain.CompileError:
        return toolchain.library(text, flags=(*FLAGS, *HERE))


def find(x: Tensor, strides: tuple[int, ...], geometry: Geometry, *, across: bool, limit: int) -> (
    Lists | None
):  # fmt: skip
    """Return the events of `x`; None as soon as there are more than `limit`.

    Parameters
    ----------
    strides : of `x` in elements, over item, channel, row and column of `geometry`.
    across : whether channels, not items, lie one after the other in memory.
    """
    threads = torch.get_num_threads()
    slack = 0 if across else geometry.channels * geometry.height * geometry.width
    room = limit + slack + _OVER
    rows = geometry.items * geometry.height * geometry.blocks
    start = torch.empty(rows * (geometry.width + 1), dtype=torch.int64)
    index = buffers.pool.empty((threads * room,), torch.int32)
    value = buffers.empty((threads * room,), x)
    ones = ctypes.c_int32()
    count = _function("find", x)(
        x.data_ptr(), _numbers(strides), _numbers(geometry), across, limit, room,
        start.data_ptr(), index.data_ptr(), value.data_ptr(), ctypes.byref(ones), threads,
    )  # fmt: skip
    return None if count < 0 else Lists(count, bool(ones.value), start, index, value)


def apply(
    lists: Lists, geometry: Geometry, weights: Tensor, offset: int, strides: tuple[int, ...],
    bias: Tensor | None = None,
) -> Tensor | None:  # fmt: skip
    """Return ``[items, out_h, out_w, outputs]``; None where a weight is not finite.

    Parameters
    ----------
    offset, strides : where in the storage of `weights` the first one lies, beyond its own start,
        and the strides over channel, row and column of the field, and output.
    bias : what every place starts from, ``[outputs]``; default: 0.
    """
    g = geometry
    out = buffers.empty((g.items, g.out_h, g.out_w, g.outputs), weights)
    fine = _function("apply", weights)(
        _numbers(geometry), lists.start.data_ptr(), lists.index.data_ptr(),
        lists.value.data_ptr(), lists.ones, weights.data_ptr() + offset * weights.element_size(),
        _numbers(strides), None if bias is None else bias.data_ptr(), out.data_ptr(),
        torch.get_num_threads(),
    )  # fmt: skip
    return out if fine else None


def turn(x: Tensor) -> Tensor:
    """Return `x` ``[N, R, C]``, contiguous, as ``[N, C, R]``: faster than torch's own copy."""
    count, rows, columns = x.shape
    out = buffers.empty((count, columns, rows), x)
    _function("turn", x)(
        x.data_ptr(), out.data_ptr(), count, rows, columns, torch.get_num_threads()
    )
    return out


def _function(kind: str, like: Tensor) -> ctypes._NamedFuncPointer:
    return getattr(_library(), f"spikex_events_{kind}_{_NAMES[like.dtype]}")  # type: ignore[no-any-return]


def _numbers(values: tuple[int, ...]) -> ctypes.Array[ctypes.c_int64]:
    return (ctypes.c_int64 * len(values))(*values)
