"""Case 27: coordinators killed and frozen at random moments; nothing acknowledged is lost."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from spine import Spine, gone

from spikex_lab import compute
from spikex_lab.compute import watch
from spikex_lab.spec.run import RESUMABLE

pytestmark = pytest.mark.spine
LEASE = 1.0
TINY = {"epochs": 3, "batches": 40, "pause": 0.005, "every": 7}


class Torment:
    """Runs that are killed and frozen again and again, and what they must look like in the end."""

    def __init__(self, spine: Spine, seed: int) -> None:
        self.spine = spine
        self.random = random.Random(seed)
        reference = spine.start(**TINY)
        assert spine.wait(reference).state == "finished", spine.log(reference)
        self.expected = spine.reading(reference), spine.weights(reference)
        self.finished = 0
        self.run = spine.start(**TINY)
        self.acknowledged: list[dict] = []
        self.frozen: list[tuple[int, int]] = []

    def hit(self, action: str) -> None:
        """Let the run go for a random while, then kill or freeze its coordinator."""
        self._wait_random()
        row = self.spine.store.runs.get(self.run)
        if row.state == "finished":
            self.check_finished()
            self.run = self.spine.start(**TINY)
            self._wait_random()
            row = self.spine.store.runs.get(self.run)
        if row.state == "finished":
            return
        self._remember()
        pid = self.spine.pid(self.run)
        with suppress(ProcessLookupError):  # it has just ended
            os.kill(pid, signal.SIGKILL if action == "kill" else signal.SIGSTOP)
        started = time.monotonic()
        if action == "freeze":
            time.sleep(3 * LEASE)
        # A run may have ended by itself before the blow fell.
        row = self.spine.wait(self.run, timeout=2.0 + 15 * (action == "freeze"))
        assert action == "freeze" or time.monotonic() - started < 2.0
        assert row.state in RESUMABLE | {"finished"}, self.spine.log(self.run)
        assert row.state != "failed", self.spine.log(self.run)
        if row.state != "finished":
            compute.control(self.spine.store, self.run, "resume")
        if action == "freeze":
            last = self.spine.store.runs.get(self.run).lease
            time.sleep(self.random.uniform(0, 0.5))
            if not gone(pid, timeout=0):
                os.kill(pid, signal.SIGCONT)
                assert gone(pid), "a frozen coordinator that woke did not leave"
            assert self.spine.store.runs.get(self.run).lease == last

    def _wait_random(self) -> None:
        # From the moment of the claim, before the first heartbeat, to beyond the last event.
        time.sleep(self.random.choice([0.0, 0.1, 0.3]) + self.random.expovariate(1 / 0.4))

    def _remember(self) -> None:
        now = self.spine.events(self.run)
        assert now[: len(self.acknowledged)] == self.acknowledged
        self.acknowledged = now

    def check_finished(self) -> None:
        """Compare the finished run with the reference, event by event."""
        row = self.spine.wait(self.run, "finished", timeout=60)
        self._remember()
        events = self.acknowledged
        assert events[-1]["type"] == "state"
        assert events[-1]["state"] == "finished"
        attempts = [e["attempt"] for e in events if "link" in e]
        assert attempts == sorted(attempts)  # nobody wrote after he was succeeded
        assert (self.spine.reading(self.run), self.spine.weights(self.run)) == self.expected
        assert self.spine.store.runs.get(self.run).last_seq == row.last_seq
        self.finished += 1
        self.acknowledged = []


def torment(spine: Spine, kills: int, freezes: int, seed: int) -> Torment:
    it = Torment(spine, seed)
    actions = ["kill"] * kills + ["freeze"] * freezes
    it.random.shuffle(actions)
    for action in actions:
        it.hit(action)
    for _ in range(50):  # the last blow may have left it interrupted by chance
        row = spine.wait(it.run, timeout=60)
        if row.state == "finished":
            break
        compute.control(spine.store, it.run, "resume")
    it.check_finished()
    assert it.finished >= 1
    assert spine.store.verify().ok
    return it


@pytest.fixture
def tormented(tmp_path, monkeypatch) -> Iterator[Spine]:
    monkeypatch.setattr(watch, "START_SECONDS", 5.0)
    made = Spine(tmp_path / "home", max_coordinators=2, lease_seconds=LEASE)
    yield made
    made.close()


def test_killed_and_frozen_at_random_moments(tormented):
    torment(tormented, kills=6, freezes=1, seed=27)


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_hundred_kills_and_five_stops_of_three_leases(tormented):
    it = torment(tormented, kills=100, freezes=5, seed=2027)
    assert it.finished >= 2


@pytest.mark.slow
def test_frozen_with_the_write_lock_in_hand_it_does_not_hold_up_the_others(tormented):
    spine = tormented
    run = spine.start("freeze")
    row = spine.wait(run, "interrupted", timeout=40)
    assert row.state == "interrupted"
    other = spine.start(epochs=1, batches=3)
    assert spine.wait(other).state == "finished"
