"""The event-driven convolution as torch operators, which autograd, compile and autocast know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from spikex_lab.nn import kernels
from spikex_lab.nn.dense import product
from spikex_lab.nn.events import choices, directions, native
from spikex_lab.nn.events.choose import Direction, Work
from spikex_lab.nn.operators import operator

_Settings = tuple[list[int], list[int], list[int], int]
"""Stride, padding, dilation, groups."""


def _forward(
    x: Tensor, weight: Tensor, bias: Tensor | None,
    stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int], groups: int,
    choice: int,
) -> Tensor:  # fmt: skip
    """Return what ``conv2d`` would, in `x`'s memory format; `choice` is a layer's handle."""
    field = directions.Field(_pair(stride), _pair(padding), _pair(dilation))
    sized = work(x, weight, field)
    given = (x, weight) if bias is None else (x, weight, bias)
    most = _limit(choice, "forward", sized, given, groups)
    out = directions.forward(x, weight, bias, field, most) if most else None
    _note(choice, "forward", out)
    if out is None and sized.plane * sized.field * sized.out * groups == 1:
        out = product(x.flatten(1), weight.flatten(1), bias)
    elif out is None:
        out = functional.conv2d(x, weight, bias, stride, padding, dilation, groups)
    return _like(out.reshape(_out_shape(x, weight, field)), x)


def _backward(
    grad: Tensor, x: Tensor, weight: Tensor,
    stride: Sequence[int], padding: Sequence[int], dilation: Sequence[int], groups: int,
    need_x: bool, need_weight: bool, choice: int,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Return the gradients of `x` and `weight`; one that is not needed is empty."""
    field = directions.Field(_pair(stride), _pair(padding), _pair(dilation))
    sized, given = work(x, weight, field), (grad, x, weight)
    plane, kernel = _pair(x.shape[2:]), _pair(weight.shape[2:])
    to_x = to_weight = None
    if need_x:
        most = _limit(choice, "input", sized, given, groups) if field.stride == (1, 1) else 0
        if most:
            to_x = directions.input_gradient(grad, weight, plane, field, most)
        _note(choice, "input", to_x)
    if need_weight:
        most = _limit(choice, "weight", sized, given, groups)
        if most:
            to_weight = directions.weight_gradient(x, grad, kernel, field, most)
        _note(choice, "weight", to_weight)
    left = (need_x and to_x is None, need_weight and to_weight is None)
    if any(left):
        dense = _dense_backward(grad, x, weight, (stride, padding, dilation, groups), left)
        to_x, to_weight = (
            found if found is not None else other
            for found, other in zip((to_x, to_weight), dense, strict=True)
        )
    none = x.new_empty(0)
    return (
        none if to_x is None else _like(to_x.reshape(x.shape), x),
        weight.new_empty(0) if to_weight is None else to_weight.reshape(weight.shape).contiguous(),
    )


convolution = operator("spikex_events::convolution", _forward)
backward = operator("spikex_events::convolution_backward", _backward)


def work(x: Tensor, weight: Tensor, field: directions.Field) -> Work:
    """Return the size of a convolution's work."""
    height, width = x.shape[2:]
    high, wide = weight.shape[2:]
    out_h, out_w = field.out((height, width), (high, wide))
    return Work(x.shape[0], x.shape[1], weight.shape[0], height * width, out_h * out_w, high * wide)


def _limit(
    handle: int, direction: Direction, sized: Work, given: tuple[Tensor, ...], groups: int
) -> int:
    """Return up to how many events are used; 0: none are looked for."""
    x = given[0]
    usable = (
        groups == 1
        and x.dtype in (torch.float32, torch.float64)
        and all(t.dtype == x.dtype and t.device.type == "cpu" for t in given)
        and kernels.fused()
    )
    most = choices.at(handle).limit(direction, sized) if usable else 0
    return most if most and native.here() else 0


def _note(handle: int, direction: Direction, found: Tensor | None) -> None:
    choices.at(handle).last[direction] = "dense" if found is None else "events"


