"""Fused learning rules on a CPU: the kernels of `spikex_lab.catalog.codegen.rule` at work."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import torch  # before a kernel is loaded: its threads are torch's own (one OpenMP for both)
from torch import Tensor

from spikex_lab import toolchain
from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen.factors import Axes, over_batch, sampled
from spikex_lab.catalog.codegen.kernel import Real
from spikex_lab.catalog.codegen.rule import GROUP, RULE, RuleKernel, part_of
from spikex_lab.errors import InvalidError
from spikex_lab.nn import fused, kernels, packed

_VECTORS = (64, 16)
"""Bytes of the longest vectors, to which rows are filled up, and of the shortest."""
_HANDS = 1 << 20
"""Bytes of what one part hands on to the next: what stays in a core's second cache."""
_WORK = 1 << 28
"""Synapses times samples times steps of one call, at most: a fraction of a second."""


class _Call(ctypes.Structure):
    """``Rule`` of ``rule.hpp``."""

    _fields_ = tuple(
        (name, ctypes.c_long if i < 7 else ctypes.c_void_p) for i, name in enumerate(RULE)
    )


class Machine:
    """A rule ready to run: what its kernel was printed from, and its function."""

    def __init__(self, kernel: RuleKernel, function: Any) -> None:
        self.kernel = kernel
        self.function = function
        function.restype = None
        function.argtypes = (ctypes.POINTER(_Call),)


def serving(component: Component, selection: Selection, like: Tensor) -> Machine | None:
    """Return the kernel of a rule for weights like `like`; None where the reference has to.

    The log says once why it has to.
    """
    if not kernels.fused():
        return None
    found = _found(component, selection, like)
    if isinstance(found, str):
        kernels.note_reference(component.id, found)
        return None
    return found


def _found(component: Component, selection: Selection, like: Tensor) -> Machine | str:
    if like.device.type != "cpu":
        return f"its weights are on {like.device.type}"
    if like.dtype not in fused.REALS:
        return f"its weights are {str(like.dtype).removeprefix('torch.')}"
    return _machine(component, selection, fused.REALS[like.dtype])


@lru_cache(maxsize=256)
def _machine(component: Component, selection: Selection, real: Real) -> Machine | str:
    step = over_batch(component, selection)
    kernel = RuleKernel(step.program, step.axes, real)
    try:
        source = kernel.source
    except InvalidError as error:
        return error.what
    ready = packed.rule(kernel)
    if ready is None:
        library = toolchain.fast(source)
        if library is None:
            return "no C++ compiler was found"
        ready = library.learn
    return Machine(kernel, ready)


def run(
    machine: Machine,
    fixed: Sequence[Tensor],
    states: Sequence[Tensor],
    series: Sequence[Tensor],
    size: Mapping[str, int],
    steps: int,
    poll: Callable[[], object] | None = None,
) -> dict[str, Tensor]:
    """Return what the samples share of the states after all steps, ``[1, N, P]`` or 1 instead.

    Parameters
    ----------
    fixed : the step's parameters and constants, in the kernel's order.
    states : at the beginning, ``[B, N, P]`` or 1 instead.
    series : inputs over time, ``[T, B, N, P]`` or 1 instead.
    size : B, N and P.
    poll : called every now and then, at least once; may raise to give up.
    """
    call = _Arguments(machine.kernel, fixed, states, series, size, steps)
    for start in range(0, steps, call.chunk):
        if poll is not None:
            poll()
        machine.function(ctypes.byref(call.at(start, min(call.chunk, steps - start))))
    return call.shared()


