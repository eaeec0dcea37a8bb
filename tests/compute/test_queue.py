"""At most so many runs at a time; the rest wait in order and start by themselves."""

from __future__ import annotations

import signal
import threading
import time
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from spine import Spine, gone

from spikex_lab import compute
from spikex_lab.compute import queue, watch

pytestmark = pytest.mark.spine


@pytest.fixture
def single(tmp_path: Path):
    made = Spine(tmp_path / "home", max_coordinators=1)
    yield made
    made.close()


def test_queued_runs_start_in_order_when_one_ends_with_nobody_looking(single):
    runs = [single.start(epochs=1, batches=10) for _ in range(3)]
    assert [single.store.runs.get(run).state for run in runs[1:]] == ["queued", "queued"]
    for run in runs:  # plain reads: neither a server nor a reconciling reader is there
        single.wait(run, "finished", reconcile=False)
    times = [
        {e["state"]: e["time"] for e in single.events(run) if e["type"] == "state"} for run in runs
    ]
    for before, after in pairwise(times):
        assert before["finished"] <= after["starting"]


def test_a_kill_makes_room_for_the_next_with_nobody_looking(single):
    first = single.start(batches=5000)
    second = single.start(epochs=1, batches=3)
    single.begun(first)
    compute.control(single.store, first, "kill")
    single.wait(second, "finished", reconcile=False)


def test_the_dead_hold_no_place_when_a_run_is_submitted(single):
    first = single.start(batches=5000)
    single.begun(first)
    pid = single.pid(first)
    single.signal(first, signal.SIGKILL)
    assert gone(pid)
    second = single.start(epochs=1, batches=3)
    assert single.row(second, reconcile=False).state != "queued"


def test_a_reader_that_finds_a_dead_run_starts_the_next(single):
    first = single.start(batches=5000)
    second = single.start(epochs=1, batches=3)
    single.begun(first)
    assert single.row(second).state == "queued"
    single.signal(first, signal.SIGKILL)
    single.wait(second, "finished")  # looked at by one who watches the waiting run only
    assert single.row(first).state == "interrupted"


def test_a_running_coordinator_looks_after_its_neighbours(tmp_path):
    spine = Spine(tmp_path / "home", max_coordinators=2)
    try:
        dead, watcher = spine.start(batches=5000), spine.start(batches=5000)
        waiting = spine.start(epochs=1, batches=3)
        spine.begun(watcher)
        spine.begun(dead)
        spine.signal(dead, signal.SIGKILL)
        spine.wait(waiting, "finished", reconcile=False, timeout=15)
        assert spine.row(dead, reconcile=False).state == "interrupted"
    finally:
        spine.close()


def test_many_dispatchers_at_once_start_no_more_than_allowed(single):
    runs = [single.create(batches=5000) for _ in range(4)]
    threads = [threading.Thread(target=compute.dispatch, args=[single.store]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = [single.row(run).state for run in runs]
    assert states.count("queued") == 3


def test_a_coordinator_that_cannot_be_started_fails_its_run_and_frees_the_place(
    single, monkeypatch
):
    monkeypatch.setattr("sys.executable", "/nonexistent/python")
    run = single.start()
    row = single.row(run)
    assert row.state == "failed"
    assert "could not be started" in row.error


def test_a_claim_whose_starter_died_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(watch, "START_SECONDS", 0.5)
    spine = Spine(tmp_path / "home")
    run = spine.create()
    monkeypatch.setattr(queue, "_start", lambda *_: None)  # dies between claim and start
    compute.dispatch(spine.store)
    assert spine.row(run).state == "starting"
    row = spine.wait(run, "interrupted", timeout=5.0)
    assert "never started" in spine.events(run)[-1]["reason"]
    assert row.lease == 2


def test_no_coordinator_listens_on_a_port(spine):
    run = spine.start(batches=5000)
    spine.begun(run)
    process = psutil.Process(spine.pid(run))
    family = [process, *process.children(recursive=True)]
    connections = [c for p in family for c in p.net_connections(kind="all")]
    assert [c for c in connections if c.status == psutil.CONN_LISTEN] == []
    assert [c for c in connections if c.laddr] == []


def test_resources_are_sampled_while_it_runs(spine):
    run = spine.start(batches=5000)
    spine.begun(run)
    deadline = time.monotonic() + 8
    while not spine.store.runs.events(run, types=["resources"]):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    sample = spine.store.runs.events(run, types=["resources"])[0]
    assert sample["memory"] > 1e6
    assert sample["cpus"] >= 1
