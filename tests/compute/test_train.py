"""The real training on the real digits: killed, stopped and resumed to the same bytes."""

from __future__ import annotations

import signal
import time
from statistics import median

import pytest
from spine import Spine

from spikex_lab import compute

pytestmark = pytest.mark.spine
TRAINING = {"epochs": 120, "batch_size": 32, "seed": 3, "checkpoint_every": 0.3}


def outcome(spine, run):
    assert spine.wait(run, timeout=120).state == "finished", spine.log(run)
    spine.events(run)  # whole
    return spine.weights(run), spine.figures(run)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    spine = Spine(tmp_path_factory.mktemp("train") / "home", max_coordinators=2)
    yield spine
    spine.close()


_known: dict[int, tuple] = {}


def uninterrupted(spine, threads):
    """What a run left alone comes to; trained once for each number of threads."""
    if threads not in _known:
        _known[threads] = outcome(spine, spine.train(**TRAINING, threads=threads))
    return _known[threads]


def killed_mid_epoch(spine, run):
    def there(row):
        progress = row.progress or {}
        return 1 <= progress.get("epoch", 0) < 100 and 5 <= progress.get("batch", 0) <= 35

    spine.wait(run, there, timeout=60)
    spine.signal(run, signal.SIGKILL)
    killed = time.monotonic()
    spine.wait(run, "interrupted", timeout=2.0)
    return time.monotonic() - killed


@pytest.mark.parametrize("threads", [1, 2])
def test_killed_mid_epoch_and_resumed_it_ends_in_the_same_bytes(trained, threads):
    spine = trained
    reference = uninterrupted(spine, threads)
    run = spine.train(**TRAINING, threads=threads)
    assert killed_mid_epoch(spine, run) < 2.0
    compute.control(spine.store, run, "resume")
    assert outcome(spine, run) == reference
    (resumed,) = [e["resumed_from"] for e in spine.events(run) if e.get("resumed_from")]
    assert resumed["epoch"] >= 0
    assert resumed["seq"] > 0
    names = {a.name for a in spine.store.runs.artifacts(run)}
    assert {"weights.safetensors", "best.safetensors", "report.html"} <= names
    folder = spine.store.runs.folder(run)
    deadline = time.monotonic() + 5
    while list(folder.glob("attempt-*")):  # nothing is left behind
        assert time.monotonic() < deadline
        time.sleep(0.05)


def told(spine, run, action, state):
    before = time.monotonic()
    compute.control(spine.store, run, action)
    spine.wait(run, state, reconcile=False)
    return time.monotonic() - before


def test_paused_stopped_and_resumed_within_their_times(trained):
    spine = trained
    reference = uninterrupted(spine, 1)
    run = spine.train(**TRAINING, threads=1)
    spine.begun(run, batches=3)
    pauses = []
    for _ in range(3):
        pauses.append(told(spine, run, "pause", "paused"))
        told(spine, run, "resume", "running")
    assert median(pauses) < 0.5  # the machine may be busy with other things for a moment
    assert told(spine, run, "stop", "stopped") < 1.0
    compute.control(spine.store, run, "resume")
    assert outcome(spine, run) == reference
