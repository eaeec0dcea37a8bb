"""Fused scans on a GPU: the kernels of `spikex_lab.catalog.codegen.triton`, launched.

Triton comes with torch's CUDA builds and is no dependency of ours. With ``TRITON_INTERPRET=1`` it
runs on a CPU, number by number: far too slow for work, but so the kernels can be tested where there
is no GPU.
"""

from __future__ import annotations

import importlib.util
import math
import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen.kernel import Kernel, Real, Recurrence
from spikex_lab.catalog.codegen.triton import source
from spikex_lab.nn.compiled import load
from spikex_lab.nn.fused import Arguments, Machine

BLOCK, SMALL_BLOCK = 128, 32
"""Columns of a program instance, one for each thread; the small ones where else most of the GPU
would have nothing to do."""
_MANY = 1 << 15
"""Columns from which blocks are large."""
_WARP = 32


def serves(device: torch.device) -> bool:
    """Say whether scans on `device` are Triton's."""
    return device.type == "cuda" or (device.type == "cpu" and _interpreted())


def _interpreted() -> bool:
    return os.environ.get("TRITON_INTERPRET") == "1"


@lru_cache(maxsize=1024)
def machine(
    component: Component,
    selection: Selection,
    surrogate: Component | None,
    learned: tuple[str, ...] = (),
    real: Real = "float",
    recurrence: Recurrence | None = None,
    masked: bool = False,
) -> Machine | None:
    """Return the scan of `component` as Triton's kernels; None where Triton is not installed.

    The parameters are those of `spikex_lab.nn.fused.machine`.
    """
    if importlib.util.find_spec("triton") is None:
        return None
    slope = None if surrogate is None else surrogate.surrogate()
    kernel = Kernel(component.program(selection), slope, learned, real, recurrence, masked)
    made = functions(kernel, component.id)
    return Machine(kernel, made["forward"], made["backward"], _Named)


def functions(kernel: Kernel, name: str) -> dict[str, Any]:
    """Return ``forward`` and ``backward`` of `kernel` as functions of Triton.

    Triton compiles them at their first launch, for the GPU at hand, and keeps the result.
    """
    builtins = {"__import__": __import__, "range": range, "float": float}
    space = {"__name__": f"spikex {name}", "__builtins__": builtins}
    return load(source(kernel), f"{name} for a GPU", space)


def options() -> dict[str, Any]:
    """Return how kernels are compiled: with the reference's roundings.

    No fused multiply-add, which rounds once where the reference rounds twice; no small numbers
    taken for 0; no loads moved ahead across a barrier.
    """
    exact: dict[str, Any] = {"enable_fp_fusion": False, "num_stages": 1}
    if torch.version.hip is None:
        exact["enable_reflect_ftz"] = False
    return exact


class _Named(Arguments):
    """The arguments of a kernel by their names."""

    def __init__(
        self,
        inputs: Sequence[Tensor],
        begin: Sequence[Tensor],
        fixed: Tensor,
        moving: Sequence[bool],
        steps: int,
        back: Sequence[Tensor],  # noqa: ARG002 (recurrences run on the reference)
        ends: Tensor | None,
    ) -> None:
        super().__init__(inputs, moving, steps)
        self.values: dict[str, Any] = {}
        self.put("inputs", [one.contiguous() for one in inputs])
        self.put("begin", [one.contiguous() for one in begin])
        self.one("fixed", fixed)
        if ends is not None:
            self.one("ends", ends.contiguous())
        self.values |= {f"moves{i}": one for i, one in enumerate(moving)}
        self.values |= {f"span{i}": int(one.dim() > 0) for i, one in enumerate(begin)}

    def one(self, name: str, tensor: Tensor | None) -> None:
        self.values[name] = tensor

    def put(self, name: str, tensors: Sequence[Tensor | None]) -> None:
        self.values |= {f"{name}{i}": one for i, one in enumerate(tensors)}

    def run(self, function: Any, states: int, written: Sequence[Tensor]) -> None:  # noqa: ARG002
        if not self.columns:
            return
        if states:
            every = math.isqrt(self.steps - 1) + 1
            segments = -(-self.steps // every)
            tape = self.like.new_empty((every + segments) * states * self.columns)
            self.values |= {"every": every, "segments": segments, "tape": tape}
        block = BLOCK if self.columns >= _MANY else SMALL_BLOCK
        grid = (-(-self.columns // block),)
        with torch.cuda.device_of(self.like):  # type: ignore[no-untyped-call]
            function[grid](
                **self.values,
                steps=self.steps,
                columns=self.columns,
                block=block,
                num_warps=block // _WARP,
                **options(),
            )
