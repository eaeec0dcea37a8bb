"""Hand-written Python of components: layers, encoders and decoders that do not fit equations."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.errors import InvalidError
from spikex_lab.nn import initial
from spikex_lab.spec.registry import Shape


@lru_cache(maxsize=256)
def function(component: Component, name: str) -> Callable[..., Any]:
    """Return the function `name` of the component's Python file.

    Raises
    ------
    InvalidError : the component has no Python that may run here, or not this function.
    """
    file = component.python()
    module_name = "spikex_lab_components." + component.id.replace("/", ".").replace("-", "_")
    spec = importlib.util.spec_from_file_location(module_name, file)
    if spec is None or spec.loader is None:
        raise InvalidError("cannot be read as Python", where=str(file))
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    spec.loader.exec_module(module)
    found = getattr(module, name, None)
    if found is None:
        raise InvalidError(f"has no function {name}", where=str(file))
    return found  # type: ignore[no-any-return]


class Script:
    """A component's Python function `name` with the component's parameters filled in.

    Every such function takes what it works on first, the parameters second, the rest after:
    ``forward(x, p, w, mode)``, ``encode(x, p, steps, generator)``, ``decode(output, p, state)``.
    """

    def __init__(self, component: Component, name: str, params: dict[str, Any]) -> None:
        self.component = component
        self.name = name
        self.params = SimpleNamespace(**params)
        function(component, name)  # refuse now what could not run later

    def __call__(self, subject: Any, *rest: Any) -> Tensor:
        """Return what the function makes of `subject`."""
        result: Tensor = function(self.component, self.name)(subject, self.params, *rest)
        return result


@dataclass
class Mode:
    """How a layer runs: training or not, over how many steps at once, with which random numbers."""

    training: bool = False
    steps: int = 1
    generator: torch.Generator | None = None


class Layer(torch.nn.Module):
    """A component written in Python as a torch module over ``[N, …]`` (time folded into the batch).

    Its weights are drawn as ``component.yaml`` says, with `seed` independently of everything else.
    """

    def __init__(
        self,
        component: Component,
        params: dict[str, Any],
        shape: Shape,
        *,
        seed: int | None = None,
        node: str = "",
    ) -> None:
        super().__init__()
        self.component = component
        self.params = params
        self._script = Script(component, "forward", params)
        for name, size in component.weights(params, shape).items():
            self.register_parameter(name, torch.nn.Parameter(torch.empty(size)))
        for name, size in component.buffers(params, shape).items():
            self.register_buffer(name, torch.empty(size))
        for name, tensor in [*self.named_parameters(), *self.named_buffers()]:
            initial.draw_(
                tensor, *component.initial(params, shape, name), seed=seed, key=f"{node}.{name}"
            )

    def extra_repr(self) -> str:
        """Say which component with which parameters."""
        given = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.component.id}, {given}"

    def forward(self, x: Tensor, mode: Mode | None = None) -> Tensor:
        """Return what the layer makes of `x` ``[N, …]``."""
        weights = {**self._parameters, **self._buffers}
        return self._script(x, weights, mode or Mode(self.training))
