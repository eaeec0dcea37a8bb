"""What a job is handed: code only where its very hash was chosen to run."""

from __future__ import annotations

from pathlib import Path

from spikex_lab.compute.jobs import JobContext
from spikex_lab.store import Store

SPEC = {"schema": "spikex/run@1", "job": "train"}


def test_a_job_gets_chosen_code_only(store: Store, tmp_path: Path) -> None:
    row = store.runs.create(SPEC, target="local", digest="0" * 64)
    context = JobContext(store, row, sink=None, control=None, folder=tmp_path)  # type: ignore[arg-type]
    chosen, other = store.objects.put_bytes(b"mine"), store.objects.put_bytes(b"theirs")
    assert context.code(chosen.sha256) is None
    store.consents.give(chosen.sha256)
    assert context.code(chosen.sha256) == b"mine"
    assert context.code(other.sha256) is None
