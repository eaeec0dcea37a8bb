"""Which components scan by a fused kernel, and how their values get into it and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.nn import fused, gradients, kernels
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.noise import draw_over
from spikex_lab.nn.surrogate import Surrogate

if TYPE_CHECKING:
    from spikex_lab.nn.cell import Cell


def serving(cell: Cell, inputs: Sequence[Flow]) -> fused.Machine | None:
    """Return the kernel that scans `cell` over `inputs`; None where the reference has to.

    The log says once why it has to.
    """
    if not kernels.fused():
        return None
    why = _unfit(cell, inputs)
    if why is None:
        kernel = _machine(cell, inputs[0].now)
        if kernel is not None:
            return kernel
        why = "no C++ compiler was found"
    kernels.note_reference(cell.component.id, why)
    return None


def _unfit(cell: Cell, inputs: Sequence[Flow]) -> str | None:
    """Return why no kernel can scan `cell` over `inputs`; None where one can."""
    like = inputs[0].value
    back = cell.component.spec.recurrence
    surrogate = _surrogate(cell)
    if back is not None and cell.has_tensor(back.weight):
        return "its own weights lead back to it"
    if surrogate is not None and surrogate.component.spec.noise:
        return f"{surrogate.component.id} draws random numbers"
    if like.device.type != "cpu":
        return f"its input is on {like.device.type}"
    if any(flow.value.dtype != like.dtype for flow in inputs):
        return "its inputs are of several types"
    if like.dtype not in fused.REALS and not _widened(like):
        return f"its input is {str(like.dtype).removeprefix('torch.')}"
    return None


def _widened(like: Tensor) -> bool:
    from spikex_lab.nn.cell import narrow

    return narrow(like)


def _surrogate(cell: Cell) -> Surrogate | None:
    if cell.component.spec.spike is None:
        return None
    return cell.surrogate or Surrogate("atan")


def _machine(cell: Cell, like: Tensor) -> fused.Machine | None:
    like = like.float() if _widened(like) else like
    fixed, _ = cell.given(like)
    learned = tuple(
        name
        for name, value in zip(cell.compiled.fixed, fixed, strict=True)
        if torch.is_grad_enabled() and value.requires_grad
    )
    surrogate = _surrogate(cell)
    slope: Component | None = None if surrogate is None else surrogate.component
    return fused.machine(cell.component, cell.selection, slope, learned, fused.REALS[like.dtype])


def scan(
    kernel: fused.Machine,
    cell: Cell,
    inputs: Sequence[Flow],
    states: Sequence[Tensor] | None,
    steps: int,
    keep: Sequence[str],
    generator: torch.Generator | None,
) -> tuple[Tensor, list[Tensor], dict[str, Tensor]]:
    """Scan `cell` by `kernel`; see `spikex_lab.nn.cell.Cell.scan`.

    Returns
    -------
    What goes out ``[T, B, …]``, the last states ``[B, …]``, and by name those kept ``[T, B, …]``.
    """
    if _widened(inputs[0].value):
        inputs = [Flow(flow.value.float(), flow.static) for flow in inputs]
    like = inputs[0].now
    fixed, first = cell.given(like)
    surrogate = _surrogate(cell)
    slopes = [] if surrogate is None else surrogate.given(like)
    begin = [torch.as_tensor(one, dtype=like.dtype) for one in first]
    if states is not None:
        begin = [one.to(like.dtype).expand(like.shape) for one in states]
    values = [
        flow.value.expand(like.shape if flow.static else (steps, *like.shape)) for flow in inputs
    ]
    moving = [not flow.static for flow in inputs]
    noise = draw_over(cell.component, like, steps, generator)
    wanted = [name in keep for name in cell.states]
    form = gradients.Form(
        len(values) + len(noise), [*moving, *(True for _ in noise)], wanted, steps, kernel.key
    )
    packed = torch.stack([*fixed, *slopes]) if fixed or slopes else like.new_zeros(1)
    out, *rest = gradients.Scan.apply(  # type: ignore[no-untyped-call]
        form, *values, *noise, *begin, packed
    )
    count = len(cell.states)
    names = [name for name in cell.states if name in keep]
    return out, rest[:count], dict(zip(names, rest[count:], strict=True))
