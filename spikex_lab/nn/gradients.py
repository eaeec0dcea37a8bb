"""The gradient of a fused scan, in the form that autograd and ``torch.func`` take.

The operation's own (`torch.library.register_autograd`) is refused by ``torch.func``. Only what
torch traces goes through the operation at all: the way there costs more than a small scan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from spikex_lab.errors import InvalidError
from spikex_lab.nn import fused


class Form(NamedTuple):
    """What a scan is told besides tensors: how many inputs (with random numbers), which of them
    move, which states are kept, how many steps, which kernel."""

    inputs: int
    moving: list[bool]
    keep: list[bool]
    steps: int
    key: int

    @property
    def series(self) -> list[bool]:
        """For each thing that comes out: is it over time?"""
        return [True, *(False for _ in self.keep), *(True for one in self.keep if one)]


class Scan(torch.autograd.Function):
    """`spikex_lab.nn.fused.scan` with a gradient.

    Its tensors are the inputs, the first states, and `fixed`.
    """

    @staticmethod
    def forward(form: Form, *tensors: Tensor) -> tuple[Tensor, ...]:
        """Run through time."""
        run = fused.scan if torch.compiler.is_compiling() else fused.run
        inputs, begin, fixed = _parts(form, tensors)
        return tuple(run(inputs, begin, fixed, *form[1:]))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        """Keep what goes in: the way back computes the states once more."""
        form, *tensors = inputs
        ctx.form = form
        ctx.save_for_backward(*tensors)
        ctx.set_materialize_grads(False)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        """Run backwards through time."""
        wanted = list(ctx.needs_input_grad[1:])
        # random numbers have no gradient, whatever they were made from
        own = len(fused.kernel(ctx.form.key).program.inputs)
        wanted[own : ctx.form.inputs] = [False] * (ctx.form.inputs - own)
        found = iter(_Back.apply(ctx.form, wanted, *ctx.saved_tensors, *gradients))  # type: ignore[no-untyped-call]
        return None, *(next(found) if want else None for want in wanted)

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], form: Form, *tensors: Tensor) -> Any:
        """Run with one more axis among those of the columns."""
        values = _widened(info, form, tensors, in_dims[1:])
        results = Scan.apply(form, *values)  # type: ignore[no-untyped-call]
        return results, tuple(map(int, form.series))


class _Back(torch.autograd.Function):
    """The way back: what went in, then the gradients of what came out."""

    @staticmethod
    def forward(form: Form, wanted: list[bool], *tensors: Tensor | None) -> tuple[Tensor, ...]:
        run = fused.scan_backward if torch.compiler.is_compiling() else fused.run_backward
        given: Any = tensors[: len(wanted)]
        inputs, begin, fixed = _parts(form, given)
        gradients = list(tensors[len(wanted) :])
        return tuple(run(gradients, inputs, begin, fixed, *form[1:], wanted))

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


def _parts(form: Form, tensors: Sequence[Tensor]) -> tuple[list[Tensor], list[Tensor], Tensor]:
    """Return the inputs, the first states, and `fixed`."""
    return list(tensors[: form.inputs]), list(tensors[form.inputs : -1]), tensors[-1]


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
