"""A spec's nodes with shapes and parameter counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from spikex_lab.api import checks, display

if TYPE_CHECKING:
    from spikex_lab.spec import ModelSpec


class Summary(display.Displayed):
    """A spec's nodes with shapes and parameter counts, as text and as a table."""

    columns = ("node", "component", "output", "parameters")

    def __init__(self, spec: ModelSpec) -> None:
        self._spec = spec
        self.graph = checks.graph(spec)
        self.rows = self._rows()
        self.parameters = self.graph.parameters if self.graph else spec.module.parameters  # type: ignore[union-attr]

    def _rows(self) -> list[tuple[str, str, str, int]]:
        shape = "×".join(map(str, self._spec.input.shape))
        first = ("input", self._spec.input.encoder.component, shape, 0)
        if self.graph is None:
            module = self._spec.module
            assert module is not None  # noqa: S101 - a spec has nodes or a module
            return [first, ("module", "torch.nn.Module", str(module.classes), module.parameters)]
        return [
            first,
            *(
                (node.id, node.component, "×".join(map(str, node.shape_out)), _count(node.weights))
                for node in self.graph.nodes.values()
            ),
        ]

    @property
    def text(self) -> str:
        """The table as text."""
        cells = [self.columns, *((a, b, c, f"{n:,}" if n else "") for a, b, c, n in self.rows)]
        widths = [max(len(row[i]) for row in cells) for i in range(4)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in cells
        ]
        return "\n".join([*lines, self._totals()])

    def _totals(self) -> str:
        time = self._spec.time
        steps = f"{time.steps} time steps of {time.dt:g} ms" if time.steps > 1 else "no time"
        return (
            f"{self.parameters:,} parameters; {steps}; readout {self._spec.readout.component}"
            f"; dataset {self._spec.dataset or 'not chosen'}"
        )

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return self.text

    def _html(self) -> str:
        cells = [(a, b, c, f"{n:,}" if n else "") for a, b, c, n in self.rows]
        text = display.table(self.columns, cells, note=self._totals())
        if self.graph is None and self._spec.module and self._spec.module.summary:
            text += display.code(self._spec.module.summary)
        return text


def _count(weights: Mapping[str, Sequence[int]]) -> int:
    return sum(math.prod(shape) for shape in weights.values())
