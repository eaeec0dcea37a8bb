"""What can be checked without running anything: units, parameters, papers, files in step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from spikex_lab.catalog import Component, body, dimensions, units
from spikex_lab.catalog.expr import names
from spikex_lab.catalog.folder import read
from spikex_lab.catalog.parser import parse, parse_test
from spikex_lab.catalog.render import stale
from spikex_lab.conformance.report import Check, faults
from spikex_lab.errors import InvalidError, SpikexError

_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+")
_NO_SOURCE = frozenset({"layer"})
"""Kinds whose entries are too elementary to have a paper each."""
_UNSAFE_SVG = re.compile(
    rb"<\s*(?:script|style|foreignObject|image)|\son[a-z]+\s*=|href|url\(", re.I
)
_MAX_SVG = 6 * 1024


def documents(component: Component) -> Iterator[Check]:
    """Yield the checks of `component`'s file and of what stands beside it."""
    yield faults("units", "dimensional analysis", _units(component))
    yield faults("parameters", "used, documented, with a default in range", _parameters(component))
    yield faults("references", "DOI syntax", _references(component))
    yield faults("files", "description and diagram", _files(component))
    if component.folder is not None:
        late = [
            f"{path.name} is not in step: spikex components render" for path in stale(component)
        ]
        yield faults("rendered", "component.yaml", late)


def _units(component: Component) -> list[str]:
    try:
        dimensions.check(component.spec)
    except InvalidError as error:
        return [problem.message for problem in error.problems] or [str(error)]
    spec = component.spec
    groups = (spec.parameters, spec.state, spec.inputs)
    written = [units.Unit.read(given.unit) for group in groups for given in group.values()]
    named = {name for unit in written for name, _ in unit.powers}
    return [f"pint knows {name} otherwise" for name in sorted(named) if not units.pint_agrees(name)]


def _parameters(component: Component) -> list[str]:
    spec = component.spec
    found = [
        f"{name} has no doc" for name, given in spec.parameters.items() if not given.doc.strip()
    ]
    found += [f"{name} has no doc" for name, state in spec.state.items() if not state.doc.strip()]
    if component.has_equations or component.kind == "surrogate":  # else Python reads them itself
        used = _used(component)
        found += [f"{name} is used nowhere" for name in spec.parameters if name not in used]
    for name, weight in spec.weights.items():
        if not weight.doc.strip():
            found.append(f"{name} has no doc")
    return found


def _used(component: Component) -> set[str]:
    """Return every name that equations, shapes, weights, choices and conventions use."""
    spec = component.spec
    used: set[str] = set(body.switches(spec))
    if component.has_equations:
        for chosen in body.selections(spec):
            used |= set(component.program(chosen).parameters)
    if component.kind == "surrogate":
        for part in (spec.derivative, spec.antiderivative):
            used |= names(parse(part, where=component.id)) if part is not None else set()
    formulas = [str(item) for weight in spec.weights.values() for item in weight.shape]
    formulas += [str(value) for weight in spec.weights.values() for value in weight.init.values()]
    formulas += [str(item) for item in spec.shape.out if spec.shape.out != "same"]
    tests = [weight.when for weight in spec.weights.values() if weight.when is not None]
    tests += [rule.that for rule in spec.shape.require]
    used |= {name for text in formulas for name in names(parse(text, where=component.id))}
    used |= {name for text in tests for name in names(parse_test(text, where=component.id))}
    return used | _named(spec.recurrence)


def _named(part: Any) -> set[str]:
    """Return the words in a part of the file that names parameters (``by: reset``)."""
    if part is None:
        return set()
    return set(re.findall(r"[A-Za-z]\w*", str(part.model_dump(mode="json"))))


def _references(component: Component) -> list[str]:
    found: list[str] = []
    for reference in component.references:
        if reference.doi is not None and not _DOI.fullmatch(reference.doi):
            found.append(f'"{reference.doi}" is no DOI')
        if reference.doi is None and reference.url is None and not reference.note:
            found.append(f'"{reference.title}" has neither a DOI nor an address, nor a word why')
    if not component.references and component.kind not in _NO_SOURCE:
        found.append(f"a {component.kind} names its source")
    return found


def _files(component: Component) -> list[str]:
    if component.folder is None:
        return []
    found = [] if component.description.strip() else ["description.md is missing"]
    wanted = component.spec.diagram
    if wanted is None:
        return [*found, "no diagram is named"]
    drawn = component.file(wanted)
    if drawn is None:
        found.append(f"{wanted} is missing")
    elif len(drawn) > _MAX_SVG:
        found.append(f"{wanted} has {len(drawn)} bytes, at most {_MAX_SVG}")
    elif b"<title" not in drawn:
        found.append(f"{wanted} has no <title>")
    try:
        read(component.folder)
    except SpikexError as error:
        found.append(str(error))
    return found
