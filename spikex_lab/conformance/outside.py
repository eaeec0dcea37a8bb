"""Traces that other simulators left: kept with the component, compared without the simulator.

``<component>/conformance/<simulator>-<version>.json`` holds the script that made it, its
requirements, and for each run what to feed our component and what the simulator answered: spike
times, and states at a few moments. ``tests/conformance`` makes them anew and fails on a difference.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from spikex_lab.catalog import Component
from spikex_lab.catalog.schema import ConformanceSpec
from spikex_lab.catalog.stimulus import StimulusSpec
from spikex_lab.conformance.simulation import simulate
from spikex_lab.conformance.trace import Trace
from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec.base import SpecModel

FOLDER = "conformance"
_MAX_BYTES = 1_000_000


class Samples(SpecModel):
    """A state at some moments: `t` in ms, `values` in the component's unit."""

    t: Annotated[list[float], Field(min_length=1)]
    values: Annotated[list[float], Field(min_length=1)]

    @model_validator(mode="after")
    def _paired(self) -> Samples:
        if len(self.t) != len(self.values):
            raise ValueError("as many values as moments")
        return self


class OutsideRun(SpecModel):
    """One run: what to simulate on our side, and what came out on theirs."""

    name: str
    parameters: dict[str, bool | int | float | str] = Field(default_factory=dict)
    preset: str | None = None
    integrator: str | None = None
    stimulus: StimulusSpec
    spike_times: list[float] = Field(default_factory=list)
    states: dict[str, Samples] = Field(default_factory=dict)
    """By the component's own names; ``output`` is what goes out."""


class OutsideTrace(SpecModel):
    """The file."""

    schema_: Literal["spikex/outside-trace@1"] = Field(alias="schema")
    simulator: str
    version: str
    requirements: list[str]
    """What the script needs, as for pip."""
    script: list[str]
    """The lines of the Python script that prints the runs as JSON."""
    runs: Annotated[list[OutsideRun], Field(min_length=1)]


def load(component: Component, name: str) -> OutsideTrace:
    """Return the trace kept with `component` under the file name `name`.

    Raises
    ------
    InvalidError : it is not there, or not in the form.
    """
    where = f"{component.id}/{FOLDER}/{name}"
    data = component.file(f"{FOLDER}/{name}")
    if data is None:
        raise InvalidError("the trace is missing", where=where)
    if len(data) > _MAX_BYTES:
        raise InvalidError(f"{len(data)} bytes", where=where, hint=f"at most {_MAX_BYTES}")
    try:
        plain = json.loads(data)
    except ValueError as error:
        raise InvalidError(f"this is no JSON: {error}", where=where) from None
    return OutsideTrace.parse(plain, where=where)


def compare(component: Component, entry: ConformanceSpec) -> float:
    """Return the error of `entry`, the largest over the runs of its file.

    ``settings: {compare: …}`` says what is compared; see `MEASURES`. Further settings change how
    ours is simulated: ``dt``, ``integrator``.
    """
    assert entry.file is not None  # noqa: S101 (the caller asked)
    trace = load(component, entry.file)
    settings = dict(entry.settings)
    word = str(settings.pop("compare", "spikes"))
    if word not in MEASURES:
        raise InvalidError(
            f'no way to compare "{word}"', where=component.id, hint=nearest(word, list(MEASURES))
        )
    wanted = str(settings.pop("runs", ""))
    runs = [run for run in trace.runs if run.name.startswith(wanted)]
    if not runs:
        raise InvalidError(f'no run "{wanted}"', where=f"{component.id}/{entry.file}")
    return max(MEASURES[word](_ours(component, run, settings), run) for run in runs)


def _ours(component: Component, run: OutsideRun, settings: Mapping[str, Any]) -> Trace:
    dt = float(settings.get("dt", run.stimulus.dt))
    given: dict[str, Any] = {**run.parameters, **run.stimulus.drive(dt)}
    integrator = settings.get("integrator", run.integrator)
    return simulate(component, dt=dt, preset=run.preset, integrator=integrator, **given)


def spikes(ours: Trace, theirs: OutsideRun) -> float:
    """Return the largest difference of spike times in ms; infinite where the counts differ."""
    if len(ours.spike_times) != len(theirs.spike_times):
        return math.inf
    return _largest(ours.spike_times - np.array(theirs.spike_times))


def intervals(ours: Trace, theirs: OutsideRun) -> float:
    """Return the largest relative difference of inter-spike intervals; counts may differ by 1."""
    if abs(len(ours.spike_times) - len(theirs.spike_times)) > 1:
        return math.inf
    mine, other = ours.intervals, np.diff(theirs.spike_times)
    both = min(len(mine), len(other))
    return _largest((mine[:both] - other[:both]) / other[:both])


def counts(ours: Trace, theirs: OutsideRun) -> float:
    """Return by how many spikes the counts differ."""
    return float(abs(len(ours.spike_times) - len(theirs.spike_times)))


def states(ours: Trace, theirs: OutsideRun) -> float:
    """Return the largest difference of states, in relation to the largest change of each."""
    worst = 0.0
    for name, samples in theirs.states.items():
        series = ours.output if name == "output" else ours[name]
        places = np.rint(np.array(samples.t) / ours.dt).astype(int) - 1
        if places.min() < 0 or places.max() >= len(series):
            raise InvalidError(f"{name}: moments outside the run", where=theirs.name)
        other = np.array(samples.values)
        span = float(other.max() - other.min()) or float(np.abs(other).max()) or 1.0
        worst = max(worst, _largest(series[places] - other) / span)
    return worst


MEASURES: dict[str, Callable[[Trace, OutsideRun], float]] = {
    "spikes": spikes,
    "intervals": intervals,
    "counts": counts,
    "states": states,
}
"""What can be compared: spike times (ms), intervals (relative), counts, states (relative)."""


def _largest(differences: Any) -> float:
    found = np.abs(np.asarray(differences, dtype=np.float64))
    return float(found.max()) if found.size else 0.0
