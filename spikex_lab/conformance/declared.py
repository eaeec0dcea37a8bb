"""The cases that a component declares: closed forms, fixed points, other simulators' traces."""

from __future__ import annotations

import math
from collections.abc import Iterator

from spikex_lab.catalog import Component
from spikex_lab.catalog.schema import ConformanceSpec
from spikex_lab.conformance import cases, outside
from spikex_lab.conformance.report import Check
from spikex_lab.errors import SpikexError


def declared(component: Component) -> Iterator[Check]:
    """Yield one check per entry of ``conformance:``."""
    for entry in component.spec.conformance:
        yield _check(component, entry)


def _check(component: Component, entry: ConformanceSpec) -> Check:
    name = entry.case or (f"{outside.FOLDER}/{entry.file}" if entry.file else "declared")
    if isinstance(entry.tolerance, str) or not (entry.case or entry.file):
        lacks = "a tolerance that is a number" if entry.case or entry.file else "a case or a file"
        return Check(
            name, entry.against, math.inf, quantity=entry.quantity, message=f"it lacks {lacks}"
        )
    message = ""
    try:
        if entry.case:
            error = float(cases.find(entry.case)(component, entry.settings))
        else:
            error = outside.compare(component, entry)
    except ModuleNotFoundError as missing:
        if (missing.name or "").split(".")[0] == "spikex_lab":
            raise
        return Check(name, entry.against, message=f"{missing.name} is not installed", skipped=True)
    except SpikexError as problem:
        error, message = math.inf, str(problem)
    return Check(name, entry.against, error, entry.tolerance, entry.quantity, message)
