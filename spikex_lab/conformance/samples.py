"""What a component is tried on: parameters in their ranges, an input that moves, random numbers.

Everything is drawn from a generator keyed by the component's id, so a check gives the same figures
at every run.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.catalog.body import Selection
from spikex_lab.catalog.codegen import words
from spikex_lab.catalog.parts import ParameterSpec
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.conformance.trace import Series
from spikex_lab.errors import InvalidError

_MARGIN = 0.5
"""How far from an end that does not belong to the range, as a share of the way to the default."""
_FACTOR = 2.0
"""By how much a parameter without a range is changed."""
_COMBINATIONS = 16


@dataclass(frozen=True)
class Drive:
    """What flows in: one array [T] per input and per random number, in the component's order."""

    dt: float
    inputs: list[Series]
    noise: list[Series]

    @property
    def count(self) -> int:
        """The number of steps."""
        return len(self.inputs[0])


def generator(component: Component, purpose: str) -> np.random.Generator:
    """Return random numbers that belong to `component` and `purpose`."""
    return np.random.default_rng(zlib.crc32(f"{component.id}/{purpose}".encode()))


def drive(component: Component, count: int, *, scale: float = 1.0) -> Drive:
    """Return `count` steps of the bench's input, now weaker, now stronger, sometimes reversed.

    Further inputs move by a tenth around their default.
    """
    spec, draw = component.spec, generator(component, "drive")
    inputs: list[Series] = []
    for index, signal in enumerate(spec.inputs.values()):
        if index == 0:
            level = np.repeat(draw.uniform(-0.5, 2.5, 1 + count // 5), 5)[:count]
            inputs.append(scale * spec.bench.input * level * draw.uniform(0.8, 1.2, count))
        else:
            rest = signal.default or 0.0
            moved = 0.1 * (abs(rest) or 1.0) * draw.uniform(0.0, 1.0, count)
            inputs.append(rest + scale * moved)
    noise = [
        draw.standard_normal(count) if one.distribution == "normal" else draw.random(count)
        for one in spec.noise.values()
    ]
    return Drive(spec.bench.dt, inputs, noise)


def steps(component: Component, most: int) -> int:
    """Return how many steps the bench takes, at most `most`."""
    bench = component.spec.bench
    return max(1, min(most, round(bench.duration / bench.dt)))


def defaults(spec: ComponentSpec) -> dict[str, Any]:
    """Return a value for each parameter without a default: the middle of its range."""
    return {name: _middle(given) for name, given in spec.parameters.items() if given.value is None}


def _middle(given: ParameterSpec) -> Any:
    if given.choices:
        return given.choices[0]
    low, high = given.range or (None, None)
    if low is not None and high is not None:
        value = 0.75 * high + 0.25 * low
    else:
        value = (low + 1.0 if low is not None else 1.0) if high is None else high - 1.0
    return int(value) if given.sort == "integer" else value


def variants(component: Component) -> Iterator[tuple[Selection, dict[str, Any]]]:
    """Yield each different program's selection with resolved parameters that lead to it."""
    for variant in words.variants(component):
        chosen = variant.chosen[0]
        yield chosen, component.resolve({**defaults(component.spec), **dict(chosen)})


def inside(component: Component) -> Iterator[dict[str, Any]]:
    """Yield resolved parameters all over their ranges: presets, ends one by one, combinations.

    Where a range has no end, twice and half the default stand for it. What the component itself
    refuses (because two parameters do not go together) is left out.
    """
    spec = component.spec
    base = defaults(spec)
    tried: list[dict[str, Any]] = [{}, *({"preset": name} for name in spec.presets)]
    ends = {
        name: _ends(given, base.get(name, given.value))
        for name, given in spec.parameters.items()
        if given.sort in ("number", "integer")
    }
    tried += [{name: value} for name, values in ends.items() for value in values]
    draw = generator(component, "ranges")
    if ends:
        tried += [
            {name: _between(spec.parameters[name], values, draw) for name, values in ends.items()}
            for _ in range(_COMBINATIONS)
        ]
    for given in tried:
        try:
            params = component.resolve({**base, **given})
            accept(component, params)
        except InvalidError:
            continue
        yield params


def accept(component: Component, params: Mapping[str, Any]) -> None:
    """Raise `InvalidError` where `params` (resolved) do not go together in a single element."""
    wanted = component.spec.shape.in_
    component.output_shape(params, (1,) if wanted == "any" else (1,) * len(wanted))


def _ends(given: ParameterSpec, value: Any) -> tuple[float, float]:
    low, high = given.range or (None, None)
    span = abs(value) * (_FACTOR - 1) if value else 1.0
    bottom = _end(low, value, given.exclusive) if low is not None else value - span / _FACTOR
    top = _end(high, value, given.exclusive) if high is not None else value + span
    return (round(bottom), round(top)) if given.sort == "integer" else (bottom, top)


def _end(end: float, value: float, exclusive: bool) -> float:
    return end + _MARGIN * (value - end) if exclusive else end


def _between(
    given: ParameterSpec, ends: tuple[float, float], draw: np.random.Generator
) -> float | int:
    value = float(draw.uniform(min(ends), max(ends)))
    return round(value) if given.sort == "integer" else value
