"""The contestants: one module each, with ``build(work, data, variant) -> Subject``.

Every one is written as a careful user of that library would write it: layers without state run over
all steps at once, what is constant over time is computed once, and no tensor that wants a gradient
is indexed by time (``x[t]`` costs O(T²) in the backward pass; ``unbind`` does not).
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np


class Subject(Protocol):
    """A workload in one library's hands, built and ready."""

    def step(self) -> None:
        """Go forward and backward once, update the weights where there are any to train."""

    def figure(self) -> float:
        """Return the last step's loss, or the share of neurons that spiked if nothing trains."""

    def gradients(self) -> tuple[float, dict[str, np.ndarray[Any, Any]]]:
        """Return loss and gradients of the next step, by the names of `Data.weights`, or ``x``."""
