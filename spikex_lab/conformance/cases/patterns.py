"""Firing patterns: does each preset, under its own stimulus, do what its name says?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from spikex_lab.catalog import Component
from spikex_lab.conformance.cases import case
from spikex_lab.conformance.simulation import simulate
from spikex_lab.conformance.trace import Series, Trace

PAUSE = 15.0
"""An interval longer than this, in ms, ends a burst."""
Looks = Callable[[Trace], bool]


def show(component: Component, preset: str) -> Trace:
    """Return the simulation of `preset` under its own stimulus."""
    stimulus = component.spec.presets[preset].stimulus
    assert stimulus is not None  # noqa: S101 (asked for by those that have one)
    drive: dict[str, Any] = {name: np.array(values) for name, values in stimulus.drive().items()}
    return simulate(component, dt=stimulus.dt, preset=preset, **drive)


def bursts(times: Series) -> list[int]:
    """Return how many spikes each group has that a pause separates from the next.

    Examples
    --------
    >>> bursts(np.array([1.0, 3.0, 5.0, 40.0, 80.0, 82.0]))
    [3, 1, 2]
    """
    if not len(times):
        return []
    ends = np.flatnonzero(np.diff(times) > PAUSE) + 1
    return [len(part) for part in np.split(times, ends)]


def _even(trace: Trace) -> bool:
    late = trace.intervals[-2:]
    return len(late) == 2 and abs(late[1] / late[0] - 1) < 0.02


def _growing(trace: Trace) -> bool:
    gaps = trace.intervals
    return len(gaps) > 3 and bool((gaps[1:] > 0.99 * gaps[:-1]).all()) and gaps[-1] > 1.2 * gaps[0]


def _shrinking(trace: Trace) -> bool:
    gaps = trace.intervals
    return len(gaps) > 3 and bool((gaps[1:] < 1.01 * gaps[:-1]).all()) and gaps[-1] < 0.8 * gaps[0]


def _once(after: float, before: float) -> Looks:
    return lambda trace: len(trace.spike_times) == 1 and after < trace.spike_times[0] < before


def _one_burst(trace: Trace) -> bool:
    return bursts(trace.spike_times)[:1] == [len(trace.spike_times)] and len(trace.spike_times) > 2


def _bursting(trace: Trace) -> bool:
    groups = bursts(trace.spike_times)
    return len(groups) > 1 and min(groups) > 1


def _burst_then_single(trace: Trace) -> bool:
    groups = bursts(trace.spike_times)
    return len(groups) > 2 and groups[0] > 1 and set(groups[1:]) == {1}


def _between(start: float, stop: float) -> Looks:
    return lambda trace: (
        bool(((trace.spike_times > start) & (trace.spike_times < stop)).all())
        and bool(len(trace.spike_times))
    )


def _peaks(trace: Trace, start: float) -> Series:
    """Return the potential's maxima after `start` ms."""
    v = trace["v"][trace.t > start]
    inner = (v[1:-1] > v[:-2]) & (v[1:-1] >= v[2:])
    return np.asarray(v[1:-1][inner])


def _rings(trace: Trace) -> bool:
    return len(trace.spike_times) == 1 and len(_peaks(trace, trace.spike_times[0] + 5)) > 1


def _after_potential(trace: Trace) -> bool:
    if len(trace.spike_times) != 1:
        return False
    peaks = _peaks(trace, trace.spike_times[0])
    return len(peaks) > 0 and bool(trace["v"][0] + 5 < peaks.max() < -45)


def _irregular(trace: Trace) -> bool:
    late = trace.intervals[len(trace.intervals) // 2 :]
    return len(late) > 5 and bool(late.std() > 0.2 * late.mean())


def _all(*looks: Looks) -> Looks:
    return lambda trace: all(look(trace) for look in looks)


IZHIKEVICH: dict[str, Looks] = {
    "RS": _all(_growing, _even),
    "IB": _burst_then_single,
    "CH": _bursting,
    "FS": lambda trace: _even(trace) and bool(trace.intervals[-1] < 10),
    "LTS": _all(_growing, _even),
    "RZ": _all(_between(100, 500), _even),
    "TC": _all(_one_burst, _between(100, 200)),
    "tonic-spiking": _even,
    "phasic-spiking": _once(20, 60),
    "tonic-bursting": _bursting,
    "phasic-bursting": _all(_one_burst, _between(20, 100)),
    "mixed-mode": _burst_then_single,
    "spike-frequency-adaptation": _growing,
    "class-1": lambda trace: _shrinking(trace) and bool(trace.intervals[0] > 30),
    "class-2": lambda trace: _shrinking(trace) and bool(trace.intervals[0] < 25),
    "spike-latency": _once(14, 50),
    "subthreshold-oscillations": _rings,
    "resonator": _once(320, 360),
    "integrator": _once(14, 30),
    "rebound-spike": _once(25, 100),
    "rebound-burst": _all(_one_burst, _between(25, 150)),
    "threshold-variability": _once(80, 100),
    "bistability": _all(_between(37.5, 212), _even),
    "depolarizing-after-potential": _after_potential,
    "accommodation": _once(300, 330),
    "inhibition-induced-spiking": _between(50, 260),
    "inhibition-induced-bursting": _all(_bursting, _between(50, 280)),
}
"""What each preset of neurons/izhikevich looks like."""

ADEX: dict[str, Looks] = {
    "tonic-spiking": lambda trace: _even(trace) and bool(trace.intervals[0] > 8),
    "adaptation": _growing,
    "initial-burst": _burst_then_single,
    "regular-bursting": _bursting,
    "delayed-accelerating": lambda trace: _shrinking(trace) and bool(trace.spike_times[0] > 70),
    "delayed-regular-bursting": lambda trace: _bursting(trace) and bool(trace.spike_times[0] > 90),
    "transient-spiking": _between(50, 150),
    "irregular-spiking": _irregular,
}
"""What each preset of neurons/adex looks like."""


def _others(component: Component, looks: Mapping[str, Looks]) -> float:
    """Return how many presets have another class or number of spikes than they should."""
    wrong = 0
    for name, preset in component.spec.presets.items():
        if preset.stimulus is None:
            continue
        trace = show(component, name)
        spikes = len(trace.spike_times)
        wrong += not (looks[name](trace) and spikes == preset.stimulus.spikes)
    return float(wrong + sum(name not in component.spec.presets for name in looks))


@case("izhikevich-patterns")
def izhikevich_patterns(component: Component, settings: Mapping[str, Any]) -> float:
    """Return how many presets do not show their pattern, or not with the stated spikes."""
    return _others(component, IZHIKEVICH)


@case("adex-patterns")
def adex_patterns(component: Component, settings: Mapping[str, Any]) -> float:
    """Return how many presets do not show their pattern, or not with the stated spikes."""
    return _others(component, ADEX)
