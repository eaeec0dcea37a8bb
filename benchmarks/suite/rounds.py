"""Rounds in random order, so that whatever else the machine does falls on everybody alike."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Seconds of one step: by the clock on the wall, and of the processor."""

    wall: float
    cpu: float


@dataclass(frozen=True)
class Summary:
    """Median and quartiles in milliseconds, over `rounds`."""

    median: float
    low: float
    high: float
    rounds: int


def orders(names: Sequence[str], rounds: int, seed: int = 0) -> Iterator[list[str]]:
    """Yield, for each round, `names` in a new random order."""
    rng = random.Random(seed)
    for _ in range(rounds):
        order = list(names)
        rng.shuffle(order)
        yield order


def interleave(
    names: Sequence[str],
    ask: Callable[[str], Timing | None],
    rounds: int,
    *,
    seed: int = 0,
    budget: float = float("inf"),
    least: int = 3,
    clock: Callable[[], float] = time.monotonic,
) -> dict[str, list[Timing]]:
    """Ask every contestant once per round, and return what each took.

    Parameters
    ----------
    ask : has a contestant take its turn; None where it could not, which counts for nothing.
    budget : seconds after which no new round begins, once there have been `least`.
    """
    taken: dict[str, list[Timing]] = {name: [] for name in names}
    start = clock()
    for done, order in enumerate(orders(names, rounds, seed)):
        if done >= least and clock() - start > budget:
            break
        for name in order:
            timing = ask(name)
            if timing is not None:
                taken[name].append(timing)
    return taken


def summary(seconds: Sequence[float]) -> Summary:
    """Return median and quartiles of `seconds` in milliseconds."""
    ms = [1000 * s for s in seconds]
    low, median, high = statistics.quantiles(ms, n=4, method="inclusive") if len(ms) > 1 else ms * 3
    return Summary(median, low, high, len(ms))
