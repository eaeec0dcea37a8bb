"""The checker: everything that can be asked of a component, and what came of it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from spikex_lab.catalog import Component, library
from spikex_lab.conformance.declared import declared
from spikex_lab.conformance.documents import documents
from spikex_lab.conformance.gradients import gradients
from spikex_lab.conformance.printed import printed
from spikex_lab.conformance.ranges import ranges
from spikex_lab.conformance.report import Check, Report
from spikex_lab.errors import InvalidError, SpikexError

PARTS: tuple[Callable[[Component], Iterator[Check]], ...] = (
    documents,
    printed,
    ranges,
    gradients,
    declared,
)
"""What is looked at, in this order."""
FILE = "conformance.json"


def check(component: Component | str) -> Report:
    """Check one component, given by itself or by its id in the bundled library.

    A component that cannot even be read has one check, ``schema``, which says why.

    Raises
    ------
    InvalidError : there is no component of this id.

    Examples
    --------
    >>> check("layers/dropout").ok
    True
    """
    schema = "spikex/component@1"
    if isinstance(component, str):
        name = component
        if name not in library():
            library().get(name)  # says which is the nearest
        try:
            component = library().get(name)
        except SpikexError as error:
            return Report(name, checks=[_broken("schema", schema, error)])
    checks = [Check("schema", schema, quantity="faults")]
    for part in PARTS:
        try:
            checks += part(component)
        except SpikexError as error:
            checks.append(_broken(part.__name__, "", error))
    return Report(component.id, component.spec.version, checks)


def check_all(ids: Iterable[str] | None = None) -> Iterator[Report]:
    """Check the components `ids`, default all of the bundled library, one after the other."""
    for name in library().ids() if ids is None else ids:
        yield check(name)


def write(report: Report) -> Path:
    """Write ``conformance.json`` beside the component; its page shows it.

    Raises
    ------
    InvalidError : the component has no folder of its own.
    """
    folder = library().get(report.id).folder
    if folder is None:
        raise InvalidError("it has no folder to write to", where=report.id)
    path = folder / FILE
    path.write_text(json.dumps(report.to_dict(), indent=1) + "\n", encoding="utf-8", newline="\n")
    return path


def _broken(name: str, against: str, error: SpikexError) -> Check:
    return Check(name, against, math.inf, message=str(error))
