"""The gradient of a fused scan, in the form that autograd and ``torch.func`` take.

The operation's own (`torch.library.register_autograd`) is refused by ``torch.func``. Only what
torch traces goes through the operation at all: the way there costs more than a small scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor

from spikex_lab.errors import InvalidError
from spikex_lab.nn import fused


class Form(NamedTuple):
    """What a scan is told besides tensors.

    Attributes
    ----------
    inputs : how many inputs, with the random numbers; `moving` says which change over time.
    keep : which states are kept.
    key : number of the kernel.
    back : tensors of a recurrence: its weights, or they and its bias.
    source : which of the things that come out the recurrence brings back a step later, and of
        which state it is the series.
    masked : whether the last tensor says how many steps each column takes.
    """

    inputs: int
    moving: list[bool]
    keep: list[bool]
    steps: int
    key: int
    back: int = 0
    source: tuple[int, int] = (0, 0)
    masked: bool = False

    @property
    def series(self) -> list[bool]:
        """For each thing that comes out: is it over time?"""
        return [True, *(False for _ in self.keep), *(True for one in self.keep if one)]


class Scan(torch.autograd.Function):
    """`spikex_lab.nn.fused.scan` with a gradient.

    Its tensors are the inputs, the first states, `fixed`, those of a recurrence, and lengths.
    """

    @staticmethod
    def forward(form: Form, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Run through time."""
        run = fused.scan if torch.compiler.is_compiling() else fused.run
        parts = _Parts(form, tensors)
        return tuple(
            run(parts.inputs, parts.begin, parts.fixed, *form[1:5], parts.back, parts.ends)
        )

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """Keep what goes in: the way back computes the states once more."""
        form, *tensors = inputs
        ctx.form = form
        # what a recurrence brings is what its weights' gradient is made of
        sent = [output[form.source[0]]] if form.back else []
        ctx.save_for_backward(*tensors, *sent)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        """Run backwards through time."""
        form: Form = ctx.form
        wanted = list(ctx.needs_input_grad[1:])
        count = len(wanted)
        # random numbers have no gradient, whatever they were made from
        own = len(fused.kernel(form.key).program.inputs)
        wanted[own : form.inputs] = [False] * (form.inputs - own)
        tensors, sent = ctx.saved_tensors[:count], ctx.saved_tensors[count:]
        results = _Back.apply(form, wanted, *tensors, *gradients)  # type: ignore[no-untyped-call]
        found = iter(results)
        end = count - form.masked
        each = [next(found) if want else None for want in wanted[: end - form.back]]
        if form.back:
            sender, state = form.source
            first: Tensor | None = tensors[form.inputs + state]
            if sender == 0 and not tensors[form.inputs + state].dim():
                first = None  # nothing had gone out
            each += _weights(next(found), sent[0], first, wanted[end - form.back : end])
        each += [None] * form.masked
        return None, *each

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], form: Form, *tensors: Tensor) -> Any:
        """Run with one more axis among those of the columns."""
        _unmapped(form)
        values = _widened(info, form, tensors, in_dims[1:])
        results = Scan.apply(form, *values)  # type: ignore[no-untyped-call]
        return results, tuple(map(int, form.series))


class _Back(torch.autograd.Function):
    """The way back: what went in, then the gradients of what came out."""

    @staticmethod
    def forward(form: Form, wanted: list[bool], *tensors: Tensor | None) -> tuple[Tensor, ...]:
        run = fused.scan_backward if torch.compiler.is_compiling() else fused.run_backward
        parts = _Parts(form, cast(Any, tensors[: len(wanted)]))
        gradients = list(tensors[len(wanted) :])
        own = wanted[: len(wanted) - form.back - form.masked]
        given = (parts.inputs, parts.begin, parts.fixed, *form[1:5], parts.back, parts.ends)
        return tuple(run(gradients, *given, own))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        pass

    @staticmethod
    def backward(ctx: Any, *_: Tensor | None) -> Any:
        raise InvalidError(
            "a fused scan has no second derivative",
            where="kernels",
            hint='run it under use_kernels("reference")',
        )

    @staticmethod
    def vmap(
        info: Any, in_dims: tuple[Any, ...], form: Form, wanted: list[bool], *tensors: Tensor
    ) -> Any:
        _unmapped(form)
        if wanted[-1]:
            raise InvalidError("vmap over a gradient of learned parameters", where="kernels")
        count = len(wanted)
        values = _widened(info, form, tensors[:count], in_dims[2 : 2 + count])
        rest = zip(tensors[count:], in_dims[2 + count :], form.series, strict=True)
        gradients = [
            None if one is None else _with_axis(one, dim, int(series), info.batch_size)
            for one, dim, series in rest
        ]
        axes = [*map(int, form.moving), *(0 for _ in values[form.inputs :])]
        kept = tuple(axis for axis, want in zip(axes, wanted, strict=True) if want)
        results = _Back.apply(form, wanted, *values, *gradients)  # type: ignore[no-untyped-call]
        return results, kept


class _Parts:
    """The tensors of a scan, by what they are."""

    def __init__(self, form: Form, tensors: Sequence[Tensor]) -> None:
        last = len(tensors) - form.masked
        end = last - form.back
        self.inputs = list(tensors[: form.inputs])
        self.begin = list(tensors[form.inputs : end - 1])
        self.fixed = tensors[end - 1]
        self.back = list(tensors[end:last])
        self.ends = tensors[last] if form.masked else None


def _weights(
    brought: Tensor, sent: Tensor, first: Tensor | None, wanted: Sequence[bool]
) -> list[Tensor | None]:
    """Return the gradients of a recurrence's weights and bias, as far as they are wanted.

    Parameters
    ----------
    brought : gradient of what it brought, ``[T, B, N]``.
    sent : what it was made from a step later, ``[T, B, N]``; before the first step, `first` (None:
        0).
    """
    width = brought.shape[-1]
    result: list[Tensor | None] = [None for _ in wanted]
    if wanted[0]:
        weight = brought[1:].reshape(-1, width).t() @ sent[:-1].reshape(-1, width)
        if first is not None:
            early = first.expand(brought.shape[1:]).reshape(-1, width)
            weight = weight + brought[0].reshape(-1, width).t() @ early
        result[0] = weight
    if len(wanted) > 1 and wanted[1]:
        result[1] = brought.reshape(-1, width).sum(0)
    return result


def _unmapped(form: Form) -> None:
    if form.back or form.masked:
        raise InvalidError(
            "vmap over a fused scan of neurons that hear each other, or of samples with lengths",
            where="kernels",
            hint='run it under use_kernels("reference")',
        )


def _widened(
    info: Any, form: Form, tensors: Sequence[Tensor], dims: Sequence[int | None]
) -> list[Tensor]:
    """Return what a scan takes with the axis that is mapped over right behind the one of time."""
    if dims[-1] is not None:
        raise InvalidError("vmap over the parameters of a fused scan", where="kernels")
    axes = [*map(int, form.moving), *(0 for _ in tensors[form.inputs :])]
    values = [
        one if dim is None and not one.dim() else _with_axis(one, dim, axis, info.batch_size)
        for one, dim, axis in zip(tensors[:-1], dims, axes, strict=False)
    ]
    return [*values, tensors[-1]]


def _with_axis(value: Tensor, dim: int | None, axis: int, size: int) -> Tensor:
    if dim is not None:
        return value.movedim(dim, axis)
    shape = list(value.shape)
    return value.unsqueeze(axis).expand(*shape[:axis], size, *shape[axis:])
