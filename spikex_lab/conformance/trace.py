"""What a simulation leaves: the states over time and the spikes, on one axis in ms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from spikex_lab.errors import NotFoundError, SpikexError, nearest

Series = np.ndarray[Any, np.dtype[np.float64]]


@dataclass(frozen=True, eq=False)
class Trace:
    """One element of a component over time. Index it by a state's name.

    Attributes
    ----------
    component : its id.
    dt : length of a step in ms.
    t : end of each step in ms, [T]: ``dt, 2 dt, …``. What belongs to it is the state that the step
        left and the spike at its end; the state before the first step is not in it.
    states : recorded states, each [T], in the component's units; where it fired, after the reset.
    output : what goes out at each step, [T]: 1 or 0 where these are spikes.
    inputs : what flowed in during each step, each [T].
    fires : whether it is something that fires.
    spike_times : ends of the steps that fired, in ms; empty for what does not fire.
    units : unit of every state and input.

    Examples
    --------
    >>> from spikex_lab.conformance import simulate
    >>> trace = simulate("neurons/lif", I=500, duration=100, dt=0.1)
    >>> trace.spike_times[:2]
    array([13.9, 29.8])
    """

    component: str
    dt: float
    t: Series
    states: Mapping[str, Series]
    output: Series
    inputs: Mapping[str, Series]
    fires: bool
    spike_times: Series
    units: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Series:
        for known in (self.states, self.inputs):
            if name in known:
                return known[name]
        raise NotFoundError(
            f'"{name}" was not recorded',
            where=self.component,
            hint=nearest(name, [*self.states, *self.inputs]),
        )

    def __len__(self) -> int:
        return len(self.t)

    def __repr__(self) -> str:
        fired = f", {len(self.spike_times)} spikes" if self.fires else ""
        return (
            f"Trace({self.component!r}, {len(self.t)} steps of {self.dt:g} ms{fired}; "
            f"{', '.join(self.states) or 'no states'})"
        )

    @property
    def intervals(self) -> Series:
        """The times between spikes in ms, one fewer than spikes."""
        return np.diff(self.spike_times)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain data: what ``spikex components simulate --json`` prints."""
        plain = {name: series.tolist() for name, series in self.states.items()}
        return {
            "component": self.component,
            "dt": self.dt,
            "spike_times": self.spike_times.tolist(),
            "t": self.t.tolist(),
            "states": plain,
            "output": self.output.tolist(),
        }

    def plot(self) -> Any:
        """Return a matplotlib figure: each recorded state, spikes as ticks above, the inputs below.

        Raises
        ------
        SpikexError : matplotlib is not installed.
        """
        try:
            from spikex_lab.conformance.plot import figure
        except ImportError:
            raise SpikexError(
                "plots need matplotlib, which is not installed",
                where="plot()",
                hint="pip install matplotlib; the numbers are in .t, .spike_times and by name",
            ) from None
        return figure(self)
