"""What goes from node to node: a value at every time step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from torch import Tensor


class Flow(NamedTuple):
    """``[T, B, …]``; or, where it does not change over time, `static`, ``[B, …]`` or one number."""

    value: Tensor
    static: bool = False

    def whole(self, steps: int) -> Tensor:
        """Return it as ``[T, B, …]``."""
        return self.value.expand(steps, *self.value.shape) if self.static else self.value

    def series(self, steps: int) -> Sequence[Tensor]:
        """Return it step by step."""
        return [self.value] * steps if self.static else self.value.unbind(0)

    @property
    def now(self) -> Tensor:
        """The first step: what one step is like."""
        return self.value if self.static else self.value[0]
