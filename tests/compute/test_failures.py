"""What goes wrong is said in one sentence; the traceback stays in the log."""

from __future__ import annotations

import os
import shutil
import time

import pytest
from spine import gone

from spikex_lab import compute
from spikex_lab.compute import heart, jobs, liveness, targets
from spikex_lab.errors import InvalidError, NotFoundError

pytestmark = pytest.mark.spine


def last(spine, run, type):
    return next(e for e in reversed(spine.events(run)) if e["type"] == type)


def test_a_bug_fails_the_run_with_one_sentence(spine):
    run = spine.start("crash", how="bug")
    row = spine.wait(run)
    assert row.state == "failed"
    assert row.error == "KeyError: 'a bug'"
    assert last(spine, run, "error")["message"] == "KeyError: 'a bug'"
    assert "Traceback" not in str(spine.events(run))
    assert 'raise KeyError("a bug")' in spine.log(run)


def test_a_full_disk_fails_the_run_with_a_hint(spine):
    run = spine.start("crash", how="full")
    assert spine.wait(run).state == "failed"
    error = last(spine, run, "error")
    assert "disk is full" in error["message"]
    assert "free some space" in error["hint"]


def test_an_unknown_job_fails_the_run(spine):
    run = spine.start("tran")
    assert spine.wait(run).state == "failed"
    assert last(spine, run, "error")["message"] == 'job: no job "tran"'
    assert "train" in last(spine, run, "error")["hint"]


def test_a_failed_run_can_be_resumed(spine):
    run = spine.start("crash", how="bug")
    spine.wait(run, "failed")
    compute.control(spine.store, run, "resume")
    spine.wait(run, lambda row: row.attempt == 2)
    assert spine.wait(run).state == "failed"


def test_the_log_of_a_noisy_job_is_bounded(spine):
    run = spine.start("crash", how="noise")
    assert spine.wait(run).state == "finished"
    assert (spine.store.runs.folder(run) / "coordinator.log").stat().st_size <= heart.LOG_LIMIT


def test_a_coordinator_that_cannot_reach_the_database_ends_itself(hasty):
    spine = hasty
    run = spine.start(batches=100_000)
    spine.begun(run)
    pid = spine.pid(run)
    writer = spine.store.database.engine.raw_connection()
    cursor = writer.cursor()
    cursor.execute("BEGIN IMMEDIATE")  # nobody else can write
    before = time.monotonic()
    try:
        assert gone(pid, timeout=8.0)
    finally:
        writer.rollback()
        writer.close()
    assert time.monotonic() - before >= 0.7  # its last heartbeat may be a quarter lease old
    assert spine.wait(run, "interrupted", timeout=3.0)
    assert "no heartbeat" in spine.log(run)


def test_a_store_that_is_gone_ends_its_coordinator(hasty):
    run = hasty.start(batches=100_000)
    hasty.begun(run)
    pid = hasty.pid(run)
    home = hasty.store.settings.home
    moved = home.with_name("moved")
    shutil.move(home, moved)
    try:
        assert gone(pid, timeout=15.0)
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.move(moved, home)
    assert hasty.wait(run, timeout=5.0).state in ("failed", "interrupted")
    hasty.events(run)


def test_a_missing_device_is_refused_with_those_that_are_there():
    pytest.importorskip("spikex_lab.engine.devices")
    with pytest.raises(InvalidError) as caught:
        targets.check("local", "cuda:7")
    assert "cpu" in str(caught.value)
    targets.check("local", "cpu")


def test_an_unknown_target_is_refused():
    with pytest.raises(NotFoundError, match='no target "slurm"'):
        targets.check("slurm", "cpu")


def test_a_coordinator_that_lost_its_claim_before_it_began_writes_nothing(spine):
    run = spine.create()
    lease = spine.store.runs.claim(run, liveness.describe())
    spine.store.runs.interrupt(run, lease, "test")
    before = spine.events(run)
    from spikex_lab.compute import coordinator

    os.environ["SPIKEX_HOME"] = str(spine.store.settings.home)
    try:
        assert coordinator.main([run, str(lease)]) == coordinator.EXIT_LOST
    finally:
        del os.environ["SPIKEX_HOME"]
    assert spine.events(run) == before


def test_jobs_are_found_by_name_only():
    with pytest.raises(NotFoundError):
        jobs.find("os:system")
