"""The reference, PyTorch, over one element: what every printer is compared with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.conformance.samples import Drive
from spikex_lab.conformance.trace import Series

if TYPE_CHECKING:
    from torch import Tensor

    from spikex_lab.nn.compiled import Step

Fire = Callable[..., "Tensor"]


@dataclass(frozen=True)
class Run:
    """What the reference leaves: output [T], states, and how near to its threshold it came.

    `margins` [T] is the smallest distance from the threshold in each step (infinite where nothing
    is tested): a spike with a margin of rounding errors may fall either way. `constants` are
    what does not change from step to step, in the program's order.
    """

    output: Series
    states: list[Series]
    margins: Series
    constants: list[float]


def run(
    component: Component,
    selection: Selection,
    params: Mapping[str, Any],
    given: Drive,
    *,
    single: bool = False,
) -> Run:
    """Run `component` over `given` in float64, or in float32 where `single`."""
    import torch

    from spikex_lab.nn.compiled import step

    kind = torch.float32 if single else torch.float64
    compiled = step(component, selection)
    program = compiled.program
    margins = np.full(given.count, np.inf)
    moment = 0

    def fire(margin: Tensor, scale: Tensor | None = None) -> Tensor:
        del scale  # it is the surrogate's
        margins[moment] = min(margins[moment], float(margin.abs().min()))
        return (margin > 0 if program.strict else margin >= 0).to(margin.dtype)

    values = {name: torch.tensor(params[name], dtype=kind) for name in program.parameters}
    with torch.no_grad():
        fixed, states, constants = begin(compiled, values, given.dt, kind)
        series = [torch.tensor(one, dtype=kind) for one in [*given.inputs, *given.noise]]
        outs: list[float] = []
        kept: list[list[float]] = [[] for _ in states]
        for moment in range(given.count):
            now = [one[moment : moment + 1] for one in series]
            result = compiled.step(fire, *fixed, *states, *now)
            output, *states = result if program.states else (result,)
            outs.append(float(output))
            for place, state in zip(kept, states, strict=True):
                place.append(float(state))
    return Run(
        np.array(outs),
        [np.array(one) for one in kept],
        margins,
        [float(constant) for constant in constants],
    )


def begin(
    compiled: Step, values: Mapping[str, Tensor], dt: float, kind: Any
) -> tuple[list[Any], list[Tensor], Sequence[Any]]:
    """Return a step's fixed arguments, the first states [1], and all constants."""
    import torch

    program = compiled.program
    length = torch.tensor(dt, dtype=kind)
    results = compiled.constants(length, *(values[name] for name in program.parameters))
    names = [name for line in program.constants for name in line.targets]
    known = {"dt": length, **{f"p_{name}": value for name, value in values.items()}}
    known.update(zip(names, results, strict=False))
    first = [torch.as_tensor(value, dtype=kind).expand(1) for value in results[len(names) :]]
    return [known[name] for name in compiled.fixed], first, results[: len(names)]
