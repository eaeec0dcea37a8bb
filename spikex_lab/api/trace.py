"""A simulation on the bench, as a notebook shows it."""

from __future__ import annotations

from typing import Any

import numpy as np

from spikex_lab.api import display
from spikex_lab.conformance import Trace as Plain
from spikex_lab.conformance import simulate as run

_BINS = 110
_MAX_TIMES = 12


class Trace(Plain, display.Displayed):
    """States and spikes of one element over time; as a cell's value it draws itself.

    Examples
    --------
    >>> tr = sx.Component.open("neurons/lif").simulate(I=500.0)  # doctest: +SKIP
    >>> tr.t, tr.spike_times, tr["v"], tr.plot()  # doctest: +SKIP
    """

    def _html(self) -> str:
        facts = {"duration": f"{self.t[-1]:g} ms", "step": f"{self.dt:g} ms"}
        if self.fires:
            shown = ", ".join(f"{time:g}" for time in self.spike_times[:_MAX_TIMES])
            more = ", …" if len(self.spike_times) > _MAX_TIMES else ""
            facts["spikes"] = str(len(self.spike_times))
            if shown:
                facts["at ms"] = shown + more
        body = display.facts(facts)
        for name, series in (self.states or {"output": self.output}).items():
            unit = self.units.get(name, "1")
            label = name if unit == "1" else f"{name} ({unit})"
            span = f"{label}: {series.min():.4g} … {series.max():.4g}"
            body += display.sparkline([_thin(series)], [span])
        return display.card("Simulation", body, note=self.component)


def simulate(entry: Any, *given: Any, **options: Any) -> Trace:
    """Simulate the catalog's component `entry`: see `spikex_lab.conformance.simulate`."""
    return Trace(**vars(run(entry, *given, **options)))


def _thin(series: Any) -> list[float | None]:
    """Return lowest and highest value of each of a few stretches, so that no spike is lost."""
    if len(series) <= 2 * _BINS:
        return [float(value) for value in series]
    parts = np.array_split(series, _BINS)
    return [float(value) for part in parts for value in (part.min(), part.max())]
