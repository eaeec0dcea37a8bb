"""How time and memory of leaky neurons grow with steps, neurons and batch."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from benchmarks.suite import speed, table
from benchmarks.suite.contestants import OURS
from benchmarks.suite.results import Result
from benchmarks.suite.workloads import Workload

Axis = Literal["steps", "neurons", "batch"]
AXES: dict[Axis, tuple[str, tuple[int, ...]]] = {
    "steps": ("T", (10, 30, 100, 300, 1_000)),
    "neurons": ("N", (100, 1_000, 10_000, 100_000)),
    "batch": ("B", (1, 8, 64, 512)),
}
BASE = Workload("scaling", "LIF alone, T 100, B 8, N 2048", "neuron", 100, 8, (2048,), "dense")
PEERS = ("snntorch", "spikingjelly")
ROUNDS = 5


@dataclass(frozen=True)
class Curve:
    """Everybody's time and memory along one axis, with one thread."""

    axis: Axis
    values: tuple[int, ...]
    results: list[Result]

    @property
    def letter(self) -> str:
        """What the axis is called: T, N or B."""
        return AXES[self.axis][0]

    def series(self, name: str, quantity: Literal["time", "peak_mib"]) -> list[float | None]:
        """Return the figures of contestant `name`, one per value."""
        found = [result.row(name) for result in self.results]
        return [row.time if quantity == "time" else row.peak_mib for row in found]

    def names(self) -> list[str]:
        """Return who took part."""
        return [row.name for row in self.results[0].rows]


def points(axis: Axis) -> Iterator[Workload]:
    """Yield the workload at each value of `axis`."""
    for value in AXES[axis][1]:
        sizes: dict[str, int] = {axis: value}
        yield BASE.resized(**sizes)


def measure(
    peers: Iterable[str], *, rounds: int, budget: float, seed: int, say: Callable[[str], None]
) -> list[Curve]:
    """Return a curve per axis, of ours, the reference, and whom of `peers` `PEERS` names.

    `say` is told how far it is.
    """
    names = [*OURS, *(peer for peer in peers if peer in PEERS)]
    rounds = min(rounds, ROUNDS)
    curves = []
    for axis, (letter, values) in AXES.items():
        found = []
        for value, work in zip(values, points(axis), strict=True):
            say(f"scaling, {letter} {value:,} …")
            found.append(
                speed.measure(work, names, threads=1, rounds=rounds, budget=budget, seed=seed)
            )
        curves.append(Curve(axis, values, found))
    return curves


def exponent(values: tuple[int, ...], figures: list[float | None]) -> float | None:
    """Return the power with which `figures` grew over the last two values; None: no figures."""
    (a, b), (low, high) = values[-2:], figures[-2:]
    if not low or not high:
        return None
    return math.log(high / low) / math.log(b / a)


def render(curve: Curve) -> str:
    """Return a Markdown table: time and memory at each value, and the power at the end."""
    head = ("", *(f"{curve.letter} {value:,}" for value in curve.values), "power at the end")
    rows: list[tuple[str, ...]] = [head]
    for name in curve.names():
        for quantity, unit in (("time", "ms"), ("peak_mib", "MiB")):
            figures = curve.series(name, quantity)  # type: ignore[arg-type]
            power = exponent(curve.values, figures)
            rows.append((
                f"{name}, {unit}",
                *("" if figure is None else f"{figure:.3g}" for figure in figures),
                "" if power is None else f"{power:.2f}",
            ))  # fmt: skip
    return f"### Growth with {curve.letter}\n{BASE.title}, 1 thread\n\n{table.grid(rows)}"
