"""Pause, resume, step, stop: how fast, and from which state."""

from __future__ import annotations

import time
from statistics import median

import pytest

from spikex_lab import compute
from spikex_lab.errors import ConflictError, InvalidError, NotFoundError

pytestmark = pytest.mark.spine


def told(spine, run, action, state):
    """Command and return the seconds until the log says so."""
    before = time.monotonic()
    compute.control(spine.store, run, action)
    spine.wait(run, state, reconcile=False)
    return time.monotonic() - before


def test_pause_resume_step_stop_and_resume_again(spine):
    run = spine.start(epochs=2, batches=200, pause=0.02)
    spine.begun(run, batches=3)
    times = [told(spine, run, *to) for to in 3 * [("pause", "paused"), ("resume", "running")]]
    assert median(times[::2]) < 0.5
    assert median(times[1::2]) < 0.5
    told(spine, run, "pause", "paused")
    done = spine.row(run).progress
    time.sleep(0.3)
    assert spine.row(run).progress == done
    compute.control(spine.store, run, "step")
    spine.wait(run, lambda row: row.progress != done)
    spine.wait(run, "paused")
    assert spine.row(run).progress["batch"] == done["batch"] + 1
    told(spine, run, "resume", "running")
    time.sleep(0.2)
    assert told(spine, run, "stop", "stopped") < 1.0
    stopped_at = spine.reading(run)
    compute.control(spine.store, run, "resume")
    spine.begun(run, batches=3)
    compute.control(spine.store, run, "stop")
    spine.wait(run, "stopped")
    reading = spine.reading(run)
    assert reading[: len(stopped_at)] == stopped_at
    assert [batch for _, _, batch, _ in reading] == list(range(1, len(reading) + 1))


def test_a_paused_run_stops(spine):
    run = spine.start(batches=500)
    spine.begun(run)
    told(spine, run, "pause", "paused")
    assert told(spine, run, "stop", "stopped") < 1.0


def test_a_queued_run_is_stopped_without_being_started(spine):
    run = spine.create()
    compute.control(spine.store, run, "stop")
    assert spine.row(run).state == "stopped"
    assert [e["state"] for e in spine.events(run)] == ["queued", "stopped"]
    compute.control(spine.store, run, "resume")
    assert spine.wait(run).state == "finished"


def test_a_stop_while_libraries_are_still_imported_is_obeyed(spine, monkeypatch):
    monkeypatch.setenv("SPIKEX_TEST_IMPORT_SECONDS", "20")
    run = spine.start("slow_import")
    spine.wait(run, lambda row: row.heartbeat > 4 and row.state == "starting")
    assert told(spine, run, "stop", "stopped") < 1.0


def test_commands_that_make_no_sense_are_refused(spine):
    run = spine.create()
    with pytest.raises(InvalidError, match='no action "paus"'):
        compute.control(spine.store, run, "paus")
    with pytest.raises(ConflictError):
        compute.control(spine.store, run, "pause")
    with pytest.raises(NotFoundError):
        compute.control(spine.store, "no-such-run", "stop")
    with pytest.raises(NotFoundError):
        compute.submit(spine.store, "no-such-run")
    assert spine.row(run).state == "queued"
