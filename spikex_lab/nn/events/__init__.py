"""Linear layers and convolutions that add up the weights of what fired, and leave out the rest.

Numbers are those of the dense layers, but for the order of sums; the dense layers also run wherever
events are too many to pay (`choose`), or weights or gradients are not all finite: there 0 times a
weight is not 0. Nothing depends on the number of threads, nor on any clock.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch._C import _are_functorch_transforms_active
from torch.nn import functional

from spikex_lab.nn import dense, kernels
from spikex_lab.nn.events.choices import Choice, fix, forget, restore, state
from spikex_lab.nn.events.choose import Work, choose, limit
from spikex_lab.nn.events.directions import Field
from spikex_lab.nn.events.operators import convolution, work

__all__ = ["Choice", "choose", "conv2d", "fix", "forget", "linear", "restore", "state"]


def linear(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, *, choice: Choice | None = None
) -> Tensor:
    """Return ``x Wᵀ + b``, ``[…, outputs]``.

    Parameters
    ----------
    x : ``[…, inputs]``; its entries that are not 0 are events, binary or not.
    weight, bias : ``[outputs, inputs]`` and ``[outputs]``.
    choice : what a layer runs on; default: by the events counted in this call.
    """
    if not _ours(x):
        return functional.linear(x, weight, bias)
    rows = x.reshape(-1, x.shape[-1]) if x.dim() != 2 else x
    sized = Work(rows.shape[0], rows.shape[1], weight.shape[0])
    if not _worth(sized, choice):
        return dense.linear(rows, weight, bias).view(*x.shape[:-1], weight.shape[0])
    ones, none = [1, 1], [0, 0]
    out: Tensor = convolution(
        rows[:, :, None, None], weight[:, :, None, None], bias, ones, none, ones, 1, _handle(choice)
    )
    return out.view(*x.shape[:-1], weight.shape[0])


def conv2d(
    x: Tensor, weight: Tensor, bias: Tensor | None = None, stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0, dilation: int | Sequence[int] = 1, groups: int = 1, *,
    choice: Choice | None = None,
) -> Tensor:  # fmt: skip
    """Return the convolution ``[N, O, H', W']`` of `x` ``[N, C, H, W]``, in its memory format.

    Parameters are those of ``torch.nn.functional.conv2d``; `choice` as in `linear`. Groups, and the
    inputs' gradient where the stride is not 1, always run dense.
    """
    stride, padding, dilation = _two(stride), _two(padding), _two(dilation)
    field = Field(stride, padding, dilation)
    fits = x.dim() == 4 and groups == 1 and _ours(x)
    if not fits or not _worth(work(x, weight, field), choice):
        return functional.conv2d(x, weight, bias, stride, padding, dilation, groups)
    out: Tensor = convolution(
        x, weight, bias, list(stride), list(padding), list(dilation), groups, _handle(choice)
    )
    return out


def _ours(x: Tensor) -> bool:
    """Say whether ours may run at all."""
    # torch gives no way yet to an operator of one's own through torch.func: grad, vmap, jvp
    return kernels.fused() and x.device.type == "cpu" and not _are_functorch_transforms_active()


def _worth(sized: Work, choice: Choice | None) -> bool:
    """Say whether events may be used at all: where not, a dense layer is the shorter way."""
    return bool(
        torch.compiler.is_compiling()  # the operator decides, when it runs
        or limit("forward", sized)
        or limit("weight", sized)
        or (choice is not None and "events" in choice.fixed.values())
    )


def _handle(choice: Choice | None) -> int:
    return 0 if choice is None else choice.handle


def _two(size: int | Sequence[int]) -> tuple[int, int]:
    if isinstance(size, int):
        return size, size
    first, second = size
    return first, second
