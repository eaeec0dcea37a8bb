"""Do the states stay finite wherever the parameters may be?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance import samples, scalar
from spikex_lab.conformance.report import Check, faults

_STEPS = 1000


def ranges(component: Component) -> Iterator[Check]:
    """Yield one check that counts the sets of parameters at which something overflows."""
    if component.kind == "surrogate" or not component.has_equations:
        return
    given = samples.drive(component, samples.steps(component, _STEPS))
    found: list[str] = []
    count = 0
    for params in samples.inside(component):
        count += 1
        output, states = scalar.run(component, component.selection(params), params, given)
        names = ["output", *component.program(component.selection(params)).states]
        for name, series in zip(names, [output, *states], strict=True):
            if not np.isfinite(series).all():
                found.append(f"{name} is not finite with {_changed(component, params)}")
                break
    yield faults("finite", f"{count} sets of parameters in their ranges", found)


def _changed(component: Component, params: Mapping[str, Any]) -> str:
    defaults = component.resolve(samples.defaults(component.spec))
    changed = [
        f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}"
        for name, value in params.items()
        if value != defaults.get(name)
    ]
    return ", ".join(changed) or "the defaults"
