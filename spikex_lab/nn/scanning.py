"""Which components scan by a fused kernel, and how their values get into it and out of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.catalog.codegen import kernel
from spikex_lab.nn import fused, gpu, gradients, kernels
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.layout import Layout
from spikex_lab.nn.noise import draw_over
from spikex_lab.nn.surrogate import Surrogate

if TYPE_CHECKING:
    from spikex_lab.nn.cell import Cell


class Back(NamedTuple):
    """What a cell's last step brings back to one of its inputs, besides what comes there.

    `weight` is ``[N, N]``, or one number: what each neuron hears of a spike of any other.
    """

    form: kernel.Recurrence
    weight: Tensor
    bias: Tensor | None


def serving(
    cell: Cell, inputs: Sequence[Flow], back: Back | None = None, masked: bool = False
) -> fused.Machine | None:
    """Return the kernel that scans `cell` over `inputs`; None where the reference has to.

    The log says once why it has to.
    """
    if not kernels.fused():
        return None
    found = found_for(cell, inputs, back, masked)
    if isinstance(found, str):
        kernels.note_reference(cell.component.id, found)
        return None
    return found


def found_for(
    cell: Cell, inputs: Sequence[Flow], back: Back | None = None, masked: bool = False
) -> fused.Machine | str:
    """Return the kernel that scans `cell` over `inputs`, or why there is none."""
    why = _unfit(cell, inputs)
    if why is not None:
        return why
    if not gpu.serves(inputs[0].value.device):
        return _machine(cell, inputs[0].now, back, masked) or "no C++ compiler was found"
    if back is not None:
        return "its own weights lead back to it, and its input is on a GPU"
    return _machine(cell, inputs[0].now, back, masked) or "Triton is not installed"


def _unfit(cell: Cell, inputs: Sequence[Flow]) -> str | None:
    """Return why no kernel can scan `cell` over `inputs`; None where one can."""
    like = inputs[0].value
    own, surrogate = cell.component.spec.recurrence, _surrogate(cell)
    if own is not None and cell.has_tensor(own.weight):
        # a kernel sums in another order than torch, and these are to be snnTorch's, bit for bit
        return "its own weights lead back to it, summed as torch sums"
    if surrogate is not None and surrogate.component.spec.noise:
        return f"{surrogate.component.id} draws random numbers"
    if like.device.type not in ("cpu", "cuda"):
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


def _machine(cell: Cell, like: Tensor, back: Back | None, masked: bool) -> fused.Machine | None:
    like = like.float() if _widened(like) else like
    fixed, _ = cell.given(like)
    learned = tuple(
        name for name, value in zip(cell.compiled.fixed, fixed, strict=True) if value.requires_grad
    )
    surrogate = _surrogate(cell)
    slope: Component | None = None if surrogate is None else surrogate.component
    made = gpu.machine if gpu.serves(like.device) else fused.machine
    return made(
        cell.component,
        cell.selection,
        slope,
        learned,
        fused.REALS[like.dtype],
        None if back is None else back.form,
        masked,
    )


def scan(
    machine: fused.Machine,
    cell: Cell,
    inputs: Sequence[Flow],
    states: Sequence[Tensor] | None,
    steps: int,
    keep: Sequence[str],
    generator: torch.Generator | None,
    back: Back | None = None,
    lengths: Tensor | None = None,
) -> tuple[Tensor, list[Tensor], dict[str, Tensor]]:
    """Scan `cell` by `machine`; see `spikex_lab.nn.cell.Cell.scan`.

    Returns
    -------
    What goes out ``[T, B, …]``, the last states ``[B, …]`` (behind them what went out last, where
    that is brought back), and by name those kept ``[T, B, …]``.
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
    source = None if back is None or back.form.source == "out" else back.form.source
    if back is not None and source is None:  # what goes out is one state more; at first it is 0
        known = states is not None and len(states) > len(first)
        begin = begin if known else [*begin, like.new_zeros(())]
    count = len(begin)
    names = [name for name in cell.states if name in keep or name == source]
    # a kernel walks over columns in any order: let it be that of the memory (not where neurons hear
    # each other: their columns are rows of a matrix)
    layout = Layout(like if back is None else None)
    values = [
        layout.plain(one, series=not flow.static) for one, flow in zip(values, inputs, strict=True)
    ]
    noise = [layout.plain(one, series=True) for one in noise]
    begin = [layout.plain(one) for one in begin]
    form = gradients.Form(
        len(values) + len(noise),
        [*moving, *(True for _ in noise)],
        [name in names for name in cell.states] + [False] * (count - len(cell.states)),
        steps,
        machine.key,
    )
    packed = torch.stack([*fixed, *slopes]) if fixed or slopes else like.new_zeros(1)
    given = [*values, *noise, *begin, packed]
    if back is not None:
        place = (
            (0, count - 1)
            if source is None
            else (1 + count + names.index(source), cell.states.index(source))
        )
        tensors = [one.to(like.dtype) for one in back[1:] if one is not None]
        form = form._replace(back=len(tensors), source=place)
        given += tensors
    if lengths is not None:
        form = form._replace(masked=True)
        ends = alongside(lengths, like).to(like.dtype).expand(like.shape)
        given.append(layout.plain(ends))
    out, *rest = gradients.Scan.apply(form, *given)  # type: ignore[no-untyped-call]
    last = [layout.back(one) for one in rest[:count]]
    kept = {
        name: layout.back(one, series=True) for name, one in zip(names, rest[count:], strict=True)
    }
    return layout.back(out, series=True), last, {name: kept[name] for name in keep}


def alongside(lengths: Tensor, like: Tensor) -> Tensor:
    """Return `lengths` ``[B]`` in a shape that goes with one step like `like` ``[B, …]``."""
    return lengths.reshape(-1, *(1 for _ in like.shape[1:]))
