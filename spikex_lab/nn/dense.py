"""Dense products: the fastest there is, results in kept buffers.

torch's own product is MKL's, which on processors that are not Intel's uses half of a vector. The
product of `spikex_lab.nn.products` and that of oneDNN, which comes with torch too, are then more
than twice as fast (one core of a Zen 5: 237 and 239 against 105 GFlop/s). Ours writes where it is
told to, and copies nothing that lies the other way round; where there is no compiler for it, oneDNN
serves. All are single precision, and differ in the order of sums only.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from spikex_lab.nn import kernels, products
from spikex_lab.nn.buffers import LEAST, empty

_WORTH = 1 << 22
"""Multiplications from which MKL's way is the longer one."""


@cache
def held_back() -> bool:
    """Say whether MKL holds back here: a processor with AVX-512 that is not Intel's."""
    try:
        words = Path("/proc/cpuinfo").read_text("utf-8", "replace")
    except OSError:
        return False
    wide = torch.backends.cpu.get_cpu_capability() == "AVX512"
    has = torch._C._has_mkldnn and hasattr(torch.ops.mkldnn, "_linear_pointwise")
    return wide and has and "GenuineIntel" not in words


def product(a: Tensor, b: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``a @ bᵀ + bias`` of matrices ``[R, K]`` and ``[N, K]``, without a gradient."""
    if a.shape[0] * b.numel() >= _WORTH and a.dtype == torch.float32 and held_back():
        if kernels.fused() and products.here():
            return products.product(a, b, bias)
        out: Tensor = torch.ops.mkldnn._linear_pointwise(a, b, bias, "none", [], "")
        return out
    kept = empty((a.shape[0], b.shape[0]), a)
    return torch.mm(a, b.t(), out=kept) if bias is None else torch.addmm(bias, a, b.t(), out=kept)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``x Wᵀ + b`` of rows `x` ``[R, inputs]``."""
    large = max(x.numel(), x.shape[0] * weight.shape[0]) * x.element_size() >= LEAST
    large = large or x.shape[0] * weight.numel() >= _WORTH
    same = x.dtype == weight.dtype and x.device.type == "cpu"
    if not (large and same) or torch.is_autocast_enabled("cpu") or torch.compiler.is_compiling():
        return functional.linear(x, weight, bias)
    out: Tensor = _Linear.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return out


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return product(x, weight, bias)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is asked for
            return grad @ weight, grad.t() @ x, grad.sum(0) if ctx.needs_input_grad[2] else None
        return (
            product(grad, weight.t()) if ctx.needs_input_grad[0] else None,
            product(grad.t(), x.t()) if ctx.needs_input_grad[1] else None,
            grad.sum(0) if ctx.needs_input_grad[2] else None,
        )
