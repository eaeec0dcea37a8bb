"""One workload: everybody starts in a fresh process, is checked, then takes turns."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.suite import agreement, results
from benchmarks.suite.crew import Crew
from benchmarks.suite.results import Result, Row
from benchmarks.suite.rounds import Timing, interleave, summary
from benchmarks.suite.workloads import Workload

MIB = 1 << 20


def measure(
    work: Workload,
    names: Sequence[str],
    *,
    threads: int,
    rounds: int,
    seed: int = 0,
    budget: float = float("inf"),
) -> Result:
    """Return what the contestants `names` took for `work`.

    With one thread the time is the processor's, which a busy machine does not lengthen; with more
    it is the wall's. Where somebody who should be equal to ours is not, nothing is timed.
    """
    clock = "cpu" if threads == 1 else "wall"
    figure = "loss" if work.trains else "spikes"
    rows = {name: results.row(name) for name in names}
    with Crew(names, work, threads, seed) as crew:
        crew.gather()
        for name in list(crew.members):
            warm = crew.ask(name, "warm_up")
            # with the cache, what was let go of before counts as resident: there is no figure
            if warm is not None and warm["peak_bytes"] is not None and not rows[name].cache:
                rows[name].peak_mib = warm["peak_bytes"] / MIB
        agreed = agreement.check(work, crew)
        if all(found.ok for found in agreed):
            _time(crew, rows, clock, rounds, seed, budget)
        for name, reason in crew.failed.items():
            rows[name].error = reason
    for row in rows.values():
        row.times_ours = ratio(row.time, rows["ours"].time)
    return Result(
        work.id, work.title, threads, clock, figure, list(rows.values()), agreed, work.target
    )


def _time(
    crew: Crew, rows: dict[str, Row], clock: str, rounds: int, seed: int, budget: float
) -> None:
    def ask(name: str) -> Timing | None:
        answer = crew.ask(name, "turn") if name in crew.members else None
        if answer is None:
            return None
        rows[name].figure = answer["figure"]
        return Timing(wall=answer["wall"], cpu=answer["cpu"])

    taken = interleave(list(crew.members), ask, rounds, seed=seed, budget=budget)
    for name in crew.members:
        row, walls = rows[name], summary([t.wall for t in taken[name]])
        cpus = summary([t.cpu for t in taken[name]])
        chosen = cpus if clock == "cpu" else walls
        row.time, row.low, row.high, row.rounds = (
            chosen.median, chosen.low, chosen.high, chosen.rounds,
        )  # fmt: skip
        row.wall, row.cpu = walls.median, cpus.median


def ratio(theirs: float | None, ours: float | None) -> float | None:
    """Return how many times ours theirs is, where both are known."""
    return theirs / ours if theirs and ours else None
