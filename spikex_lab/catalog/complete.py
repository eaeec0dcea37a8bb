"""What a definition may leave out: eight lines in a notebook cell become a whole component.

Everything is filled in from what was written; nothing that was written is changed. What goes on to
the store is complete, so that nobody has to know these rules to read it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from spikex_lab.catalog.expr import names
from spikex_lab.catalog.fields import PLURALS
from spikex_lab.catalog.parser import parse
from spikex_lab.catalog.statements import statement
from spikex_lab.catalog.units import check_unit
from spikex_lab.errors import InvalidError
from spikex_lab.spec.documents import resolve

KINDS = {plural: kind for kind, plural in PLURALS.items()}
NO_LICENSE = "not stated"
MOST = 100
"""Lines of one group that are looked at here; where there are more, the check refuses them."""
_GROUPS = {"parameters", "state", "inputs", "noise"}
INPUTS = ("I", "x")
"""Names that mean the input where no ``inputs:`` says otherwise."""
_WITH_UNIT = re.compile(r"(?P<value>\S+)\s+(?P<unit>\S+)")
_ZERO = re.compile(r"[-+]?0*\.?0*")


def complete(data: Mapping[str, Any], *, author: str, version: str) -> dict[str, Any]:
    """Return `data` with all that it leaves out, still to be checked.

    Parameters
    ----------
    author, version : used where `data` names none.

    Raises
    ------
    InvalidError : there is neither an id nor a name.
    """
    full = dict(data)
    full.setdefault("schema", "spikex/component@1")
    full["id"], full["kind"] = _identity(full)
    last = full["id"].split("/")[-1].replace("-", " ")
    full.setdefault("name", last[:1].upper() + last[1:])
    full.setdefault("version", version)
    full.setdefault("authors", [author])
    full.setdefault("license", NO_LICENSE)
    full["parameters"] = _group(full.get("parameters"), "value", "parameter")
    full["state"] = _group(full.get("state", _targets(full)), "init", "state")
    full["inputs"] = _group(full.get("inputs", _inputs(full)), "unit", "input")
    if isinstance(full.get("noise"), Mapping):
        full["noise"] = _group(full["noise"], "distribution", "random number")
    if isinstance(full.get("spike"), str):
        full["spike"] = {"when": full["spike"]}
    full.setdefault("summary", _summary(full))
    if full["kind"] == "neuron" and isinstance(full.get("spike"), Mapping):
        full.setdefault("surrogate", "surrogates/atan")
    if full["kind"] == "neuron":
        full.setdefault("conventions", _conventions(full))
    filled = full.keys() - data.keys()  # an unknown key must be seen, also when it is empty
    return {key: value for key, value in full.items() if value or key not in _GROUPS | filled}


def _identity(data: Mapping[str, Any]) -> tuple[str, str]:
    """Return (id, kind); a bare name is a neuron's unless `kind` says otherwise."""
    given = data.get("id", data.get("name"))
    if not isinstance(given, str) or not given:
        raise InvalidError("a component has an id", where="id", hint="such as neurons/mine")
    kind = data.get("kind")
    if "/" not in given:
        plural = PLURALS.get(str(kind or "neuron"), "neurons")
        slug = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-") if "id" not in data else given
        given = f"{plural}/{slug}"
    return given, kind if kind is not None else KINDS.get(given.split("/")[0], "neuron")


def _group(given: Any, main: str, what: str) -> Any:
    """Return parameters, states, … as mappings, each with a doc; ``10 ms`` is value and unit."""
    if isinstance(given, list) and all(isinstance(name, str) for name in given):
        given = dict.fromkeys(given)
    if not isinstance(given, Mapping):
        return given
    group: dict[str, Any] = {}
    for name, entry in given.items():
        if not isinstance(entry, Mapping):
            entry = _short(entry, main)
        group[name] = {"doc": f"{what} {name}"[:2000], **entry}
    return group


def _short(entry: Any, main: str) -> dict[str, Any]:
    if entry is None:
        return {}
    found = _WITH_UNIT.fullmatch(entry) if isinstance(entry, str) and main != "unit" else None
    if found is None or not _is_unit(found["unit"]):
        return {main: entry}
    try:
        return {main: resolve(found["value"]), "unit": found["unit"]}
    except ValueError:  # not finite: the schema says so
        return {main: entry}


def _is_unit(text: str) -> bool:
    try:
        check_unit(text)
    except ValueError:
        return False
    return True


def _targets(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the states that the equations are for, where no ``state:`` names them."""
    return dict.fromkeys(
        line.target for text in _formulas(data) if (line := _read(text)) and line.target
    )


def _inputs(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the input, where the equations use `INPUTS` for something that nothing else names."""
    known: set[str] = set()
    for group in ("parameters", "state", "let", "noise"):
        known |= set(data[group]) if isinstance(data.get(group), Mapping) else set()
    used: set[str] = set()
    for text in _formulas(data, "equations", "jumps"):
        line = _read(text)
        used |= names(line.value) if line else set()
    if isinstance(data.get("let"), Mapping):
        for part in data["let"].values():
            used |= _names(part.get("value") if isinstance(part, Mapping) else part)
    return dict.fromkeys(name for name in INPUTS if name in used and name not in known)


def _formulas(data: Mapping[str, Any], *groups: str) -> list[str]:
    found = [data.get(group) for group in groups or ("equations",)]
    return [text for group in found if isinstance(group, list) for text in group[:MOST]]


def _read(text: Any) -> Any:
    """Return the statement `text`, None where it is none: the check says why, with its line."""
    try:
        return statement(text, where="") if isinstance(text, str) else None
    except InvalidError:
        return None


def _names(text: Any) -> set[str]:
    try:
        return names(parse(text, where="")) if isinstance(text, str) else set()
    except InvalidError:
        return set()


def _summary(data: Mapping[str, Any]) -> str:
    first = next((text for text in _formulas(data) if isinstance(text, str)), "")
    return " ".join(f"A {data['kind']}: {first}".split())[:290] if first else f"A {data['kind']}."


def _conventions(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the conventions, read off ``spike:``; the gain is found when the step is known."""
    spike = data.get("spike")
    spike = spike if isinstance(spike, Mapping) else {}
    reset = spike.get("reset") or []
    lines = [_read(text) for text in ([reset] if isinstance(reset, str) else reset)]
    test = str(spike.get("when", ""))
    return {
        "threshold": ">" if ">" in test and ">=" not in test else ">=",
        "reset_moment": spike.get("timing", "same_step") if lines else "none",
        "reset_kind": _reset_kind(lines),
        "input_gain": "1",
    }


def _reset_kind(lines: list[Any]) -> str:
    first = next((line for line in lines if line is not None), None)
    if first is None:
        return "none"
    if first.form == "-=":
        return "subtract"
    value = first.text.partition("=")[2].strip()
    return "zero" if first.form == "=" and _ZERO.fullmatch(value) else "value"
