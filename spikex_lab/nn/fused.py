"""Fused scans: a component's loop over time as one operation of torch.

The kernels for a CPU are printed from the same equations as the reference
(`spikex_lab.catalog.codegen.kernel`), compiled at first use and kept in a cache. To torch a scan is
the operation ``spikex::scan`` with a gradient, so ``torch.compile``, autocast and ``torch.func``
know it.
"""

from __future__ import annotations

import ctypes
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor

from spikex_lab import toolchain
from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen.kernel import CALL, Kernel, Real, Recurrence, source
from spikex_lab.nn import jitted, packed
from spikex_lab.nn.buffers import empty
from spikex_lab.nn.operators import operator

REALS: dict[torch.dtype, Real] = {torch.float32: "float", torch.float64: "double"}
WIDEST = 2048
"""Columns of a tile at most."""
_VECTOR = 64
_TAPE = 1 << 19
"""Bytes of a tile's states over time: what stays in a core's second cache."""
_STREAMED = 1 << 23
"""Bytes from which what is written goes past the caches."""

_Pointer = ctypes.c_void_p
_Long = ctypes.c_long


class _Call(ctypes.Structure):
    """``Call`` of ``scan.hpp``."""

    _fields_ = tuple((name, _Long if i < 6 else _Pointer) for i, name in enumerate(CALL))


class Machine:
    """One kernel ready to run.

    Attributes
    ----------
    kernel : what it was printed from.
    forward, backward : its two functions.
    arguments : what puts their arguments together, and calls them.
    learned : those of the kernel's `learned` whose gradients are wanted; default: all.
    key : its number: how the operation names it.
    """

    def __init__(
        self,
        kernel: Kernel,
        forward: Any,
        backward: Any,
        arguments: Callable[..., Arguments],
        learned: tuple[str, ...] | None = None,
    ) -> None:
        self.kernel = kernel
        self.forward, self.backward = forward, backward
        self.arguments = arguments
        self.learned = kernel.learned if learned is None else learned
        self.key = len(_machines)
        _machines.append(self)


_machines: list[Machine] = []


def kernel(key: int) -> Kernel:
    """Return what the kernel of that number was printed from."""
    return _machines[key].kernel


@lru_cache(maxsize=1024)
def machine(
    component: Component,
    selection: Selection,
    surrogate: Component | None,
    learned: tuple[str, ...] = (),
    real: Real = "float",
    recurrence: Recurrence | None = None,
    masked: bool = False,
) -> Machine | None:
    """Return the scan of `component`: from the kernel pack, else compiled, else by Numba; None
    where there is nothing of these.

    Parameters
    ----------
    selection : which of its equations.
    surrogate : what stands for the threshold's derivative; None where nothing fires.
    learned : those of the kernel's `fixed` that have a gradient.
    recurrence : what comes back from the last step.
    masked : whether samples have lengths of their own.
    """
    slope = None if surrogate is None else surrogate.surrogate()
    kernel = Kernel(component.program(selection), slope, learned, real, recurrence, masked)
    ready = packed.find(kernel)
    if ready is not None:
        return _native(ready.kernel, ready.functions, learned, ready.surrogate)
    library = toolchain.fast(source(kernel))
    if library is not None:
        return _native(kernel, (library.forward, library.backward))
    functions = jitted.functions(kernel)
    return None if functions is None else _native(kernel, functions)


def _native(
    kernel: Kernel,
    functions: tuple[Any, ...],
    learned: tuple[str, ...] | None = None,
    surrogate: int = 0,
) -> Machine:
    """Return two functions of a ``Call`` ready to run; `surrogate`: which, where it has several."""
    for function in functions:
        function.restype = None
        function.argtypes = (ctypes.POINTER(_Call),)
    forward, backward = functions
    return Machine(kernel, forward, backward, partial(_Pointers, surrogate=surrogate), learned)


