"""Who is judged dead, by whom, and how often."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time

import pytest

from spikex_lab.compute import liveness, queue, watch
from spikex_lab.compute.watch import reconcile
from spikex_lab.errors import StorageError
from spikex_lab.store import Store

SPEC = {"schema": "spikex/run@1", "job": "train"}


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(watch, "_seen", {})
    monkeypatch.setattr(watch, "_queue_looked", {})
    monkeypatch.setattr(queue, "_start", lambda *_: None)


@pytest.fixture
def brief(store):
    """The same store, with a lease of half a second."""
    settings = store.settings.model_copy(update={"lease_seconds": 0.5})
    opened = Store.open(settings)
    yield opened
    opened.close()


def claimed(store, **who):
    run = store.runs.create(SPEC, target="local", digest="0" * 64).id
    lease = store.runs.claim(run, {**liveness.describe(), **who})
    store.runs.append(run, lease, [], state="running")
    return run, lease


def test_a_run_whose_process_lives_is_left_alone(store):
    run, _ = claimed(store)
    assert reconcile(store) == []
    assert store.runs.get(run).state == "running"


def test_a_run_whose_process_is_gone_is_interrupted_with_a_reason(store):
    run, lease = claimed(store, start=1)
    assert reconcile(store) == [run]
    row = store.runs.get(run)
    assert (row.state, row.lease) == ("interrupted", lease + 1)
    assert "without a word" in row.error


def test_on_another_host_the_heartbeat_decides(brief):
    run, lease = claimed(brief, host="elsewhere", start=1)
    until = time.monotonic() + 1.2
    while time.monotonic() < until:  # it beats: alive, whatever its pid means here
        brief.runs.heartbeat(run, lease)
        assert reconcile(brief) == []
        time.sleep(0.1)
    time.sleep(0.7)
    assert reconcile(brief) == [run]
    assert "no sign of life" in brief.runs.get(run).error


def test_a_coordinator_that_starts_has_longer_than_a_short_lease(brief, monkeypatch):
    """A loaded machine may need longer than a lease before Python can say its first word."""
    run = brief.runs.create(SPEC, target="local", digest="0" * 64).id
    brief.runs.claim(run, {**liveness.describe(), "host": "elsewhere"})
    assert reconcile(brief) == []
    time.sleep(0.7)
    assert reconcile(brief) == []
    monkeypatch.setattr(watch, "START_SECONDS", 0.5)
    assert reconcile(brief) == [run]


def test_a_starter_that_ended_is_no_dead_coordinator(store, monkeypatch):
    """``spikex train --detach`` ends before its coordinator has said who it is."""
    run = store.runs.create(SPEC, target="local", digest="0" * 64).id
    store.runs.claim(run, {**liveness.describe(), "start": 1, "role": "starter"})
    assert reconcile(store) == []
    monkeypatch.setattr(watch, "START_SECONDS", -1.0)
    assert reconcile(store) == [run]
    assert "never started" in store.runs.get(run).error


def test_a_clock_that_is_set_does_not_matter(brief, monkeypatch):
    run, _ = claimed(brief, host="elsewhere")
    reconcile(brief)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert reconcile(brief) == []
    assert brief.runs.get(run).state == "running"


def test_short_commands_add_up_what_they_saw(brief):
    run, _ = claimed(brief, host="elsewhere")
    brief.runs.folder(run)
    code = (
        "from spikex_lab.store import Store; from spikex_lab.compute import reconcile;"
        "print(reconcile(Store.open()))"
    )
    import os

    env = {**os.environ, "SPIKEX_HOME": str(brief.settings.home), "SPIKEX_LEASE_SECONDS": "0.5"}

    def look():
        return subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
        ).stdout.strip()

    assert look() == "[]"
    time.sleep(0.6)
    assert look() == f"['{run}']"


def test_a_torn_note_is_begun_anew(brief):
    run, _ = claimed(brief, host="elsewhere")
    folder = brief.runs.folder(run)
    boot = liveness.host()["boot"][:8] or "boot"
    (folder / f"observed-{boot}.json").write_text("{")
    assert reconcile(brief) == []
    assert json.loads((folder / f"observed-{boot}.json").read_text())["mark"]


def test_of_many_observers_one_interrupts(store):
    run, _ = claimed(store, start=1)
    row = store.runs.get(run)
    found, gate = [], threading.Barrier(8)

    def look():
        gate.wait()
        found.extend(reconcile(store, row))

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [run]
    states = [e["state"] for e in store.runs.events(run)]
    assert states == ["queued", "starting", "running", "interrupted"]


def test_a_run_that_ended_between_the_look_and_the_judgement_stays_ended(store):
    run, lease = claimed(store, start=1)
    row = store.runs.get(run)  # read as running
    store.runs.append(run, lease, [], state="finished")
    assert reconcile(store, row) == []
    assert store.runs.get(run).state == "finished"


def test_one_frozen_with_the_write_lock_in_hand_is_ended(store, monkeypatch):
    """Its lease is over, and as long as it is there nobody can write."""
    run, _ = claimed(store, host="elsewhere")
    monkeypatch.setattr(watch.liveness, "stopped", lambda _: True)
    ended, interrupt = [], store.runs.interrupt

    def held_up(*args):
        if not ended:
            raise StorageError("the database was busy")
        return interrupt(*args)

    monkeypatch.setattr(store.runs, "interrupt", held_up)
    monkeypatch.setattr(watch.detach, "end", ended.append)
    monkeypatch.setattr(watch, "verdict", lambda *_: "no sign of life")
    assert reconcile(store) == [run]
    assert ended == [liveness.describe()["pid"]]
    assert store.runs.get(run).state == "interrupted"


def test_what_cannot_be_written_keeps_nobody_from_reading(store, monkeypatch):
    run, _ = claimed(store, start=1)

    def full(*_):
        raise StorageError("the disk is full")

    monkeypatch.setattr(store.runs, "interrupt", full)
    assert reconcile(store) == []
    assert store.runs.get(run).state == "running"


def test_reading_a_run_is_cheap(store):
    run, _ = claimed(store)
    row = store.runs.get(run)
    reconcile(store, row)
    before = time.process_time()
    for _ in range(200):
        reconcile(store, row)
    assert (time.process_time() - before) / 200 < 0.002
