"""What a user may set on a component, and what comes of it: defaults, presets, types, ranges."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from spikex_lab.catalog.evaluate import holds
from spikex_lab.catalog.fields import Integrator
from spikex_lab.catalog.parser import parse_test
from spikex_lab.catalog.parts import ParameterSpec
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.errors import InvalidError, Problem, nearest

_LARGEST = 1e30


def resolve(spec: ComponentSpec, params: Mapping[str, Any], *, where: str = "") -> dict[str, Any]:
    """Return every parameter of `spec` with its value: given, else the preset's, else the default.

    Three keys have a meaning of their own: ``preset`` names a preset, ``learn`` lists parameters
    to be learned, ``integrator`` takes another one. They stay in the result where they were given.

    Raises
    ------
    InvalidError : an unknown key (names the nearest), a wrong type, a value out of range or
        missing.
    """
    place = where or spec.id
    extra: dict[str, list[str]] = {
        "preset": list(spec.presets),
        "learn": [name for name, given in spec.parameters.items() if given.trainable],
        "integrator": list(get_args(Integrator)) if spec.integrator else [],
    }
    known = [*spec.parameters, *(key for key, choices in extra.items() if choices)]
    for key in params:
        if key not in known:
            raise _error(
                f'{spec.id} has no parameter "{key}"',
                place,
                key,
                nearest(key, known) or "it has none",
            )
    result: dict[str, Any] = {name: given.value for name, given in spec.parameters.items()}
    preset = params.get("preset")
    if preset is not None:
        if preset not in spec.presets:
            raise _error(
                f'{spec.id} has no preset "{preset}"',
                place,
                "preset",
                nearest(str(preset), list(spec.presets)),
            )
        result.update(spec.presets[preset].parameters)
    result.update({key: value for key, value in params.items() if key in spec.parameters})
    for name, given in spec.parameters.items():
        if result[name] is None:
            raise _error(f"{spec.id} needs a value for {name}", place, name, given.doc)
        result[name] = _value(name, given, result[name], place)
    if preset is not None:
        result["preset"] = preset
    if params.get("learn"):
        result["learn"] = _learned(params["learn"], extra["learn"], place)
    integrator = params.get("integrator")
    if integrator is not None:
        if integrator not in extra["integrator"]:
            hint = f"one of: {', '.join(extra['integrator'])}"
            raise _error(f'no integrator "{integrator!s:.40}"', place, "integrator", hint)
        result["integrator"] = integrator
    _check_together(spec, result, place)
    return result


def _check_together(spec: ComponentSpec, values: Mapping[str, Any], where: str) -> None:
    numbers = {name: value for name, value in values.items() if isinstance(value, (int, float))}
    for index, rule in enumerate(spec.require):
        at = f"{spec.id}/require/{index}"
        if not holds(parse_test(rule.that, where=at), numbers, where=at):
            raise InvalidError(
                rule.message, where=where, problems=[Problem("/params", rule.message)]
            )


def _error(what: str, where: str, key: str, hint: str = "") -> InvalidError:
    return InvalidError(what, where=where, hint=hint, problems=[Problem(f"/params/{key}", what)])


def _learned(given: Any, allowed: list[str], where: str) -> list[str]:
    wanted = [given] if isinstance(given, str) else list(given)
    for name in wanted:
        if name not in allowed:
            raise _error(f'"{name}" cannot be learned', where, "learn", nearest(str(name), allowed))
    return sorted(set(wanted))


def _value(name: str, spec: ParameterSpec, value: Any, where: str) -> Any:
    sort = spec.sort
    if sort == "boolean":
        if not isinstance(value, bool):
            raise _error(f"{name} is true or false, got {value!r:.40}", where, name)
        return value
    if sort in ("choice", "name"):
        if not isinstance(value, str):
            raise _error(f"{name} is a word, got {value!r:.40}", where, name)
        if spec.choices is not None and value not in spec.choices:
            raise _error(
                f'{name} cannot be "{value[:40]}"',
                where,
                name,
                f"one of: {', '.join(spec.choices)}",
            )
        return value
    if sort == "numbers":
        if not isinstance(value, list):
            raise _error(f"{name} is a list of numbers, got {value!r:.40}", where, name)
        return [_number(name, spec, item, where, "number") for item in value]
    return _number(name, spec, value, where, sort)


def _number(name: str, spec: ParameterSpec, value: Any, where: str, sort: str) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise _error(f"{name} is a number, got {value!r:.40}", where, name)
    if abs(value) > _LARGEST or not math.isfinite(value):
        raise _error(f"{name} is too large or no number at all", where, name)
    if sort == "integer":
        if value != int(value):
            raise _error(f"{name} is a whole number, got {value}", where, name)
        value = int(value)
    if spec.range is not None:
        low, high = spec.range
        outside = (low is not None and (value < low or (spec.exclusive and value == low))) or (
            high is not None and (value > high or (spec.exclusive and value == high))
        )
        if outside:
            raise _error(f"{name} = {value} is out of range", where, name, _range(spec))
    result: int | float = value
    return result


def _range(spec: ParameterSpec) -> str:
    low, high = spec.range or (None, None)
    unit = "" if spec.unit == "1" else f" {spec.unit}"
    above, below = ("above", "below") if spec.exclusive else ("at least", "at most")
    parts = [f"{above} {low:g}{unit}"] if low is not None else []
    parts += [f"{below} {high:g}{unit}"] if high is not None else []
    return " and ".join(parts)
