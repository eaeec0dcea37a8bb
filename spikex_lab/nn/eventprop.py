"""EventProp in its exact form: spikes at exact times, and the exact gradient of a loss on them.

Current-based leaky neurons, ``tau_m dV/dt = -V + I``, ``tau_s dI/dt = -I``; a spike that arrives
adds its weight to I; where V reaches the threshold the neuron fires and V is set to 0. Between
events both follow closed forms, so a crossing is found to the last digits; the adjoint runs
backwards from event to event in the same way. Nothing is discretised. In float64, one sample at a
time: what the grid form (`spikex_lab.nn.spiketimes`) converges to, and for small networks an end in
itself.

T.C. Wunderlich, C. Pehle, "Event-based backpropagation can compute exact gradients for spiking
neural networks", Scientific Reports 11, 12829, 2021, doi:10.1038/s41598-021-91786-z.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikex_lab.errors import InvalidError, WorkError

Array = np.ndarray[Any, np.dtype[np.float64]]

MAX_SPIKES = 100_000
"""Spikes of one run; more means a network that runs away."""
_SAME = 1e-12
"""Potentials no further apart, in thresholds, are one peak: where one stretch ends, one begins."""
_ROUNDS = 60
"""Halvings of the interval that holds a crossing: more than float64 has digits."""


@dataclass(frozen=True)
class Neurons:
    """What all neurons of a network share. Times in ms, potentials and weights in the same unit.

    Parameters
    ----------
    tau_m, tau_s : time constants of membrane and synaptic current; they must differ.
    threshold : where a neuron fires.
    """

    tau_m: float = 20.0
    tau_s: float = 5.0
    threshold: float = 1.0

    def __post_init__(self) -> None:
        if min(self.tau_m, self.tau_s, self.threshold) <= 0:
            raise InvalidError("time constants and threshold are positive", where="eventprop")
        if math.isclose(self.tau_m, self.tau_s, rel_tol=1e-6):
            raise InvalidError("tau_m and tau_s must differ", where="eventprop")

    def after(self, v: Array, i: Array, time: Array | float) -> tuple[Array, Array]:
        """Return potential and current `time` later, nothing arriving meanwhile."""
        slow, fast = np.exp(-time / self.tau_m), np.exp(-time / self.tau_s)
        part = self.tau_s / (self.tau_s - self.tau_m) * i
        return (v - part) * slow + part * fast, i * fast

    def crossing(self, v: Array, i: Array, span: float) -> Array:
        """Return for each neuron after what time it reaches the threshold; inf if not in `span`.

        The potential is the sum of two exponentials and so has at most one extremum: on either
        side of it the potential is monotone, and a crossing upwards is bracketed.
        """
        part = self.tau_s / (self.tau_s - self.tau_m) * i
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = np.log(-(v - part) * self.tau_s / (part * self.tau_m))
        turn = turn / (1 / self.tau_m - 1 / self.tau_s)
        turn = np.where(np.isfinite(turn) & (turn > 0) & (turn < span), turn, 0.0)
        low, high = turn, np.full_like(v, span)
        early = self.after(v, i, turn)[0] >= self.threshold
        low, high = np.where(early, 0.0, low), np.where(early, turn, high)
        found = self.after(v, i, high)[0] >= self.threshold
        for _ in range(_ROUNDS):
            middle = (low + high) / 2
            above = self.after(v, i, middle)[0] >= self.threshold
            low, high = np.where(above, low, middle), np.where(above, middle, high)
        return np.where(found, high, np.inf)


@dataclass
class Event:
    """A spike: when, of which neuron (``>= 0``) or input (``-1 - number``), with all currents."""

    time: float
    source: int
    slope: float = 0.0
    """tau_m dV/dt of the neuron that fires, just before; 0 for an input."""
    current: float = 0.0
    """Its current: tau_m dV/dt just after, where V is 0."""


@dataclass
class Course:
    """One run: its spikes in order, and the potentials of neurons that never fire at the end."""

    events: list[Event]
    duration: float
    peaks: Array
    """Highest potential of each neuron."""
    peak_times: Array
    peak_causes: list[tuple[int, float]]
    """Where a spike that arrives ends a neuron's rise, so that its peak moves with that spike: the
    spike's place in `events`, and the slope up to it; else -1 and 0."""
    areas: Array
    """Integral of each neuron's potential over time (ms times unit)."""
    spikes: list[list[float]] = field(default_factory=list)
    """Spike times of each neuron."""


