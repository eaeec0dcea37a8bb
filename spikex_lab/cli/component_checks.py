"""``components check``: what can be checked so far. Each check says what it looked at."""

from __future__ import annotations

import re
from typing import Any

from spikex_lab.errors import SpikexError

_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9<>]+")


def check_all(id: str | None = None) -> dict[str, Any]:
    """Return the JSON of ``components check``; `id` is one component, None all of them.

    Raises
    ------
    NotFoundError, InvalidError : there is no component `id`.
    """
    from spikex_lab.api import refs
    from spikex_lab.catalog import library

    known = library()
    if id is not None and refs.component(id) not in known.ids():
        known.get(id)  # says which is the nearest
    results = [_check(name) for name in ([id] if id is not None else known.ids())]
    return {"components": results, "ok": all(result["ok"] for result in results)}


def _check(id: str) -> dict[str, Any]:
    from spikex_lab.catalog import library

    try:
        component = library().get(id)
    except SpikexError as error:
        return {
            "id": id,
            "ok": False,
            "checks": [_result("schema", "spikex/component@1", str(error))],
        }
    checks = [_result("schema", "spikex/component@1", "")]
    checks.append(_result("references", "DOI syntax", _bad_references(component)))
    checks.append(_result("rendered", "component.yaml", _out_of_step(component)))
    return {"id": id, "ok": all(check["ok"] for check in checks), "checks": checks}


def _result(name: str, against: str, message: str) -> dict[str, Any]:
    """Return one check; these count faults, so error and tolerance are whole numbers."""
    ok = not message
    return {
        "name": name,
        "ok": ok,
        "against": against,
        "error": int(not ok),
        "tolerance": 0,
        "message": message,
    }


def _bad_references(component: Any) -> str:
    """Return what is wrong with the references, or an empty text."""
    for reference in component.references:
        if reference.doi is not None and not _DOI.fullmatch(reference.doi):
            return f'"{reference.doi}" is no DOI'
        if reference.doi is None and reference.url is None:
            return f'"{reference.title}" has neither a DOI nor an address'
    if component.kind in ("neuron", "surrogate") and not component.references:
        return "a component of this kind names its source"
    return ""


def _out_of_step(component: Any) -> str:
    """Return which rendered file is not what the equations say, or an empty text."""
    from spikex_lab.catalog.render import stale

    names = [path.name for path in stale(component)]
    return f"not in step: {', '.join(names)} (spikex components render)" if names else ""