def _dense_backward(
    grad: Tensor, x: Tensor, weight: Tensor, settings: Any, needed: tuple[bool, bool]
) -> tuple[Tensor | None, Tensor | None]:
    stride, padding, dilation, groups = settings
    if x.shape[2:].numel() * weight.shape[2:].numel() * grad.shape[2:].numel() * groups == 1:
        flat = grad.flatten(1)
        return (
            product(flat, weight.flatten(1).t()) if needed[0] else None,
            product(flat.t(), x.flatten(1).t()) if needed[1] else None,
        )
    to_x, to_weight, _ = torch.ops.aten.convolution_backward(
        grad, x, weight, None, stride, padding, dilation, False, [0, 0], groups, [*needed, False]
    )
    return to_x, to_weight


def _pair(sizes: Sequence[int]) -> tuple[int, int]:
    first, second = sizes
    return first, second


def _out_shape(x: Tensor, weight: Tensor, field: directions.Field) -> tuple[int, ...]:
    return (
        x.shape[0], weight.shape[0], *field.out(_pair(x.shape[2:]), _pair(weight.shape[2:]))
    )  # fmt: skip


def _like(out: Tensor, x: Tensor) -> Tensor:
    """Return `out` in the memory format of `x`."""
    last = not x.is_contiguous() and x.is_contiguous(memory_format=torch.channels_last)
    return out.contiguous(memory_format=torch.channels_last if last else torch.contiguous_format)


# -- what torch asks of an operator ----------------------------------------------------------------


@convolution.register_fake
def _(
    x: Tensor, weight: Tensor, bias: Tensor | None, stride: Sequence[int],
    padding: Sequence[int], dilation: Sequence[int], groups: int, choice: int,
) -> Tensor:  # fmt: skip
    field = directions.Field(_pair(stride), _pair(padding), _pair(dilation))
    return _like(x.new_empty(_out_shape(x, weight, field)), x)


@backward.register_fake
def _(
    grad: Tensor, x: Tensor, weight: Tensor, stride: Sequence[int], padding: Sequence[int],
    dilation: Sequence[int], groups: int, need_x: bool, need_weight: bool, choice: int,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    return (
        _like(x.new_empty(x.shape), x) if need_x else x.new_empty(0),
        weight.new_empty(weight.shape) if need_weight else weight.new_empty(0),
    )


def _keep(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    x, weight, _, *ctx.settings = inputs
    ctx.save_for_backward(x, weight)


def _back(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
    x, weight = ctx.saved_tensors
    *settings, choice = ctx.settings
    need_x, need_weight, need_bias = ctx.needs_input_grad[:3]
    to_x = to_weight = None
    if need_x or need_weight:
        to_x, to_weight = backward(grad, x, weight, *settings, need_x, need_weight, choice)
    return (
        to_x if need_x else None,
        to_weight if need_weight else None,
        grad.sum((0, 2, 3)) if need_bias else None,
        *[None] * 5,
    )


def _keep_twice(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    grad, x, weight, *ctx.settings = inputs
    ctx.save_for_backward(grad, x, weight)


def _back_twice(ctx: Any, on_x: Tensor, on_weight: Tensor) -> tuple[Any, ...]:
    """Both gradients are linear in each of their two sides; what comes back is dense."""
    grad, x, weight = ctx.saved_tensors
    *settings, need_x, need_weight, _ = ctx.settings
    on_x = on_x if need_x else torch.zeros_like(x)
    on_weight = on_weight if need_weight else torch.zeros_like(weight)
    to_grad = functional.conv2d(on_x, weight, None, *settings) + functional.conv2d(
        x, on_weight, None, *settings
    )
    to_x, to_weight, _ = torch.ops.aten.convolution_backward(
        grad, on_x, on_weight, None, *settings[:3], False, [0, 0], settings[3], [True, True, False]
    )
    return to_grad, to_x, to_weight, *[None] * 7


convolution.register_autograd(_back, setup_context=_keep)
backward.register_autograd(_back_twice, setup_context=_keep_twice)
convolution.register_autocast("cpu", torch.bfloat16)
