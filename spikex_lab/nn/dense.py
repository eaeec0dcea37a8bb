"""Dense products whose large results lie in buffers that are kept (`spikex_lab.nn.buffers`)."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from spikex_lab.nn.buffers import LEAST, empty


def product(a: Tensor, b: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``a @ b + bias`` of matrices, without a gradient."""
    out = empty((a.shape[0], b.shape[1]), a)
    return torch.mm(a, b, out=out) if bias is None else torch.addmm(bias, a, b, out=out)


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return ``x Wᵀ + b`` of rows `x` ``[R, inputs]``, by the same products as torch's own."""
    large = max(x.numel(), x.shape[0] * weight.shape[0]) * x.element_size() >= LEAST
    same = x.dtype == weight.dtype and x.device.type == "cpu"
    if not (large and same) or torch.is_autocast_enabled("cpu") or torch.compiler.is_compiling():
        return functional.linear(x, weight, bias)
    out: Tensor = _Linear.apply(x, weight, bias)  # type: ignore[no-untyped-call]
    return out


class _Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        return product(x, weight.t(), bias)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        if torch.is_grad_enabled():  # a second derivative is asked for
            return grad @ weight, grad.t() @ x, grad.sum(0) if ctx.needs_input_grad[2] else None
        return (
            product(grad, weight) if ctx.needs_input_grad[0] else None,
            grad.t() @ x if ctx.needs_input_grad[1] else None,
            grad.sum(0) if ctx.needs_input_grad[2] else None,
        )