def _tile(columns: int, steps: int, states: int, size: int, threads: int) -> int:
    """Return how many columns a thread takes at a time: few enough for the caches, and so that
    every thread has some."""
    lanes = _VECTOR // size
    share = -(-columns // threads)
    room = WIDEST if not states else _TAPE // max(1, steps * states * size)
    return min(WIDEST, max(lanes, min(room, -(-share // lanes) * lanes) // lanes * lanes))


class Arguments(ABC):
    """What a kernel's functions are given: a ``Call`` of ``scan.hpp`` in the kernel's own form."""

    def __init__(self, inputs: Sequence[Tensor], moving: Sequence[bool], steps: int) -> None:
        self.like = inputs[0]
        self.shape = _shape(inputs, moving, steps)
        self.steps = steps
        self.columns = inputs[0].numel() // (steps if moving[0] else 1)

    @abstractmethod
    def one(self, name: str, tensor: Tensor | None) -> None:
        """Set one array."""

    @abstractmethod
    def put(self, name: str, tensors: Sequence[Tensor | None]) -> None:
        """Set a row of arrays."""

    @abstractmethod
    def run(self, function: Any, states: int, written: Sequence[Tensor]) -> None:
        """Call `function`, which keeps `states` over time and writes the tensors `written`."""


class _Pointers(Arguments):
    """A ``Call``, and what its pointers point to; the first tensors are made contiguous."""

    def __init__(
        self,
        inputs: Sequence[Tensor],
        begin: Sequence[Tensor],
        fixed: Tensor,
        moving: Sequence[bool],
        steps: int,
        back: Sequence[Tensor],
        ends: Tensor | None,
        surrogate: int = 0,
    ) -> None:
        super().__init__(inputs, moving, steps)
        self.call = _Call(steps=steps, columns=self.columns, threads=torch.get_num_threads())
        self.call.surrogate = surrogate
        self._kept: list[Any] = []
        self.put("inputs", [one.contiguous() for one in inputs])
        self.put("begin", [one.contiguous() for one in begin])
        self.set("strides", [self.columns if one else 0 for one in moving])
        self.set("spans", [int(one.dim() > 0) for one in begin])
        self.one("fixed", fixed)
        self.one("ends", None if ends is None else ends.contiguous())
        self._width = self.shape[-1] if back else 0
        if back and not back[0].dim():
            self.one("others", back[0])
        elif back:
            weight, *bias = back
            spare = -self._width % (_VECTOR // weight.element_size())
            self.one("weights", _padded(weight.t(), spare))
            self.one("turned", _padded(weight, spare))
            self.one("bias", _padded(bias[0], spare) if bias else None)

    def one(self, name: str, tensor: Tensor | None) -> None:
        """Set one pointer."""
        self._kept.append(tensor)
        setattr(self.call, name, None if tensor is None else tensor.data_ptr())

    def put(self, name: str, tensors: Sequence[Tensor | None]) -> None:
        """Set an array of pointers."""
        self._kept.append(tensors)
        values = [None if one is None else one.data_ptr() for one in tensors]
        self._array(name, (_Pointer * max(1, len(values)))(*values))

    def set(self, name: str, values: Sequence[int]) -> None:
        """Set an array of whole numbers."""
        self._array(name, (_Long * max(1, len(values)))(*values))

    def _array(self, name: str, array: Any) -> None:
        self._kept.append(array)
        setattr(self.call, name, ctypes.addressof(array))

    def run(self, function: Any, states: int, written: Sequence[Tensor]) -> None:
        """Call `function`, which keeps `states` over time and writes the tensors `written`."""
        size, call = self.like.element_size(), self.call
        call.tile = self._width or _tile(self.columns, call.steps, states, size, call.threads)
        large = self.columns * call.steps * size >= _STREAMED and self.columns * size % _VECTOR == 0
        call.stream = large and all(one.data_ptr() % _VECTOR == 0 for one in written)
        failed = _Long(0)
        call.failed = ctypes.addressof(failed)
        function(ctypes.byref(call))
        if failed.value:
            raise MemoryError(f"no memory for what a scan of {call.steps} steps works on")


def _padded(tensor: Tensor, spare: int) -> Tensor:
    return torch.nn.functional.pad(tensor, (0, spare)).contiguous()


def _shape(inputs: Sequence[Tensor], moving: Sequence[bool], steps: int) -> list[int]:
    """Return the shape over time, ``[T, B, …]``, of what goes out."""
    return list(inputs[0].shape) if moving[0] else [steps, *inputs[0].shape]


def run(
    inputs: list[Tensor],
    begin: list[Tensor],
    fixed: Tensor,
    moving: list[bool],
    keep: list[bool],
    steps: int,
    key: int,
    back: list[Tensor],
    ends: Tensor | None,
) -> list[Tensor]:
    """Run kernel `key` over time.

    Parameters
    ----------
    inputs : ``[T, B, …]`` where `moving`, else ``[B, …]``; then the random numbers.
    begin : the states before the first step, ``[B, …]`` or one number each.
    fixed : parameters and constants of the step, and the surrogate's, one after the other.
    keep : the states whose values after each step are wanted.
    back : for a kernel with a recurrence its weights ``[N, N]`` (to, from) and its bias ``[N]``, if
        it has one, or one number: what each hears of a spike of any other; a sample is then N
        neurons.
    ends : for a masked kernel the steps of each column, ``[B, …]``, as numbers of the inputs' type.

    Returns
    -------
    What goes out ``[T, B, …]``, each state after the last step ``[B, …]``, then those kept.
    """
    given = _machines[key].arguments(inputs, begin, fixed, moving, steps, back, ends)
    out = empty(given.shape, given.like)
    last = [given.like.new_empty(given.shape[1:]) for _ in begin]
    kept = [empty(given.shape, given.like) if wanted else None for wanted in keep]
    found = [one for one in kept if one is not None]
    given.one("out", out)
    given.put("last", last)
    given.put("kept", kept)
    given.run(_machines[key].forward, 0, [out, *found])
    return [out, *last, *found]


scan = operator("spikex::scan", run)


@scan.register_fake
def _(
    inputs: list[Tensor],
    begin: list[Tensor],
    fixed: Tensor,
    moving: list[bool],
    keep: list[bool],
    steps: int,
    key: int,
    back: list[Tensor],
    ends: Tensor | None,
) -> list[Tensor]:
    shape, like = _shape(inputs, moving, steps), inputs[0]
    last = [like.new_empty(shape[1:]) for _ in begin]
    return [like.new_empty(shape), *last, *(like.new_empty(shape) for wanted in keep if wanted)]


def run_backward(
    gradients: list[Tensor | None],
    inputs: list[Tensor],
    begin: list[Tensor],
    fixed: Tensor,
    moving: list[bool],
    keep: list[bool],
    steps: int,
    key: int,
    back: list[Tensor],
    ends: Tensor | None,
    wanted: list[bool],
) -> list[Tensor]:
    """Return the gradients of what `run` was given, from those of what it gave.

    Parameters
    ----------
    gradients : of what went out, of each last state, of each state kept; None: 0.
    wanted : for each input, each first state and `fixed`: is its gradient wanted?

    Returns
    -------
    The gradients that are wanted, in that order; last, where there is a recurrence, that of what
    it brings, over time.
    """
    machine = _machines[key]
    given = machine.arguments(inputs, begin, fixed, moving, steps, back, ends)
    count, states = len(machine.kernel.program.inputs), len(begin)
    out, *rest = [None if one is None else one.contiguous() for one in gradients]
    series = iter(rest[states:])
    given.one("gout", out)
    given.put("glast", rest[:states])
    given.put("gkept", [next(series) if one else None for one in keep])
    into = [
        empty(one.shape, one) if want else None
        for one, want in zip(inputs[:count], wanted[:count], strict=True)
    ]
    before = [
        given.like.new_empty(given.shape[1:]) if want else None for want in wanted[len(inputs) : -1]
    ]
    learned = [
        given.like.new_empty(given.columns) if name in machine.learned else None
        for name in machine.kernel.learned
    ]
    given.put("ginputs", into)
    given.put("gbegin", before)
    given.put("gfixed", learned)
    written = [one for one, moves in zip(into, moving, strict=False) if one is not None and moves]
    brought = [empty(given.shape, given.like)] if back else []
    for one in brought:
        given.one("gback", one)
    given.run(machine.backward, states, [*written, *brought])
    result = [one for one in into if one is not None]
    for first, part in zip(begin, before, strict=True):
        if part is not None:
            result.append(part if first.dim() else _total(part))
    if wanted[-1]:
        total = torch.zeros_like(fixed)
        for name, part in zip(machine.kernel.learned, learned, strict=True):
            if part is not None:
                total[machine.kernel.fixed.index(name)] = _total(part)
        result.append(total)
    return result + brought


def _total(parts: Tensor) -> Tensor:
    return parts.sum(dtype=torch.float64).to(parts.dtype)


scan_backward = operator("spikex::scan_backward", run_backward)


@scan_backward.register_fake
def _(
    gradients: list[Tensor | None],
    inputs: list[Tensor],
    begin: list[Tensor],
    fixed: Tensor,
    moving: list[bool],
    keep: list[bool],
    steps: int,
    key: int,
    back: list[Tensor],
    ends: Tensor | None,
    wanted: list[bool],
) -> list[Tensor]:
    every = [*inputs, *begin, fixed]
    found = [torch.empty_like(one) for one, want in zip(every, wanted, strict=True) if want]
    return found + [inputs[0].new_empty(_shape(inputs, moving, steps)) for _ in back[:1]]
