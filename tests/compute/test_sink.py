"""The sink and the control source, in this process over a real store."""

from __future__ import annotations

import threading
import time

import pytest

from spikex_lab.compute import liveness, sink
from spikex_lab.compute.control_source import StoreControl
from spikex_lab.compute.sink import StoreSink
from spikex_lab.errors import StorageError
from spikex_lab.store.errors import LeaseLost

SPEC = {"schema": "spikex/run@1", "job": "train"}


@pytest.fixture
def claimed(store):
    row = store.runs.create(SPEC, target="local", digest="0" * 64)
    return row.id, store.runs.claim(row.id, liveness.describe())


@pytest.fixture
def lost():
    return threading.Event()


@pytest.fixture
def made(store, claimed, lost):
    run, lease = claimed
    made = StoreSink(store, run, lease, attempt=1, on_lost=lost.set, patience=0.3)
    yield made
    made.close()


def test_events_are_kept_in_order_with_their_place(store, claimed, made):
    run, _ = claimed
    made.emit("state", state="running")
    for number in range(300):
        made.at(number // 100, number % 100)
        made.emit("batch", number=number, progress={"batch": number})
    last = made.flush()
    events = store.runs.events(run, limit=1000)
    assert last == len(events) == 303
    assert [e["seq"] for e in events] == list(range(1, 304))
    batches = [e for e in events if e["type"] == "batch"]
    assert [e["number"] for e in batches] == list(range(300))
    assert (batches[250]["epoch"], batches[250]["batch"], batches[250]["attempt"]) == (2, 50, 1)
    row = store.runs.get(run)
    assert (row.state, row.progress) == ("running", {"batch": 299})


def test_an_event_waits_at_most_a_moment_for_its_commit(store, claimed, made):
    run, _ = claimed
    made.emit("log", message="hello")
    deadline = time.monotonic() + 1.0
    began = time.monotonic()
    while len(store.runs.events(run)) < 3 and time.monotonic() < deadline:
        time.sleep(0.002)
    assert time.monotonic() - began < 0.3


def test_metrics_become_the_summary(store, claimed, made):
    run, _ = claimed
    made.emit("metrics", train_loss=0.5, val_accuracy=0.9, spikes={"lif1": 0.1})
    made.emit("metrics", train_loss=0.25, test_accuracy=0.95)
    made.flush()
    summary = store.runs.get(run).summary
    assert summary["train_loss"] == 0.25
    assert (summary["val_accuracy"], summary["test_accuracy"]) == (0.9, 0.95)


def test_long_texts_are_cut(store, claimed, made):
    made.emit("log", message="x" * 100_000)
    made.flush()
    kept = store.runs.events(claimed[0], types=["log"])[0]["message"]
    assert len(kept) == sink.TEXT_LIMIT


def test_a_lost_lease_ends_the_writing(store, claimed, made, lost):
    run, lease = claimed
    made.emit("state", state="running")
    made.flush()
    store.runs.interrupt(run, lease, "test")
    made.emit("log", message="too late")
    assert lost.wait(2.0)
    assert not store.runs.events(run, types=["log"])


def test_an_artifact_is_a_row_a_file_and_an_event(store, claimed, made, tmp_path):
    path = tmp_path / "w.bin"
    path.write_bytes(b"weights")
    made.artifact("weights.safetensors", path, media_type="application/octet-stream")
    made.flush()
    (row,) = store.runs.artifacts(claimed[0])
    (event,) = store.runs.events(claimed[0], types=["artifact"])
    assert store.objects.read(row.sha256) == b"weights"
    assert (event["name"], event["sha256"], event["size"]) == (row.name, row.sha256, 7)


def test_a_file_under_a_lost_lease_is_not_the_run_s(store, claimed, made, lost, tmp_path):
    run, lease = claimed
    path = tmp_path / "w.bin"
    path.write_bytes(b"of the dead")
    store.runs.interrupt(run, lease, "test")
    with pytest.raises(LeaseLost):
        made.artifact("weights.safetensors", path, media_type="application/octet-stream")
    assert lost.is_set()
    assert list(store.runs.artifacts(run)) == []


def test_a_frame_names_its_object(store, claimed, made, tmp_path):
    path = tmp_path / "f.npz"
    path.write_bytes(b"frame")
    made.frame(path, nodes=["lif1"])
    made.flush()
    (event,) = store.runs.events(claimed[0], types=["frame"])
    assert store.objects.read(event["object"]) == b"frame"
    assert event["nodes"] == ["lif1"]


def refusing(store, monkeypatch, times):
    append, calls = store.runs.append, []

    def refuse(*args, **kwargs):
        calls.append(1)
        if len(calls) <= times:
            raise StorageError("the disk is full", hint="free some space")
        return append(*args, **kwargs)

    monkeypatch.setattr(store.runs, "append", refuse)


def test_a_store_that_refuses_for_a_moment_loses_nothing(store, claimed, made, monkeypatch):
    refusing(store, monkeypatch, times=1)
    for number in range(10):
        made.emit("batch", number=number)
    made.flush()
    kept = store.runs.events(claimed[0], types=["batch"])
    assert [e["number"] for e in kept] == list(range(10))


def test_a_store_that_refuses_for_good_is_said_to_the_job(store, claimed, made, monkeypatch):
    refusing(store, monkeypatch, times=1000)
    made.emit("batch", number=0)
    with pytest.raises(StorageError, match="disk is full") as caught:
        made.flush()
    assert "free some space" in caught.value.hint
    with pytest.raises(StorageError):
        made.emit("batch", number=1)


def test_what_is_not_data_is_said_to_the_job(made):
    made.emit("batch", loss=object())
    with pytest.raises(StorageError, match="not data"):
        made.flush()


def test_the_queue_is_bounded(store, claimed, made, monkeypatch):
    monkeypatch.setattr(sink, "QUEUE_LIMIT", 50)
    gate, append = threading.Event(), store.runs.append

    def slow(*args, **kwargs):
        gate.wait(5)
        return append(*args, **kwargs)

    monkeypatch.setattr(store.runs, "append", slow)
    emitted = []

    def emit():
        for number in range(200):
            made.emit("batch", number=number)
            emitted.append(number)

    thread = threading.Thread(target=emit)
    thread.start()
    time.sleep(0.3)
    assert len(emitted) == 50  # the rest waits for the disk
    gate.set()
    thread.join(5)
    made.flush()
    kept = store.runs.events(claimed[0], types=["batch"])
    assert [e["number"] for e in kept] == list(range(200))


def test_commands_come_in_order_within_a_moment(store, claimed, lost):
    run, lease = claimed
    store.runs.append(run, lease, [], state="running")
    control = StoreControl(store, run, lease, on_lost=lost.set)
    control.start()
    try:
        assert control.poll() is None
        before = time.monotonic()
        store.runs.post_control(run, "pause")
        store.runs.post_control(run, "resume")
        assert control.wait(1.0) == "pause"
        assert time.monotonic() - before < 0.3
        assert control.wait(1.0) == "resume"
        assert control.wait(0.1) is None
    finally:
        control.close()


def test_commands_to_an_earlier_attempt_are_not_obeyed(store, claimed, lost):
    run, lease = claimed
    store.runs.append(run, lease, [], state="running")
    store.runs.post_control(run, "stop")
    store.runs.interrupt(run, lease, "test")
    store.runs.requeue(run)
    again = store.runs.claim(run, liveness.describe())
    control = StoreControl(store, run, again, on_lost=lost.set)
    control.start()
    try:
        assert control.wait(0.3) is None
    finally:
        control.close()


def test_a_signal_becomes_one_stop(store, claimed, lost):
    control = StoreControl(store, *claimed, on_lost=lost.set)
    control.start()
    try:
        control.terminate()
        control.terminate()
        assert control.wait(1.0) == "stop"
        assert control.wait(0.2) is None
    finally:
        control.close()
