"""What comes into a network: frames, which an encoder turns into time steps, or events."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from spikex_lab.errors import InvalidError
from spikex_lab.nn.flow import Flow
from spikex_lab.nn.scripts import Script
from spikex_lab.spec.registry import Shape


@dataclass(frozen=True)
class Entry:
    """The way in: `encode` makes `steps` time steps of samples of `shape`."""

    encode: Script
    shape: Shape
    steps: int

    def check(self, x: Tensor) -> int:
        """Return how many steps the network takes over `x`.

        Raises
        ------
        InvalidError : it is neither frames ``[B, *shape]`` nor events ``[T, B, *shape]``.
        """
        if self._is_series(x):
            return x.shape[0]
        if x.dim() != len(self.shape) + 1 or tuple(x.shape[1:]) != self.shape:
            raise InvalidError(
                f"the network takes [batch, {', '.join(map(str, self.shape))}], "
                f"got {list(x.shape)}",
                where="input",
            )
        return self.steps

    def parts(self, x: Tensor) -> bool:
        """Say whether the steps can be made some at a time, to the same numbers."""
        return not self._is_series(x) and "memoryless" in self._traits

    def flow(self, x: Tensor, steps: int, generator: torch.Generator | None) -> Flow:
        """Return `x` as `steps` steps."""
        if self._is_series(x):
            whole = "sequence" in self._traits
            return Flow(self.encode(x, steps, generator) if whole else x)
        if "sequence" in self._traits:
            x = x.expand(steps, *x.shape)
        return Flow(self.encode(x, steps, generator), "static" in self._traits)

    @property
    def _traits(self) -> list[str]:
        return list(self.encode.component.spec.traits)

    def _is_series(self, x: Tensor) -> bool:
        return (
            x.dim() == len(self.shape) + 2 and tuple(x.shape[2:]) == self.shape and x.shape[0] > 0
        )