@dataclass(frozen=True)
class Wish:
    """What the loss wants: its derivatives.

    Parameters
    ----------
    times : by neuron, the derivative with respect to each of its spike times.
    peaks, areas : derivatives with respect to each neuron's highest potential and its integral;
        for neurons that never fire (a leaky readout).
    """

    times: Sequence[Sequence[float]]
    peaks: Array | None = None
    areas: Array | None = None


class EventNetwork:
    """Neurons joined to inputs and to each other; layers are blocks of zeros in `recurrent`.

    Parameters
    ----------
    inward : weights from each input (column) to each neuron (row), ``[N, K]``.
    recurrent : weights from each neuron (column) to each neuron (row), ``[N, N]``.
    neurons : their time constants and threshold.
    firing : which neurons fire at all; the others only integrate.

    Examples
    --------
    >>> net = EventNetwork(np.array([[10.0]]), np.zeros((1, 1)))
    >>> course = net.run([[1.0]], 30.0)
    >>> len(course.spikes[0])
    1
    """

    def __init__(
        self,
        inward: Array,
        recurrent: Array,
        neurons: Neurons | None = None,
        firing: Sequence[bool] | None = None,
    ) -> None:
        self.inward = np.asarray(inward, np.float64)
        self.recurrent = np.asarray(recurrent, np.float64)
        self.neurons = neurons or Neurons()
        size = len(self.inward)
        if self.recurrent.shape != (size, size):
            raise InvalidError(
                f"recurrent weights {self.recurrent.shape} for {size} neurons", where="eventprop"
            )
        self.firing = np.ones(size, bool) if firing is None else np.asarray(firing, bool)

    def run(self, inputs: Sequence[Sequence[float]], duration: float) -> Course:
        """Return what happens within `duration` ms after spikes at `inputs` (times per input).

        Raises
        ------
        WorkError : the network runs away.
        """
        neurons, size = self.neurons, len(self.inward)
        waiting = sorted((time, k) for k, times in enumerate(inputs) for time in times)
        v, i = np.zeros(size), np.zeros(size)
        now, events = 0.0, list[Event]()
        course = Course(
            events, duration, np.zeros(size), np.zeros(size), [(-1, 0.0)] * size, np.zeros(size)
        )
        course.spikes = [[] for _ in range(size)]
        for time, source in [*waiting, (duration, None)]:
            while now < time:
                span = time - now
                found = np.where(self.firing, neurons.crossing(v, i, span), np.inf)
                first = int(found.argmin())
                step = min(float(found[first]), span)
                self._watch(course, v, i, now, step, len(events) if found[first] <= span else -1)
                v, i = neurons.after(v, i, step)
                now = now + step if step < span else time
                if found[first] <= span:
                    slope = float(i[first]) - neurons.threshold
                    events.append(Event(now, first, slope, float(i[first])))
                    course.spikes[first].append(now)
                    v[first] = 0.0
                    i = i + self.recurrent[:, first]
                    if len(events) > MAX_SPIKES:
                        raise WorkError("more spikes than can be followed", where="eventprop")
            if source is not None and time < duration:
                events.append(Event(time, -1 - source))
                i = i + self.inward[:, source]
        return course

    def _watch(
        self, course: Course, v: Array, i: Array, now: float, step: float, ends: int
    ) -> None:
        """Note peaks and areas of the stretch of `step` ms that begins with `v` and `i`.

        `ends` is the place of the neuron's spike that ends it, -1 where none does.
        """
        tau_m, tau_s = self.neurons.tau_m, self.neurons.tau_s
        part = tau_s / (tau_s - tau_m) * i
        slow, fast = math.exp(-step / tau_m), math.exp(-step / tau_s)
        course.areas += (v - part) * tau_m * (1 - slow) + part * tau_s * (1 - fast)
        with np.errstate(divide="ignore", invalid="ignore"):
            turn = np.log(-(v - part) * tau_s / (part * tau_m)) / (1 / tau_m - 1 / tau_s)
        turn = np.where(np.isfinite(turn), np.clip(turn, 0, step), step)
        for moment in (turn, np.full_like(v, step)):
            height = self.neurons.after(v, i, moment)[0]
            higher = height > course.peaks + _SAME * self.neurons.threshold
            course.peaks = np.where(higher, height, course.peaks)
            course.peak_times = np.where(higher, now + moment, course.peak_times)
            _, current = self.neurons.after(v, i, moment)
            slope = (current - height) / tau_m
            for n in np.flatnonzero(higher):
                rising = ends >= 0 and moment[n] >= step and slope[n] > 0
                course.peak_causes[n] = (ends, float(slope[n])) if rising else (-1, 0.0)

    def gradient(self, course: Course, wish: Wish) -> tuple[Array, Array]:
        """Return the loss's derivatives for the inward ``[N, K]`` and recurrent ``[N, N]`` weights.

        `course` is what `run` returned for these weights.
        """
        neurons, size = self.neurons, len(self.inward)
        drive = np.zeros(size) if wish.areas is None else np.asarray(wish.areas, np.float64)
        adjoint = _Adjoint(np.zeros(size), np.zeros(size), drive, neurons)
        inward, recurrent = np.zeros_like(self.inward), np.zeros_like(self.recurrent)
        wanted = [list(times) for times in wish.times]
        moved = [0.0] * len(course.events)
        pulses = []
        for n, slope in enumerate([] if wish.peaks is None else wish.peaks):
            pulses.append((float(course.peak_times[n]), (n, float(slope))))
            cause, rise = course.peak_causes[n]
            if cause >= 0:
                moved[cause] += float(slope) * rise
        moments: list[tuple[float, Any]] = [
            *pulses,  # at the same time before the spike that ends the rise
            *(
                (event.time, (event, extra))
                for event, extra in zip(course.events, moved, strict=True)
            ),
        ]
        moments.sort(key=lambda one: one[0])
        now = course.duration
        for time, (what, amount) in reversed(moments):
            adjoint.back(now - time)
            now = time
            if not isinstance(what, Event):
                adjoint.v[what] -= amount / neurons.tau_m
            elif what.source < 0:
                inward[:, -1 - what.source] -= neurons.tau_s * adjoint.i
            else:
                n = what.source
                recurrent[:, n] -= neurons.tau_s * adjoint.i
                heard = self.recurrent[:, n] @ (adjoint.v - adjoint.i)
                total = neurons.threshold * adjoint.v[n] + heard + wanted[n].pop() + amount
                adjoint.v[n] += total / what.slope
        return inward, recurrent


@dataclass
class _Adjoint:
    """The adjoint of potential and current; time runs backwards.

    ``tau_m v' = -v - drive``, ``tau_s i' = -i + v``, with closed forms as for the neurons.
    """

    v: Array
    i: Array
    drive: Array
    neurons: Neurons

    def back(self, time: float) -> None:
        """Go back `time` ms."""
        tau_m, tau_s = self.neurons.tau_m, self.neurons.tau_s
        slow, fast = math.exp(-time / tau_m), math.exp(-time / tau_s)
        free = self.v + self.drive  # what fades; the rest stays at -drive
        part = tau_m / (tau_m - tau_s) * free
        self.v = free * slow - self.drive
        self.i = part * slow + (self.i + self.drive - part) * fast - self.drive
