"""Hand-written Python of components: layers, encoders and decoders that do not fit equations."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from types import ModuleType, SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from spikex_lab.catalog import Component
from spikex_lab.errors import InvalidError
from spikex_lab.nn import initial
from spikex_lab.nn.cell import defaults
from spikex_lab.nn.events import layers
from spikex_lab.spec.registry import Shape


def function(component: Component, name: str) -> Callable[..., Any]:
    """Return the function `name` of the component's Python file.

    Raises
    ------
    InvalidError : the component has no Python that may run here, or not this function.
    """
    module = _module(component)
    found = getattr(module, name, None)
    if found is None:
        raise InvalidError(f"has no function {name}", where=str(module.__file__))
    return found  # type: ignore[no-any-return]


def defines(component: Component, name: str) -> bool:
    """Say whether the component's Python file has a function `name`."""
    return hasattr(_module(component), name)


@lru_cache(maxsize=256)
def _module(component: Component) -> ModuleType:
    file, source = component.python()
    module = ModuleType("spikex_lab_components." + component.id.replace("/", ".").replace("-", "_"))
    module.__file__ = file
    sys.modules[module.__name__] = module
    try:
        code = compile(source, file, "exec")
    except (SyntaxError, ValueError) as error:
        raise InvalidError(f"cannot be read as Python: {error}", where=file) from None
    exec(code, module.__dict__)  # noqa: S102 (installed with us, or chosen by its hash)
    return module


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
    """How a layer runs: training or not, over how many steps at once, with which random numbers,
    with steps of how many ms."""

    training: bool = False
    steps: int = 1
    generator: torch.Generator | None = None
    dt: float = 1.0


class Layer(torch.nn.Module):
    """A component written in Python as a torch module over ``[N, …]`` (time folded into the batch).

    Its weights are drawn as ``component.yaml`` says, with `seed` independently of everything else.

    Attributes
    ----------
    choice : what it runs on, where it may run on events; else None.
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
        self.choice = layers.choice_for(component)
        self._script = Script(component, "forward", params)
        initial.attach(self, component, params, shape, seed=seed, node=node)

    def extra_repr(self) -> str:
        """Say which component with which parameters."""
        given = ", ".join(f"{key}={value}" for key, value in self.params.items())
        return f"{self.component.id}, {given}"

    def others(self, like: Tensor) -> list[Tensor]:
        """Return the inputs besides the first: their defaults."""
        return defaults(self.component, like)

    def forward(self, x: Tensor, mode: Mode | None = None, *others: Tensor) -> Tensor:
        """Return what the layer makes of `x` ``[N, …]`` and of its further inputs."""
        weights = {**self._parameters, **self._buffers}
        if self.choice is not None:
            return layers.run(self.component, self.params, x, weights, self.choice)
        return self._script(x, weights, mode or Mode(self.training), *others)
