"""Kill, freeze, take over, resume: the log stays whole and the result the same."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from spine import Spine, gone

from spikex_lab import compute
from spikex_lab.errors import ConflictError

pytestmark = pytest.mark.spine


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    spine = Spine(tmp_path_factory.mktemp("reference") / "home")
    run = spine.start()
    assert spine.wait(run).state == "finished", spine.log(run)
    yield spine.reading(run), spine.weights(run)
    spine.close()


def test_a_killed_run_is_interrupted_within_two_seconds_and_resumes_to_the_same(
    spine, uninterrupted
):
    run = spine.start()
    spine.begun(run, batches=11)
    spine.signal(run, signal.SIGKILL)
    killed = time.monotonic()
    row = spine.wait(run, "interrupted", timeout=2.0)
    assert time.monotonic() - killed < 2.0
    assert row.who is not None
    compute.control(spine.store, run, "resume")
    assert spine.wait(run).state == "finished", spine.log(run)
    events = spine.events(run)
    assert [e["state"] for e in events if e["type"] == "state"] == [
        "queued",
        "starting",
        "running",
        "interrupted",
        "queued",
        "starting",
        "running",
        "finished",
    ]
    resumed = [e["resumed_from"] for e in events if "resumed_from" in e]
    assert len(resumed) == 1
    assert resumed[0]["epoch"] == 0
    assert resumed[0]["batch"] in (7, 14)
    assert (spine.reading(run), spine.weights(run)) == uninterrupted


def test_a_resume_finds_out_by_itself_that_the_run_is_dead(spine):
    run = spine.start()
    spine.begun(run)
    pid = spine.pid(run)
    spine.signal(run, signal.SIGKILL)
    assert gone(pid)
    assert spine.row(run, reconcile=False).state == "running"
    compute.control(spine.store, run, "resume")
    assert spine.row(run, reconcile=False).attempt == 2


def test_a_coordinator_killed_before_its_first_word_is_found_at_once(spine):
    run = spine.start(pause=1.0)
    pid = spine.pid(run)  # known already: its starter wrote it down
    os.kill(pid, signal.SIGKILL)
    assert spine.wait(run, "interrupted", timeout=2.0).lease == 2


def test_frozen_taken_over_awake_it_writes_nothing(hasty, uninterrupted):
    spine = hasty
    run = spine.start()
    spine.begun(run, batches=11)
    old = spine.pid(run)
    spine.signal(run, signal.SIGSTOP)
    spine.wait(run, "interrupted", timeout=10.0)
    compute.control(spine.store, run, "resume")
    spine.begun(run, batches=2)
    assert spine.pid(run) != old
    os.kill(old, signal.SIGCONT)
    assert gone(old)
    assert spine.wait(run).state == "finished", spine.log(run)
    events = spine.events(run)
    takeover = next(e["seq"] for e in events if e.get("state") == "interrupted")
    assert all(e["attempt"] == 2 for e in events if e["seq"] > takeover + 2 and "link" in e)
    assert (spine.reading(run), spine.weights(run)) == uninterrupted


def test_frozen_for_less_than_its_lease_it_goes_on(spine, uninterrupted):
    run = spine.start()
    spine.begun(run, batches=11)
    spine.signal(run, signal.SIGSTOP)
    time.sleep(1.0)
    assert spine.row(run).state == "running"
    spine.signal(run, signal.SIGCONT)
    assert spine.wait(run).state == "finished"
    assert spine.row(run).lease == 1
    assert (spine.reading(run), spine.weights(run)) == uninterrupted


def test_of_many_resumers_one_wins(spine):
    run = spine.start()
    spine.begun(run, batches=8)
    spine.signal(run, signal.SIGKILL)
    spine.wait(run, "interrupted")
    outcomes: list[str] = []
    gate = threading.Barrier(6)

    def resume() -> None:
        gate.wait()
        try:
            compute.control(spine.store, run, "resume")
            outcomes.append("won")
        except ConflictError:
            outcomes.append("late")

    threads = [threading.Thread(target=resume) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["late"] * 5 + ["won"]
    assert spine.wait(run).state == "finished"
    starts = [e for e in spine.events(run) if e.get("state") == "starting"]
    assert len(starts) == 2


def test_a_finished_run_stays_finished(spine):
    run = spine.start(epochs=1, batches=2)
    assert spine.wait(run).state == "finished"
    for action in ("resume", "stop", "pause", "kill"):
        with pytest.raises(ConflictError):
            compute.control(spine.store, run, action)
    assert spine.row(run).state == "finished"


def test_kill_ends_the_process_now_and_the_run_resumes(spine, uninterrupted):
    run = spine.start(pause=0.03)
    spine.begun(run, batches=8)
    pid = spine.pid(run)
    spine.signal(run, signal.SIGSTOP)  # it cannot leave by itself
    compute.control(spine.store, run, "kill")
    row = spine.row(run, reconcile=False)  # at once, also where its process is out of reach
    assert (row.state, row.lease, row.error) == ("interrupted", 2, "killed by its user")
    assert gone(pid, timeout=1.0)
    compute.control(spine.store, run, "resume")
    assert spine.wait(run).state == "finished"
    assert (spine.reading(run), spine.weights(run)) == uninterrupted


def test_a_hang_up_does_not_end_it(spine):
    run = spine.start(epochs=1, batches=60, pause=0.01)
    spine.begun(run)
    spine.signal(run, signal.SIGHUP)
    assert spine.wait(run).state == "finished"
    assert spine.row(run).lease == 1


def test_told_to_end_it_keeps_a_checkpoint_and_is_interrupted(spine):
    run = spine.start(every=1000, pause=0.03)
    spine.begun(run, batches=5)
    pid = spine.pid(run)
    spine.signal(run, signal.SIGTERM)
    row = spine.wait(run, "interrupted", timeout=2.0)
    assert gone(pid)
    assert row.lease == 1  # by its own word, not by a reader's
    assert spine.events(run)[-2]["type"] == "checkpoint"
