"""Looking into a foreign module while it runs: forward hooks on its submodules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.nn.cell import Cell, Poll
from spikex_lab.nn.neuron import Neuron


def tensors(value: Any) -> list[Tensor]:
    """Return the tensors in what a module gave (alone, in a tuple, list or dict), in order."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, Mapping):
        return [found for part in value.values() for found in tensors(part)]
    if isinstance(value, (tuple, list)):
        return [found for part in value for found in tensors(part)]
    return []


def first_tensor(value: Any) -> Tensor | None:
    """Return the first tensor in what a module gave."""
    found = tensors(value)
    return found[0] if found else None


def is_spiking(module: torch.nn.Module) -> bool:
    """Say whether a module is a layer of spiking neurons: ours, snnTorch's or SpikingJelly's."""
    if isinstance(module, Cell):
        return module.component.spiking
    return hasattr(module, "spike_grad") or (
        hasattr(module, "surrogate_function") and hasattr(module, "v_threshold")
    )


class Watch:
    """Hooks for one run: record what was asked for, count spikes, poll at each neuron's call."""

    def __init__(
        self,
        module: torch.nn.Module,
        wanted: Mapping[str, Sequence[str]],
        poll: Poll | None,
        *,
        sequences: bool,
    ) -> None:
        self._parts = {name: part for name, part in module.named_modules() if name}
        for name in wanted:
            if name not in self._parts:
                raise InvalidError(
                    f'no module "{name}"', where="record", hint=nearest(name, list(self._parts))
                )
        self._wanted = {name: list(quantities) for name, quantities in wanted.items()}
        self._spiking = [name for name, part in self._parts.items() if is_spiking(part)]
        self._poll = poll
        self._sequences = sequences
        self._counts: dict[str, list[Tensor]] = {name: [] for name in self._spiking}
        self._series: dict[str, dict[str, list[Tensor]]] = {
            name: {quantity: [] for quantity in quantities}
            for name, quantities in self._wanted.items()
        }
        self._hooks: list[Any] = []

    def __enter__(self) -> Watch:
        for name in {*self._spiking, *self._wanted}:
            self._hooks.append(self._parts[name].register_forward_hook(self._hook(name)))
        for part in self._parts.values():
            if isinstance(part, Neuron):
                part.poll = self._poll
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()
        for part in self._parts.values():
            if isinstance(part, Neuron):
                part.poll = None

    def _hook(self, name: str) -> Any:
        def hook(part: torch.nn.Module, args: tuple[Any, ...], output: Any) -> None:
            value = first_tensor(output)
            if name in self._counts:
                if value is not None:
                    self._counts[name].append(value.detach().sum())
                if self._poll is not None and not isinstance(part, Neuron):
                    self._poll()
            for quantity, series in self._series.get(name, {}).items():
                series.append(self._quantity(name, quantity, part, args, value))

        return hook

    def _quantity(
        self,
        name: str,
        quantity: str,
        part: torch.nn.Module,
        args: tuple[Any, ...],
        value: Tensor | None,
    ) -> Tensor:
        found: Any = None
        if quantity in ("spikes", "output"):
            found = value
        elif quantity == "input":
            found = first_tensor(args)
        elif isinstance(part, Neuron) and quantity in part.states:
            with torch.no_grad():
                found = part.simulate(args[0])[quantity]
        else:
            found = getattr(part, quantity, None)
        if not isinstance(found, Tensor):
            raise InvalidError(
                f'{name} has no "{quantity}"',
                where="record",
                hint="spikes, output, input, or a state such as mem",
            )
        return found

    def activity(self) -> dict[str, Tensor]:
        """Return the number of spikes of each layer of neurons."""
        return {name: torch.stack(counts).sum() for name, counts in self._counts.items() if counts}

    def recorded(self) -> dict[str, dict[str, Tensor]]:
        """Return what was asked for, ``[T, B, …]``; T = 1 where a module was called once."""
        result: dict[str, dict[str, Tensor]] = {}
        for name, quantities in self._series.items():
            result[name] = {}
            for quantity, series in quantities.items():
                if not series:
                    raise InvalidError(f"{name} was never called", where="record")
                one = self._sequences and len(series) == 1
                result[name][quantity] = series[0] if one else torch.stack(series)
        return result
