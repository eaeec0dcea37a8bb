"""W7: how long it takes to tell MNIST's test digits apart in 97 of 100 cases.

Everybody gets the same first weights, the same pictures in the same order and the same optimizer.
They take turns, a quarter of an epoch each, in a new random order each time; after its turn each is
examined on all test images, which is not timed. Who knows enough rests.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.suite import agreement, results
from benchmarks.suite.crew import Crew
from benchmarks.suite.results import Result, Row
from benchmarks.suite.rounds import orders
from benchmarks.suite.speed import ratio
from benchmarks.suite.workloads import ACCURACY, Workload
from spikex_lab.data import known

ENOUGH = 0.97
TURN = 117
"""Batches: a quarter of an epoch of 60,000 pictures in batches of 128."""
MOST = 24
EXAMINED_AT_ONCE = 500

Array = np.ndarray[Any, np.dtype[Any]]


def measure(
    source: Path,
    names: Sequence[str],
    *,
    threads: int,
    say: Callable[[str], None],
    seed: int = 0,
    work: Workload = ACCURACY,
    turn: int = TURN,
    most: int = MOST,
    enough: float = ENOUGH,
) -> Result:
    """Return the seconds of training that `names` needed, with the published files at `source`.

    `say` is told after each turn how far somebody is.

    Raises
    ------
    SpikexError : `source` lacks a file, or one is not what was published.
    """
    clock = "cpu" if threads == 1 else "wall"
    rows = {name: results.row(name) for name in names}
    with TemporaryDirectory(prefix="spikex-bench-") as folder:
        known.fetch("mnist", Path(folder), source=source)
        with Crew(names, work, threads, seed) as crew:
            crew.gather()
            agreed = agreement.check(work, crew)
            if all(found.ok for found in agreed):
                for name in list(crew.members):
                    crew.ask(name, "enrol", folder=folder)
                _teach(crew, rows, orders(names, most, seed), turn, enough, say)
            for name, reason in crew.failed.items():
                rows[name].error = reason
    for row in rows.values():
        if row.figure is not None and row.figure >= enough:
            row.time = row.cpu if clock == "cpu" else row.wall
    for row in rows.values():
        row.times_ours = ratio(row.time, rows["ours"].time)
    return Result(
        work.id, work.title, threads, clock, "accuracy", list(rows.values()), agreed, unit="s"
    )


def _teach(
    crew: Crew,
    rows: dict[str, Row],
    turns: Iterator[list[str]],
    turn: int,
    enough: float,
    say: Callable[[str], None],
) -> None:
    learning = set(crew.members)
    for order in turns:
        for name in (name for name in order if name in learning):
            answer, row = crew.ask(name, "learn", batches=turn), rows[name]
            if answer is None:
                learning.remove(name)
                continue
            row.wall = (row.wall or 0.0) + answer["wall"]
            row.cpu = (row.cpu or 0.0) + answer["cpu"]
            row.rounds, row.figure = row.rounds + 1, answer["accuracy"]
            say(f"  {name}: {answer['accuracy']:.2%} after {row.rounds * turn} batches")
            if answer["accuracy"] >= enough:
                learning.remove(name)
        if not learning:
            return
    for name in learning:
        rows[name].error = f"no more than {rows[name].figure:.2%} in {rows[name].rounds} turns"


class Course:
    """What a student is taught and examined on.

    Parameters
    ----------
    folder : where MNIST lies in the form of `spikex_lab.data.arrays`; pictures as bytes.
    """

    def __init__(self, folder: Path, work: Workload, seed: int) -> None:
        self._x, self._y = np.load(folder / "train_x.npy"), np.load(folder / "train_y.npy")
        self._x_test, self._y_test = np.load(folder / "test_x.npy"), np.load(folder / "test_y.npy")
        self._shape = work.shape
        self._batches = batches(len(self._x), work.batch, seed)

    def lessons(self, count: int) -> Iterator[tuple[Array, Array]]:
        """Yield the next `count` batches."""
        for picked in itertools.islice(self._batches, count):
            yield self._pictures(self._x[picked]), self._y[picked]

    def examine(self, student: Any) -> float:
        """Return the share of test pictures that `student` classifies right."""
        starts = range(0, len(self._x_test), EXAMINED_AT_ONCE)
        right = 0
        for parts in (slice(start, start + EXAMINED_AT_ONCE) for start in starts):
            guessed = student.classify(self._pictures(self._x_test[parts]))
            right += int((guessed == self._y_test[parts]).sum())
        return right / len(self._x_test)

    def _pictures(self, raw: Array) -> Array:
        return raw.reshape(-1, *self._shape).astype(np.float32) / 255


def batches(count: int, size: int, seed: int) -> Iterator[Array]:
    """Yield whole batches of indices without end, in a new order each epoch."""
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(count)
        for start in range(0, count - size + 1, size):
            yield order[start : start + size]
