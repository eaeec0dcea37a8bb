"""The threads that keep a claim alive: who lost it is told, who was only frozen is not blamed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from spikex_lab.compute import heart, liveness
from spikex_lab.compute.heart import Heart
from spikex_lab.store import Store

SPEC = {"schema": "spikex/run@1", "job": "train"}


class Told(threading.Event):
    """An event that is set by calling it."""

    def __call__(self) -> None:
        self.set()


@pytest.fixture
def made(store: Store, tmp_path: Path) -> Any:
    run = store.runs.create(SPEC, target="local", digest="0" * 64).id
    lease = store.runs.claim(run, liveness.describe())
    assert lease is not None
    lost, silent = Told(), Told()
    beating = Heart(
        store,
        run,
        lease,
        SimpleNamespace(state="paused"),  # type: ignore[arg-type]  # a job that emits nothing
        tmp_path / "coordinator.log",
        lease_seconds=1.0,
        on_lost=lost,
        on_silent=silent,
    )
    return SimpleNamespace(heart=beating, run=run, lease=lease, lost=lost, silent=silent)


def test_a_paused_coordinator_that_is_taken_over_is_told(store: Store, made: Any) -> None:
    """It emits nothing and asks for nothing: only its heartbeat can find out."""
    made.heart.start()
    try:
        assert not made.lost.wait(0.3)
        store.runs.interrupt(made.run, made.lease, "test")
        assert made.lost.wait(3.0)
    finally:
        made.heart.close()
    assert not made.silent.is_set()


class Ticks:
    """Stands for the event that ends the threads: not set for `count` waits."""

    def __init__(self, count: int) -> None:
        self.left = count

    def wait(self, _seconds: float) -> bool:
        self.left -= 1
        return self.left < 0


def guarded(made: Any, monkeypatch: pytest.MonkeyPatch, steps: Iterator[float], ticks: int) -> bool:
    now = 0.0

    def monotonic() -> float:
        nonlocal now
        now += next(steps)
        return now

    clock: Callable[[], float] = monotonic
    monkeypatch.setattr(heart, "time", SimpleNamespace(monotonic=clock))
    monkeypatch.setattr(made.heart, "_over", Ticks(ticks))
    made.heart._guard()
    return bool(made.silent.is_set())


def test_a_whole_lease_without_a_heartbeat_is_the_end(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert guarded(made, monkeypatch, iter([0.1] * 100), ticks=20)


def test_time_spent_frozen_is_not_counted(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether somebody took over meanwhile is for the lease to say, not for the clock."""
    assert not guarded(made, monkeypatch, iter([0.1, 0.1, 3600.0, 0.1, 0.1, 0.1]), ticks=5)