class _Arguments:
    """A ``Rule``, and the arrays that it points to."""

    def __init__(
        self,
        kernel: RuleKernel,
        fixed: Sequence[Tensor],
        states: Sequence[Tensor],
        series: Sequence[Tensor],
        size: Mapping[str, int],
        steps: int,
    ) -> None:
        self.kernel, self.size, like = kernel, size, states[0]
        most, self.shortest = (one // like.element_size() for one in _VECTORS)
        self.room = {axis: -(-size[axis] // most) * most for axis in "NP"}
        hands = [self._hand(name) for name in kernel.hands]
        marks = [self._mark(name) for name in kernel.factors]
        each = like.element_size() * sum(map(math.prod, hands))
        work = size["B"] * size["N"] * size["P"]
        self.chunk = max(1, min(steps, _HANDS // max(1, each), _WORK // max(1, work)))
        self.call = _Call(
            steps=steps,
            samples=size["B"],
            inputs=size["P"],
            neurons=size["N"],
            wide=self.room["P"],
            tall=self.room["N"],
            threads=torch.get_num_threads(),
        )
        self._kept: list[Any] = []
        self._one("fixed", torch.stack(list(fixed)) if fixed else like.new_zeros(1))
        self._one("all", torch.arange(size["B"], dtype=torch.int32))
        self._one("calm", torch.zeros(size["N"], self.room["P"], dtype=torch.uint8))
        self.states = [
            self._arranged(kernel.axes[f"s_{name}"], one)
            for name, one in zip(kernel.program.states, states, strict=True)
        ]
        self._row("states", self.states)
        self._row("hands", [like.new_zeros(self.chunk, *shape) for shape in hands])
        self._row("marks", [torch.empty(self.chunk, *one, dtype=torch.int32) for one in marks])
        self.heard: list[Tensor] = []
        self.strides: list[tuple[int, int, int, int]] = []
        for name, one in zip(kernel.program.inputs, series, strict=True):
            self._hear(kernel.axes[f"x_{name}"], one)
        flat = [stride for four in self.strides for stride in four]
        self._array("strides", (ctypes.c_long * len(flat))(*flat))

    def at(self, start: int, steps: int) -> _Call:
        """Return the call for some steps."""
        self.call.steps = steps
        size = self.states[0].element_size()
        addresses = [
            one.data_ptr() + start * stride * size
            for one, (stride, *_) in zip(self.heard, self.strides, strict=True)
        ]
        self._array("heard", (ctypes.c_void_p * len(addresses))(*addresses))
        return self.call

    def shared(self) -> dict[str, Tensor]:
        """Return the states that the samples share, ``[1, N, P]`` or 1 instead."""
        found = {}
        for name, one in zip(self.kernel.program.states, self.states, strict=True):
            axes = self.kernel.axes[f"s_{name}"]
            if not sampled(axes):
                shape = [self.size[axis] if axis in axes else 1 for axis in "NP"]
                count = shape[1] if "P" in axes else shape[0]
                found[name] = one.narrow(-1, 0, count).reshape(1, *shape)
        return found

    # -- arrays ------------------------------------------------------------------------------------

    def _hand(self, name: str) -> list[int]:
        """Return the shape of a hand in one step."""
        axes = self.kernel.known[name]
        return [self.size["B"] if sampled(axes) else 1, self.room.get(part_of(axes), 1)]

    def _mark(self, name: str) -> list[int]:
        """Return the shape of the marks of a factor in one step."""
        vectors = self.room["P"] // self.shortest
        per = part_of(self.kernel.known[name])
        return [-(-self.size["N"] // GROUP) if per == "N" else vectors, 1 + self.size["B"]]

    def _arranged(self, axes: Axes, state: Tensor) -> Tensor:
        """Return a copy of a state as the kernel has it: rows filled up, the samples of a synapse
        one after the other."""
        part = part_of(axes)
        if not part:
            return state.flatten().contiguous().clone()
        rows = state.squeeze(2) if part == "N" else state.permute(1, 0, 2)
        made = state.new_zeros(*rows.shape[:-1], self.room[part[-1]])
        made.narrow(-1, 0, rows.shape[-1]).copy_(rows)
        return made

    def _hear(self, axes: Axes, one: Tensor) -> None:
        place = 3 if "P" in axes else 2
        if one.shape[place] > 1 and one.stride(place) != 1:
            one = one.contiguous()
        self.heard.append(one)
        step = one.stride(0) if one.shape[0] > 1 else 0
        row = one.stride(2) if part_of(axes) == "NP" else 0
        self.strides.append((step, one.stride(1), row, int(one.shape[place] > 1)))

    def _one(self, name: str, tensor: Tensor) -> None:
        self._kept.append(tensor)
        setattr(self.call, name, tensor.data_ptr())

    def _row(self, name: str, tensors: Sequence[Tensor]) -> None:
        self._kept.append(tensors)
        self._array(name, (ctypes.c_void_p * len(tensors))(*(one.data_ptr() for one in tensors)))

    def _array(self, name: str, array: Any) -> None:
        self._kept.append(array)
        setattr(self.call, name, ctypes.addressof(array))
