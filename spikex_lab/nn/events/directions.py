"""Forward, weight gradient and input gradient of a convolution as one loop over events.

A linear layer is a convolution over a plane of one place. The weight gradient is a convolution
too: the inputs' channels are its items, the samples its channels, and the gradient that arrives
its field of weights, with stride and dilation in each other's place.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, channels_last

from spikex_lab.nn.events import native
from spikex_lab.nn.events.native import Geometry

_ROWS = 1024
"""Rows of weights (of 128 float32 at most) that are worked on at a time: half a MB of cache."""
_ROWS_OF_PLACES = 2048
"""The same where a row is a place of a gradient: few samples at a time make short lists."""

Pair = tuple[int, int]


@dataclass(frozen=True)
class Field:
    """How a field of weights moves over the plane."""

    stride: Pair = (1, 1)
    padding: Pair = (0, 0)
    dilation: Pair = (1, 1)

    def out(self, plane: Pair, kernel: Pair) -> Pair:
        """Return how many places of output there are."""
        high, wide = (
            (size + 2 * pad - dilation * (reach - 1) - 1) // stride + 1
            for size, reach, stride, pad, dilation in zip(
                plane, kernel, self.stride, self.padding, self.dilation, strict=True
            )
        )
        return high, wide


def forward(x: Tensor, weight: Tensor, bias: Tensor | None, field: Field, limit: int) -> (
    Tensor | None
):  # fmt: skip
    """Return ``[I, O, H', W']`` (channels last) for `x` ``[I, C, H, W]``.

    None: there are more than `limit` events, or a weight is not finite.
    """
    x = _in_order(x)
    items, channels, height, width = x.shape
    outputs, _, kernel_h, kernel_w = weight.shape
    geometry = Geometry(
        items, channels, height, width, outputs, kernel_h, kernel_w,
        *field.stride, *field.padding, *field.dilation,
        *field.out((height, width), (kernel_h, kernel_w)),
        block=_block(_ROWS, kernel_h * kernel_w, channels),
    )  # fmt: skip
    lists = native.find(x, x.stride(), geometry, across=False, limit=limit)
    if lists is None:
        return None
    over_output, *rest = weight.stride()
    out = native.apply(
        lists, geometry, weight, 0, (*rest, over_output),
        None if bias is None else bias.contiguous(),
    )  # fmt: skip
    return None if out is None else out.permute(0, 3, 1, 2)


def weight_gradient(x: Tensor, grad: Tensor, kernel: Pair, field: Field, limit: int) -> (
    Tensor | None
):  # fmt: skip
    """Return ``[O, C, kernel]`` for `x` ``[I, C, H, W]`` and `grad` ``[I, O, H', W']``.

    None: there are more than `limit` events in `x`, or `grad` is not finite.
    """
    x = _in_order(x)
    samples, channels, height, width = x.shape
    _, outputs, out_h, out_w = grad.shape
    rows = _ROWS if height * width == 1 else _ROWS_OF_PLACES
    geometry = Geometry(
        channels, samples, height, width, outputs, out_h, out_w,
        *field.dilation, *field.padding, *field.stride, *kernel,
        block=_block(rows, out_h * out_w, samples),
    )  # fmt: skip
    over_item, over_channel, *plane = x.stride()
    lists = native.find(
        x, (over_channel, over_item, *plane), geometry, across=True, limit=limit
    )  # fmt: skip
    if lists is None:
        return None
    over_sample, over_output, *places = grad.stride()
    out = native.apply(lists, geometry, grad, 0, (over_sample, *places, over_output))
    if out is None:
        return None
    return native.turn(out.view(1, -1, outputs)).view(outputs, channels, *kernel)


def input_gradient(grad: Tensor, weight: Tensor, plane: Pair, field: Field, limit: int) -> (
    Tensor | None
):  # fmt: skip
    """Return ``[I, C, plane]`` (channels last) for `grad` ``[I, O, H', W']``; stride 1 only.

    None: `grad` has more than `limit` entries that are not 0, or a weight is not finite.
    """
    grad = _in_order(grad)
    samples, outputs, out_h, out_w = grad.shape
    _, channels, kernel_h, kernel_w = weight.shape
    reach = (field.dilation[0] * (kernel_h - 1), field.dilation[1] * (kernel_w - 1))
    geometry = Geometry(
        samples, outputs, out_h, out_w, channels, kernel_h, kernel_w, 1, 1,
        reach[0] - field.padding[0], reach[1] - field.padding[1], *field.dilation, *plane,
        block=_block(_ROWS, kernel_h * kernel_w, outputs),
    )  # fmt: skip
    lists = native.find(grad, grad.stride(), geometry, across=False, limit=limit)
    if lists is None:
        return None
    over_output, over_channel, over_y, over_x = weight.stride()
    last = (kernel_h - 1) * over_y + (kernel_w - 1) * over_x
    out = native.apply(lists, geometry, weight, last, (over_output, -over_y, -over_x, over_channel))
    return None if out is None else out.permute(0, 3, 1, 2)


def _in_order(x: Tensor) -> Tensor:
    """Return `x` such that each item lies together in memory."""
    flat = x.shape[2] * x.shape[3] == 1 and x.stride(1) == 1
    if flat or x.is_contiguous() or x.is_contiguous(memory_format=channels_last):
        return x
    return x.contiguous()


def _block(rows: int, places: int, channels: int) -> int:
    return max(1, min(rows // places, channels))
