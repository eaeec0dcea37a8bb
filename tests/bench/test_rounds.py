"""Whose turn it is, and what becomes of the times."""

from __future__ import annotations

import pytest

from benchmarks.suite.rounds import Timing, interleave, orders, summary

NAMES = ["ours", "reference", "snntorch", "spyx"]


def test_every_round_has_everybody_once_in_changing_order() -> None:
    found = list(orders(NAMES, 20, seed=1))
    assert all(sorted(order) == sorted(NAMES) for order in found)
    assert len({tuple(order) for order in found}) > 5
    assert found == list(orders(NAMES, 20, seed=1))
    assert found != list(orders(NAMES, 20, seed=2))


def test_turns_are_interleaved_not_blocked() -> None:
    asked: list[str] = []

    def ask(name: str) -> Timing:
        asked.append(name)
        return Timing(wall=len(asked), cpu=0.0)

    taken = interleave(NAMES, ask, 6)
    rounds = [asked[i : i + len(NAMES)] for i in range(0, len(asked), len(NAMES))]
    assert all(sorted(turn) == sorted(NAMES) for turn in rounds)
    assert {name: len(times) for name, times in taken.items()} == dict.fromkeys(NAMES, 6)
    assert sorted(t.wall for times in taken.values() for t in times) == list(range(1, 25))


def test_budget_ends_rounds_but_not_before_the_least() -> None:
    now = iter(range(0, 10_000, 10))
    taken = interleave(
        NAMES, lambda _: Timing(1.0, 1.0), 50, budget=5.0, least=3, clock=lambda: next(now)
    )
    assert {len(times) for times in taken.values()} == {3}


def test_who_fails_counts_for_nothing() -> None:
    left = {"spyx": 2}

    def ask(name: str) -> Timing | None:
        if name == "spyx":
            left[name] -= 1
            return Timing(1.0, 1.0) if left[name] >= 0 else None
        return Timing(1.0, 1.0)

    taken = interleave(NAMES, ask, 5)
    assert len(taken["spyx"]) == 2
    assert len(taken["ours"]) == 5


def test_summary_is_median_and_quartiles_in_milliseconds() -> None:
    found = summary([0.004, 0.001, 0.003, 0.002, 1.0])
    assert (found.low, found.median, found.high) == pytest.approx((2.0, 3.0, 4.0))
    assert found.rounds == 5
    alone = summary([0.5])
    assert (alone.low, alone.median, alone.high) == (500.0, 500.0, 500.0)
