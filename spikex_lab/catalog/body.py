"""Which equations hold: the component's own, changed by its preset and its variants."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from math import prod
from typing import Any

from spikex_lab.catalog.parts import BodyParts, SpikeSpec
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.errors import InvalidError

Selection = tuple[tuple[str, bool | str], ...]
"""The values of the parameters that choose a variant, ``preset`` and ``integrator``; sorted, so it
is a key."""

MAX_SELECTIONS = 64


def switches(spec: ComponentSpec) -> list[str]:
    """Return the names of the parameters that choose a variant."""
    return sorted({name for variant in spec.variants for name in variant.when})


def selection(spec: ComponentSpec, params: Mapping[str, Any]) -> Selection:
    """Return the part of `params` (resolved) that decides which equations hold."""
    chosen: dict[str, bool | str] = {name: params[name] for name in switches(spec)}
    preset = params.get("preset")
    if preset is not None and _has_equations(spec.presets[preset]):
        chosen["preset"] = preset
    if params.get("integrator") is not None:
        chosen["integrator"] = params["integrator"]
    return tuple(sorted(chosen.items()))


def selections(spec: ComponentSpec) -> list[Selection]:
    """Return every selection there is, the default one first."""
    values: dict[str, list[bool | str]] = {}
    for name in switches(spec):
        parameter = spec.parameters[name]
        known: list[bool | str] = list(parameter.choices or (True, False))
        values[name] = sorted(known, key=lambda value, first=parameter.value: value != first)  # type: ignore[misc]
    presets = [name for name, preset in spec.presets.items() if _has_equations(preset)]
    count = prod(map(len, values.values())) * (1 + len(presets))
    if count > MAX_SELECTIONS:
        raise InvalidError(
            f"{count} variants of the equations", where=spec.id, hint=f"at most {MAX_SELECTIONS}"
        )
    found = [
        tuple(sorted(dict(zip(values, combination, strict=True)).items()))
        for combination in product(*values.values())
    ]
    found += [
        tuple(sorted([*chosen, ("preset", name)])) for name in presets for chosen in list(found)
    ]
    return found


def select(spec: ComponentSpec, chosen: Selection) -> BodyParts:
    """Return the body for `chosen`: the component's, then the preset's, then the variants'."""
    values = dict(chosen)
    body: dict[str, Any] = {
        "let": dict(spec.let),
        "state": dict(spec.state),
        "equations": list(spec.equations),
        "jumps": list(spec.jumps),
        "integrator": spec.integrator,
        "spike": spec.spike,
        "output": spec.output,
    }
    layers: list[BodyParts] = []
    if "preset" in values:
        layers.append(spec.presets[str(values["preset"])])
    layers += [
        variant
        for variant in spec.variants
        if all(values.get(name) == value for name, value in variant.when.items())
    ]
    for layer in layers:
        for key in ("equations", "jumps", "integrator", "output"):
            if getattr(layer, key) is not None:
                body[key] = getattr(layer, key)
        for key in ("let", "state"):
            if getattr(layer, key) is not None:
                body[key] = {**body[key], **getattr(layer, key)}
        if layer.spike is not None:
            changed = {name: getattr(layer.spike, name) for name in layer.spike.model_fields_set}
            old = {} if body["spike"] is None else dict(body["spike"])
            body["spike"] = SpikeSpec.model_construct(**{**old, **changed})
    if "integrator" in values:
        body["integrator"] = values["integrator"]
    return BodyParts.model_construct(**body)


def _has_equations(preset: BodyParts) -> bool:
    return any(getattr(preset, key) is not None for key in BodyParts.model_fields)
