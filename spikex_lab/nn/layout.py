"""How values lie in memory: images as [B, C, H, W] may lie with their channels last.

Convolutions and poolings give and take either; what lies between them works value by value, so it
takes values as they lie. A copy into the other layout costs as much as a pass of the neurons.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


class Layout:
    """The order in which the axes of one step ``[B, …]`` lie in memory.

    Parameters
    ----------
    like : one step. One with gaps, or with values that stand for several, counts as plain; so does
        None.
    """

    def __init__(self, like: Tensor | None) -> None:
        self._order: list[int] | None = None
        if like is not None and not like.is_contiguous():
            order = sorted(range(like.dim()), key=like.stride, reverse=True)
            self._order = order if like.permute(order).is_contiguous() else None

    def plain(self, value: Tensor, *, series: bool = False) -> Tensor:
        """Return `value` ``[B, …]`` (a `series`: ``[T, B, …]``) with its axes as they lie."""
        return value if self._order is None else _permuted(value, self._order, series)

    def back(self, value: Tensor, *, series: bool = False) -> Tensor:
        """Return what `plain` gave, or came of it, with its axes in their own order again."""
        if self._order is None:
            return value
        own = sorted(range(len(self._order)), key=self._order.__getitem__)
        return _permuted(value, own, series)


def _permuted(value: Tensor, order: Sequence[int], series: bool) -> Tensor:
    if not value.dim():  # a number for all
        return value
    return value.permute(0, *(axis + 1 for axis in order)) if series else value.permute(*order)


def stacked(steps: Sequence[Tensor]) -> Tensor:
    """Return `steps`, each ``[B, …]``, as one ``[T, B, …]`` whose steps lie as the first does."""
    layout = Layout(steps[0])
    return layout.back(torch.stack([layout.plain(step) for step in steps]), series=True)


def channels_last(weight: Tensor) -> Tensor:
    """Return a convolution's `weight` ``[O, C, h, w]`` so that it computes with channels last.

    What it gives then lies so as well, and the convolutions and poolings behind it follow. Only
    where oneDNN computes, which is faster so: nothing is reordered into blocks of its own.
    """
    if weight.device.type != "cpu" or weight.dtype != torch.float32:
        return weight
    if not torch.backends.mkldnn.is_available():  # type: ignore[no-untyped-call]
        return weight
    # as a copy, made anew each time: weights and their gradients lie as they always have; also of
    # one channel, where both layouts are the same numbers in a row and only the strides tell
    return (
        weight.permute(0, 2, 3, 1).clone(memory_format=torch.contiguous_format).permute(0, 3, 1, 2)
    )


def answered_alike(value: Tensor) -> Tensor:
    """Return `value`; the gradient that comes back for it is made to lie as it does.

    A pooling whose gradient comes in the other layout makes copies of its whole input.
    """
    if value.requires_grad and not value.is_contiguous():
        layout = Layout(value)
        value.register_hook(  # type: ignore[no-untyped-call]
            lambda gradient: layout.back(layout.plain(gradient).contiguous())
        )
    return value
