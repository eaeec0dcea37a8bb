"""A training whose log, checkpoints and files lie on servers, which go away and come back."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from servers import PASSWORD, SECRET, ObjectServer, Postgres
from spine import Spine

from spikex_lab import compute

pytestmark = pytest.mark.spine
TRAINING = {"epochs": 120, "batch_size": 32, "seed": 3, "threads": 1, "checkpoint_every": 0.3}


def outcome(spine, run):
    assert spine.wait(run, timeout=120).state == "finished", spine.log(run)
    spine.events(run)  # without a gap
    return spine.weights(run), spine.figures(run)


def test_digits_are_learned_through_a_servers_restart_and_a_kill(
    tmp_path: Path, postgres: Postgres, bucket_server: ObjectServer
) -> None:
    alone = Spine(tmp_path / "alone", max_coordinators=2)
    try:
        known = outcome(alone, alone.train(**TRAINING))
    finally:
        alone.close()
    with postgres.database() as name:
        shared = Spine(
            tmp_path / "home",
            max_coordinators=2,
            database_url=postgres.url(name),
            object_store_url=bucket_server.url(f"spine/{name}"),
        )
        try:
            run = shared.train(**TRAINING)
            shared.wait(run, lambda row: (row.progress or {}).get("epoch", 0) >= 1, timeout=60)
            postgres.stop()
            postgres.start()
            last = shared.row(run).last_seq
            shared.wait(run, lambda row: row.last_seq > last)
            shared.signal(run, signal.SIGKILL)
            assert shared.wait(run, "interrupted").error
            compute.control(shared.store, run, "resume")
            assert outcome(shared, run) == known, "not a bit differs"
            row = shared.store.runs.get(run)
            assert row.attempt == 2
            assert {a.name for a in shared.store.runs.artifacts(run)} >= {"weights.safetensors"}
            assert shared.store.verify().ok
            told = shared.log(run) + repr((row, shared.events(run), shared.store.doctor()))
            assert PASSWORD not in told
            assert SECRET not in told
        finally:
            shared.close()
            shared.store.close()
