"""One element over time: compiled C++ where there is a compiler, else plain Python; same numbers.

Both come from the same lowered program. The only place on this floor that turns text into code;
the text is our own printers', of prefixed names only.
"""

from __future__ import annotations

import linecache
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen import python
from spikex_lab.conformance import native
from spikex_lab.conformance.samples import Drive
from spikex_lab.conformance.trace import Series
from spikex_lab.errors import InvalidError

Run = Callable[..., None]


def run(
    component: Component,
    selection: Selection,
    params: Mapping[str, Any],
    given: Drive,
    *,
    compiled: bool | None = None,
) -> tuple[Series, list[Series]]:
    """Step `component` over `given`; return what goes out and the states, [T] each.

    Parameters
    ----------
    params : resolved parameters.
    compiled : take the compiled form (True), the Python one (False), or what there is (None).

    Raises
    ------
    InvalidError : `compiled` is True and there is no compiler.
    """
    program = component.program(selection)
    values = [float(params[name]) for name in program.parameters]
    driver = None if compiled is False else native.driver(component, selection)
    if driver is not None:
        return driver.run(given.dt, values, given.inputs, given.noise)
    if compiled:
        raise InvalidError("there is no C++ compiler", where=component.id, hint="compiled=False")
    out = [0.0] * given.count
    states = [[0.0] * given.count for _ in program.states]
    series = [one.tolist() for one in given.inputs], [one.tolist() for one in given.noise]
    _function(component, selection)(given.dt, values, *series, given.count, out, states)
    return np.array(out), [np.array(state) for state in states]


@lru_cache(maxsize=256)
def _function(component: Component, selection: Selection) -> Run:
    text = python.source(component.program(selection))
    file = f"<spikex {component.id} #{len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    space: dict[str, Any] = {**python.SPACE, "__builtins__": {}}
    exec(compile(text, file, "exec"), space)  # noqa: S102 (our own printer's text, checked)
    found: Run = space["run"]
    return found
