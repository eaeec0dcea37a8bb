"""Components written in Python that remember: delays, cables.

Where such a component's file has a function ``step`` in place of ``forward``, it keeps a state:

- ``prepare(x, p, w, mode)`` returns ``k``: what stays the same over one pass (a kernel, a
  propagator), for a step's input `x` ``[B, …]``. Left out, ``k`` is ``w``.
- ``begin(x, p, k)`` returns the first state: a tuple of tensors.
- ``step(x, p, k, state)`` returns ``(y, state)`` for one step's input.
- ``scan(x, p, k, state)`` does the same for all steps at once, ``[T, B, …]``. Left out, it is
  stepped through; loops step in any case.

Further inputs follow after ``state``, each like `x`, or a number where no edge feeds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.nn import initial
from spikex_lab.nn.cell import Poll, defaults, narrow
from spikex_lab.nn.scripts import Mode, defines, function
from spikex_lab.spec.registry import Shape


def is_stateful(component: Component) -> bool:
    """Say whether the component's Python keeps a state from step to step."""
    return defines(component, "step")


class StatefulLayer(torch.nn.Module):
    """A component written in Python with a memory, as a torch module over ``[T, B, …]``."""

    def __init__(
        self,
        component: Component,
        params: dict[str, Any],
        shape: Shape,
        *,
        dt: float = 1.0,
        seed: int | None = None,
        node: str = "",
    ) -> None:
        super().__init__()
        self.component = component
        self.params = params
        self.dt = dt
        function(component, "begin")  # refuse now what could not run later
        initial.attach(self, component, params, shape, seed=seed, node=node)

    def extra_repr(self) -> str:
        """Say which component with which parameters."""
        given = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.component.id}, {given}"

    def others(self, like: Tensor) -> list[Tensor]:
        """Return the inputs besides the first: their defaults."""
        return defaults(self.component, like)

    def start(
        self,
        like: Tensor,
        states: Sequence[Tensor] | None = None,
        generator: torch.Generator | None = None,
    ) -> StatefulStepper:
        """Return what steps through time, from `states` or fresh ones for inputs like `like`."""
        return StatefulStepper(self, like, states, generator)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer makes of `x` ``[T, B, …]``."""
        return self.scan(x)[0]

    def scan(
        self,
        x: Tensor,
        states: Sequence[Tensor] | None = None,
        *,
        others: Sequence[Tensor] | None = None,
        poll: Poll | None = None,
        generator: torch.Generator | None = None,
    ) -> tuple[Tensor, Sequence[Tensor]]:
        """Run over `x` ``[T, B, …]``; return what goes out and the state after the last step.

        `others` are the further inputs, each ``[T, B, …]`` or a number.
        """
        stepper = self.start(x[0], states, generator)
        others = self.others(x) if others is None else others
        if defines(self.component, "scan"):
            if poll is not None:
                poll()
            return stepper.whole(x, others), stepper.states
        outputs = []
        for t, value in enumerate(x.unbind(0)):
            if poll is not None:
                poll()
            row = [other[t] if other.dim() else other for other in others]
            outputs.append(stepper(value, row))
        return torch.stack(outputs), stepper.states


class StatefulStepper:
    """Such a layer on its way through time: call it with one step's input, get what goes out."""

    def __init__(
        self,
        layer: StatefulLayer,
        like: Tensor,
        states: Sequence[Tensor] | None,
        generator: torch.Generator | None,
    ) -> None:
        component = layer.component
        # sums over time keep their digits: under autocast they stay in float32
        self._widen = narrow(like)
        self._p = SimpleNamespace(**layer.params)
        self._step = function(component, "step")
        self._scan = function(component, "scan") if defines(component, "scan") else None
        self._others = layer.others(like)
        weights = {**layer._parameters, **layer._buffers}
        mode = Mode(layer.training, 1, generator, layer.dt)
        with self._precision(like.device.type):
            like = like.float() if self._widen else like
            self._k: Any = weights
            if defines(component, "prepare"):
                self._k = function(component, "prepare")(like, self._p, weights, mode)
            first = function(component, "begin")(like, self._p, self._k)
        self.states: Sequence[Tensor] = first if states is None else states

    def _precision(self, device: str) -> AbstractContextManager[Any]:
        return torch.autocast(device, enabled=False) if self._widen else nullcontext()

    def __call__(self, x: Tensor, others: Sequence[Tensor] | None = None) -> Tensor:
        """Take one step with input `x` ``[B, …]``; return what goes out."""
        return self._take(self._step, x, self._others if others is None else others)

    def whole(self, x: Tensor, others: Sequence[Tensor]) -> Tensor:
        """Take all steps of `x` ``[T, B, …]`` at once."""
        assert self._scan is not None  # noqa: S101 (the layer asks only where there is one)
        return self._take(self._scan, x, others)

    def _take(self, function: Any, x: Tensor, others: Sequence[Tensor]) -> Tensor:
        with self._precision(x.device.type):
            if self._widen:
                x, others = x.float(), [other.float() for other in others]
            output, self.states = function(x, self._p, self._k, self.states, *others)
        return output  # type: ignore[no-any-return]
