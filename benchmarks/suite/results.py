"""What a run of the benchmarks found, and its JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.suite.agreement import Agreement
from benchmarks.suite.contestants import CONTESTANTS, OURS, bare, cached, title

if TYPE_CHECKING:
    from benchmarks.suite.scaling import Curve

SCHEMA = "spikex/bench@1"


@dataclass
class Row:
    """What one contestant did. Figures are None where it failed (`error` says of what).

    Attributes
    ----------
    time, low, high : median and quartiles of a step, in the result's `unit`, by its `clock`.
    peak_mib : how far memory rose above the built model and its input in the first two steps.
    figure : the loss after the last step; the share of neurons that spiked; the accuracy reached.
    times_ours : its time by ours.
    """

    name: str
    title: str
    cache: bool
    time: float | None = None
    low: float | None = None
    high: float | None = None
    wall: float | None = None
    cpu: float | None = None
    rounds: int = 0
    peak_mib: float | None = None
    figure: float | None = None
    times_ours: float | None = None
    error: str | None = None


@dataclass
class Result:
    """One workload at one number of threads."""

    workload: str
    title: str
    threads: int
    clock: str
    figure: str
    rows: list[Row]
    agreement: list[Agreement] = field(default_factory=list)
    target: float | None = None
    unit: str = "ms"

    @property
    def ok(self) -> bool:
        """Whether ours ran and everybody who should be equal was."""
        return all(a.ok for a in self.agreement) and self.row("ours").error is None

    def row(self, name: str) -> Row:
        """Return the row of contestant `name`."""
        return next(row for row in self.rows if row.name == name)

    def best_peer(self, *, shipped: bool = False) -> Row | None:
        """Return the fastest of the others, or of those without the cache where `shipped`."""
        timed = [
            row
            for row in self.rows
            if row.time is not None and bare(row.name) not in OURS and not (shipped and row.cache)
        ]
        return min(timed, key=lambda row: row.time or 0.0, default=None)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain values."""
        best = self.best_peer()
        return {
            "workload": self.workload,
            "title": self.title,
            "threads": self.threads,
            "clock": self.clock,
            "unit": self.unit,
            "figure": self.figure,
            "ok": self.ok,
            "agreement": [{**asdict(a), "ok": a.ok} for a in self.agreement],
            "target": self.target,
            "best_peer": best.name if best else None,
            "measured": best.times_ours if best else None,
            "rows": [asdict(row) for row in self.rows],
        }


def row(name: str, **figures: Any) -> Row:
    """Return a row for contestant `name`."""
    return Row(name, title(name), cached(name), **figures)


def document(
    results: list[Result], curves: Sequence[Curve], settings: dict[str, Any]
) -> dict[str, Any]:
    """Return the JSON document of a whole run."""
    everything = [*results, *(found for curve in curves for found in curve.results)]
    return {
        "schema": SCHEMA,
        "machine": machine(),
        "settings": settings,
        "ok": all(result.ok for result in everything),
        "results": [result.to_dict() for result in results],
        "scaling": [
            {
                "axis": curve.letter,
                "values": list(curve.values),
                "results": [result.to_dict() for result in curve.results],
            }
            for curve in curves
        ],
    }


def machine() -> dict[str, Any]:
    """Say on what the figures were measured."""
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else None
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": load,
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": _version("torch"),
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def notes(results: list[Result]) -> list[str]:
    """Return what is not equal across the contestants that took part, one line each."""
    there = {bare(row.name) for result in results for row in result.rows}
    return [f"{c.title}: {c.note}" for c in CONTESTANTS.values() if c.name in there and c.note]
