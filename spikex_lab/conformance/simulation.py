"""One element of a component, on the bench: input in, states and spikes out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from spikex_lab.catalog import Component, library
from spikex_lab.catalog.schema import ComponentSpec
from spikex_lab.conformance import scalar
from spikex_lab.conformance.samples import Drive, accept
from spikex_lab.conformance.trace import Series, Trace
from spikex_lab.errors import InvalidError, SpikexError, nearest

MAX_NUMBERS = 50_000_000
"""Largest count of steps × (states + inputs): 400 MB."""
Signal = float | Sequence[float] | Series


class NotFiniteError(SpikexError):
    """A state has left the real numbers."""

    exit_code = 1


def simulate(
    component: Component | str,
    I: Signal | None = None,  # noqa: E741, N803 (the field's symbol)
    duration: float | None = None,
    dt: float | None = None,
    *,
    preset: str | None = None,
    record: Iterable[str] | str | None = None,
    integrator: str | None = None,
    seed: int = 0,
    compiled: bool | None = None,
    **given: Any,
) -> Trace:
    """Simulate one element of `component` from rest.

    Parameters
    ----------
    component : a component with equations, or its id.
    I : its first input, in its unit: a constant or an array [T] over time. Default: that of the
        component's bench, as are `duration` and `dt`.
    duration, dt : ms. With an array, `duration` follows from its length.
    preset : named parameters of the component; where neither an input nor a duration is given,
        with the drive that shows what the preset is about.
    record : names of the states to keep; default: all.
    integrator : another one than the component's.
    seed : of the random numbers, where the component draws any.
    compiled : True and False insist on C++ or on plain Python; None takes what there is.
    given : parameters, and further inputs (a constant or an array), by name.

    Raises
    ------
    InvalidError : no equations, an unknown name, a value out of range, arrays that do not match.
    NotFiniteError : a state grew beyond all bounds.

    Examples
    --------
    >>> len(simulate("neurons/lif", I=400, duration=200, dt=0.1).spike_times)
    6
    """
    entry = library().get(component) if isinstance(component, str) else component
    spec = entry.spec
    if not entry.has_equations or not spec.inputs:
        raise InvalidError(
            f"a {entry.kind} without equations of its own cannot be simulated", where=entry.id
        )
    signals = {name: given.pop(name) for name in list(given) if name in spec.inputs}
    first = next(iter(spec.inputs))
    if I is not None:
        if first in signals:
            raise InvalidError(f"{first} is given twice", where=entry.id)
        signals[first] = I
    extra = {"preset": preset, "integrator": integrator}
    given |= {key: value for key, value in extra.items() if value is not None}
    params = entry.resolve(given, where=entry.id)
    accept(entry, params)
    drive = _drive(spec, signals, duration, dt, preset, seed)
    selection = entry.selection(params)
    program = entry.program(selection)
    wanted = _recorded(record, program.states, entry.id)
    output, found = scalar.run(entry, selection, params, drive, compiled=compiled)
    states = dict(zip(program.states, found, strict=True))
    t: Series = drive.dt * np.arange(1.0, drive.count + 1)
    _finite({**states, "output": output}, t, entry.id)
    fires = program.spiking or (entry.kind == "neuron" and spec.spike is not None)
    return Trace(
        component=entry.id,
        dt=drive.dt,
        t=t,
        states={name: states[name] for name in wanted},
        output=output,
        inputs=dict(zip(spec.inputs, drive.inputs, strict=True)),
        fires=fires,
        spike_times=t[output != 0] if fires else t[:0],
        units={name: part.unit for name, part in [*spec.state.items(), *spec.inputs.items()]},
    )


def _drive(
    spec: ComponentSpec,
    given: Mapping[str, Any],
    duration: float | None,
    dt: float | None,
    preset: str | None,
    seed: int,
) -> Drive:
    """Return what flows in: what is given, else what shows the preset, else what the bench has."""
    step = spec.bench.dt if dt is None else dt
    shown = spec.presets[preset].stimulus if preset is not None else None
    if shown is not None and duration is None and not given:
        step = shown.dt if dt is None else dt
        duration = shown.duration
        given = shown.drive(_positive("dt", step, spec.id))
    step = _positive("dt", step, spec.id)
    signals: dict[str, Any] = {}
    for index, (name, signal) in enumerate(spec.inputs.items()):
        rest = spec.bench.input if index == 0 else signal.default or 0.0
        signals[name] = given.get(name, rest)
    count = _count(signals, duration, step, spec)
    inputs = [_series(name, value, count, spec.id) for name, value in signals.items()]
    return Drive(step, inputs, _noise(spec, count, seed))


def _positive(name: str, value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, np.number)):
        raise InvalidError(f"{name} is a number of ms, got {value!r:.40}", where=where)
    if not (math.isfinite(value) and value > 0):
        raise InvalidError(f"{name} is above 0 ms, got {value}", where=where)
    return float(value)


def _count(
    signals: Mapping[str, Any], duration: float | None, dt: float, spec: ComponentSpec
) -> int:
    """Return the number of steps: that of the arrays, or of `duration`."""
    lengths = {name: len(value) for name, value in signals.items() if np.ndim(value) > 0}
    if duration is None and lengths:
        count = next(iter(lengths.values()))
    else:
        span = _positive("duration", spec.bench.duration if duration is None else duration, spec.id)
        exact = span / dt
        if exact * (1 + len(spec.state) + len(signals)) > MAX_NUMBERS:
            raise InvalidError(
                f"{exact:.3g} steps are too many", where=spec.id, hint="a larger dt, or shorter"
            )
        count = round(exact)
    for name, length in lengths.items():
        if length != count:
            raise InvalidError(
                f"{name} has {length} values for {count} steps of {dt:g} ms", where=spec.id
            )
    if count < 1:
        raise InvalidError("not one step", where=spec.id, hint="duration is at least dt")
    return count


def _series(name: str, value: Any, count: int, where: str) -> Series:
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise InvalidError(f"{name} is a number or numbers over time", where=where) from None
    if array.ndim > 1:
        raise InvalidError(
            f"{name} has shape {list(array.shape)}; one number per step is needed", where=where
        )
    if not np.isfinite(array).all():
        raise InvalidError(f"{name} holds values that are no numbers", where=where)
    return np.ascontiguousarray(np.broadcast_to(array, (count,)))


def _recorded(record: Iterable[str] | str | None, states: Sequence[str], where: str) -> list[str]:
    own = [name for name in states if name != "refractory"]
    if record is None:
        return own
    wanted = [record] if isinstance(record, str) else list(record)
    for name in wanted:
        if name not in own:
            raise InvalidError(
                f'no state "{name}"', where=f"{where}: record", hint=nearest(str(name), own)
            )
    return wanted


def _noise(spec: ComponentSpec, count: int, seed: int) -> list[Series]:
    generator = np.random.default_rng(seed)
    return [
        generator.standard_normal(count)
        if noise.distribution == "normal"
        else generator.random(count)
        for noise in spec.noise.values()
    ]


def _finite(found: Mapping[str, Series], t: Series, where: str) -> None:
    for name, series in found.items():
        bad = ~np.isfinite(series)
        if bad.any():
            raise NotFiniteError(
                f"{name} is no longer finite at t = {t[int(bad.argmax())]:g} ms",
                where=where,
                hint="a smaller dt, a smaller input or another integrator",
            )
