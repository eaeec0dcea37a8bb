"""A component from a text or from plain data: completed, then checked, each refusal with its line.

Nothing that is read here is ever executed: YAML within limits, equations by our own parser.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from spikex_lab.catalog import sanity
from spikex_lab.catalog.complete import complete
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.kept import DEFINITION_LIMIT, KeptSpec, check_work
from spikex_lab.catalog.names import check_name
from spikex_lab.errors import InvalidError, Problem, SpikexError, TooLargeError
from spikex_lab.spec.documents import load_document
from spikex_lab.spec.lines import line_of, lines

_COLUMN = re.compile(r", column \d+$")
FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.[a-z0-9]+")
_VARIANT = re.compile(r" \([^)]*\)$")


def define(
    source: str | bytes | Mapping[str, Any],
    *,
    author: str,
    version: str = "1.0.0",
    files: Mapping[str, str] | None = None,
    where: str = "",
) -> Component:
    """Return the component that `source` defines, whole and checked: schema, names, equations,
    units, and that a number comes out of its first step.

    Parameters
    ----------
    source : YAML or JSON text, or the same as a mapping. What it leaves out is filled in, see
        `spikex_lab.catalog.complete`.
    author, version : where `source` names none.
    files : SHA-256 by name of the other files of its folder.
    where : name of the place for messages, such as the file.

    Raises
    ------
    InvalidError : with line (of a text), key and reason.

    Examples
    --------
    >>> define("id: neurons/mine\\nequations: [dv/dt = (I - v)/tau]\\n"
    ...        "parameters: {tau: 10 ms}\\nspike: {when: v >= 1, reset: v = 0}", author="me").states
    ['v']
    """
    is_text = isinstance(source, (str, bytes))
    text = source if isinstance(source, (str, bytes)) else _as_json(source, where)
    if len(text) > DEFINITION_LIMIT:
        head = text[:DEFINITION_LIMIT]
        line = head.count("\n" if isinstance(head, str) else b"\n") + 1  # type: ignore[arg-type]
        raise TooLargeError(
            f"a definition of more than {DEFINITION_LIMIT // 1000} kB",
            where=_place(where, line if is_text else None, ""),
        )
    data = load_document(text, where=where)
    try:
        return _checked(data, author, version, files)
    except (InvalidError, TooLargeError) as error:
        raise _located(error, lines(text) if is_text else {}, where) from None


def _checked(data: Any, author: str, version: str, files: Mapping[str, str] | None) -> Component:
    if not isinstance(data, Mapping):
        raise InvalidError("a component is a mapping: id, parameters, equations, …")
    full = complete(data, author=author, version=version)
    if files:
        full["files"] = dict(files)
    _check_names(full)
    _check_code(full)
    component = Component(_with_integrator(full))
    _check_words(component)
    component.check_units()
    sanity.check(component)
    if component.spec.weights and component.spec.shape.in_ == "any":
        component.weights(component.placeholders(), (1,))
    if "conventions" not in data and component.spec.conventions is not None:
        return Component(_with_gain(component))
    return component


def _as_json(source: Mapping[str, Any], where: str) -> str:
    """Return plain data as text, so that it is read within the same limits as a text."""
    try:
        return json.dumps(source, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidError(f"this is no plain data: {error}", where=where) from None


def _check_names(full: Mapping[str, Any]) -> None:
    """Look at every name where it stands, before anything is made of it."""
    for group in ("parameters", "let", "state", "inputs", "noise"):
        if isinstance(full.get(group), Mapping):
            for name in full[group]:
                check_name(str(name), where=f"{group}/{name}")


def _check_words(component: Component) -> None:
    """Refuse a word (``9**9**9``) where equations could only use a number."""
    for name, given in component.spec.parameters.items() if component.has_equations else ():
        if given.sort == "name":
            raise InvalidError(
                f"{str(given.value)[:40]!a} is no number",
                where=f"parameters/{name}",
                hint="a number, written out; or choices: for words",
            )


def _check_code(full: Mapping[str, Any]) -> None:
    """Refuse code that is named but not there: a text in a cell brings no files."""
    code = full.get("code")
    for language, name in code.items() if isinstance(code, Mapping) else ():
        if FILE_NAME.fullmatch(str(name)) and name not in full.get("files", {}):
            raise InvalidError(
                f"there is no file {name}",
                where=f"code/{language}",
                hint="code comes with a folder: spikex components new --kind layer NAME",
            )


def _with_integrator(full: dict[str, Any]) -> KeptSpec:
    """Return the spec; differential equations that name no integrator get the exact one if they
    are linear, else Runge-Kutta."""
    spec = KeptSpec.parse(full)
    check_work(spec)
    if "integrator" in full or not any("/" in line.partition("=")[0] for line in spec.equations):
        return spec
    stepped = spec.model_copy(update={"integrator": "rk4"})
    Component(stepped)  # says what is wrong with the equations, whatever the integrator
    linear = spec.model_copy(update={"integrator": "exact"})
    try:
        Component(linear)
    except InvalidError:
        return stepped
    return linear


def _with_gain(component: Component) -> KeptSpec:
    """Return the spec with its input's gain: what one unit of input adds to the state that the
    threshold looks at, in a step from rest with the default parameters."""
    spec = component.spec
    assert isinstance(spec, KeptSpec)  # noqa: S101
    assert spec.conventions is not None  # noqa: S101
    if not spec.inputs or not spec.state:
        return spec
    params = component.resolve(component.placeholders())
    watched = next(
        (name for name in spec.state if spec.spike and re.search(rf"\b{name}\b", spec.spike.when)),
        next(iter(spec.state)),
    )
    first, second = (
        sanity.first_step(component, params, signal, dt=spec.bench.dt)[f"n_{watched}"]
        for signal in (0.0, 1e-6)
    )
    gain = f"{(second - first) * 1e6:.4g}"
    return spec.model_copy(
        update={"conventions": spec.conventions.model_copy(update={"input_gain": gain})}
    )


def _located(error: SpikexError, found: dict[str, int], where: str) -> SpikexError:
    """Return `error` with the line of what it is about."""
    column = _COLUMN.search(error.where)
    key = _VARIANT.sub("", _COLUMN.sub("", error.where)).strip()
    pointer = error.problems[0].pointer if error.problems else ""
    if not pointer:
        parts = key.split("/")
        # "neurons/mine/equations/0": the id comes first where the catalog speaks
        plural = len(parts) > 2 and parts[0].isalpha() and f"/{parts[0]}" not in found
        pointer = "/" + "/".join(parts[2:] if plural else parts)
    shown = pointer.strip("/") + (column.group() if column else "")
    line = line_of(found, pointer)
    problems = [
        Problem(item.pointer, _numbered(item.message, line_of(found, item.pointer)))
        for item in error.problems
    ] or [Problem(pointer, _numbered(error.what, line))]
    return type(error)(
        error.what, where=_place(where, line, shown), hint=error.hint, problems=problems
    )


def _numbered(message: str, line: int | None) -> str:
    return message if line is None else f"line {line}: {message}"


def _place(where: str, line: int | None, key: str) -> str:
    parts = [where, "" if line is None else f"line {line}", key]
    return ", ".join(part for part in parts if part)
