from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from spikex_lab.errors import InvalidError, NotFoundError, TooLargeError
from spikex_lab.store import LeaseLost, Store, events

from .support import HERE, a_run, batches, finish, python


def seqs(found: list[dict[str, Any]]) -> list[int]:
    return [event["seq"] for event in found]


def test_an_append_numbers_its_events_without_a_gap(store: Store) -> None:
    run, lease = a_run(store)
    first = store.runs.get(run).last_seq
    assert store.runs.append(run, lease, batches(0, 3, epoch=2)) == first + 3
    assert store.runs.append(run, lease, batches(3, 4)) == first + 4
    found = store.runs.events(run)
    assert seqs(found) == list(range(1, first + 5))
    event = found[first]
    assert event == {
        "seq": first + 1,
        "run": run,
        "time": event["time"],
        "type": "batch",
        "attempt": 1,
        "epoch": 2,
        "batch": 0,
        "loss": 1.0,
    }


def test_an_append_under_a_foreign_lease_writes_nothing(store: Store) -> None:
    run, lease = a_run(store)
    before = store.runs.events(run)
    for wrong in (lease - 1, lease + 1):
        with pytest.raises(LeaseLost):
            store.runs.append(run, wrong, batches(0, 3), progress={"epoch": 9})
    assert store.runs.events(run) == before
    assert store.runs.get(run).progress is None


def test_an_append_is_all_or_nothing(store: Store) -> None:
    run, lease = a_run(store)
    before = store.runs.get(run)
    bad = [*batches(0, 2), {"type": "frame", "object": "0" * 64}]
    with pytest.raises(NotFoundError, match="an object that is not there"):
        store.runs.append(run, lease, bad, state="paused", progress={"epoch": 1})
    assert store.runs.get(run) == before
    assert store.runs.append(run, lease, batches(0, 1)) == before.last_seq + 1


def test_the_state_event_names_the_state_of_the_row(store: Store) -> None:
    run, lease = a_run(store)
    store.runs.append(run, lease, [{"type": "state", "resumed_from": None}], state="paused")
    store.runs.append(run, lease, batches(0, 1), state="running")
    found = store.runs.events(run, types=["state"])
    assert [event["state"] for event in found[-2:]] == ["paused", "running"]
    for state in ("queued", "starting", "nonsense"):
        with pytest.raises(InvalidError):
            store.runs.append(run, lease, [], state=state)


def test_tails_pages_and_types(store: Store) -> None:
    run, lease = a_run(store)
    first = store.runs.append(run, lease, batches(0, 10)) - 9
    assert seqs(store.runs.events(run, after=first + 7)) == [first + 8, first + 9]
    assert seqs(store.runs.events(run, after=first, limit=2)) == [first + 1, first + 2]
    assert seqs(store.runs.events(run, types=["state"])) == [1, 2, 3]
    assert store.runs.events(run, types=[]) == []
    assert store.runs.events(run, after=10_000) == []
    assert store.runs.events("nobody") == []


def test_numbers_that_json_cannot_hold_become_null(store: Store) -> None:
    run, lease = a_run(store)
    body = {"loss": float("nan"), "spikes": {"a": [np.float32(0.5), float("inf")]}}
    store.runs.append(
        run, lease, [{"type": "batch", "epoch": np.int64(3), "batch": np.int32(4), **body}]
    )
    event = store.runs.events(run)[-1]
    json.dumps(event, allow_nan=False)
    assert (event["epoch"], event["batch"]) == (3, 4)
    assert event["loss"] is None
    assert event["spikes"] == {"a": [0.5, None]}
    with pytest.raises(InvalidError, match="not data"):
        store.runs.append(run, lease, [{"type": "log", "message": object()}])


def test_an_append_is_bounded(store: Store) -> None:
    run, lease = a_run(store)
    with pytest.raises(TooLargeError):
        store.runs.append(run, lease, batches(0, events.MAX_EVENTS + 1))
    with pytest.raises(TooLargeError):
        store.runs.append(run, lease, [{"type": "log", "message": "x" * events.MAX_BODY}])
    with pytest.raises(InvalidError, match="without a type"):
        store.runs.append(run, lease, [{"message": "x"}])


def epoch_of(number: int, loss: float) -> list[dict[str, Any]]:
    return [
        {"type": "epoch", "epoch": number},
        *batches(0, 2, epoch=number),
        {"type": "metrics", "epoch": number, "train_loss": loss},
        {"type": "log", "epoch": number, "message": f"epoch {number}"},
    ]


def resume(store: Store, run: str, lease: int, **body: Any) -> int:
    assert store.runs.interrupt(run, lease, "killed")
    store.runs.requeue(run)
    again = store.runs.claim(run, HERE)
    assert again is not None
    store.runs.append(run, again, [{"type": "state", **body}], state="running")
    return again


def numbers(found: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    """Return what a viewer draws: everything but the history."""
    return [(e["type"], e["epoch"]) for e in found if e["type"] not in ("state", "log")]


def test_a_resumed_run_reads_as_if_never_interrupted(store: Store) -> None:
    whole, lease = a_run(store)
    for epoch in (1, 2, 3):
        store.runs.append(whole, lease, epoch_of(epoch, 1 / epoch))

    run, lease = a_run(store)
    kept = store.runs.append(run, lease, epoch_of(1, 1.0))
    store.runs.append(run, lease, epoch_of(2, 77.0))  # beyond the checkpoint: done again
    store.runs.append(run, lease, [{"type": "epoch", "epoch": 3}, *batches(0, 1, epoch=3)])
    lease = resume(store, run, lease, resumed_from={"seq": kept, "epoch": 1, "batch": 0})
    for epoch in (2, 3):
        store.runs.append(run, lease, epoch_of(epoch, 1 / epoch))

    assert numbers(store.runs.effective_events(run)) == numbers(store.runs.effective_events(whole))
    assert store.runs.metrics(run) == store.runs.metrics(whole)
    assert [row["epoch"] for row in store.runs.metrics(run)] == [1, 2, 3]
    raw = store.runs.events(run)
    assert seqs(raw) == list(range(1, len(raw) + 1)), "the log itself keeps everything"
    assert 77.0 in [event.get("train_loss") for event in raw]
    states = [e["state"] for e in store.runs.effective_events(run, types=["state"])]
    assert "interrupted" in states, "what happened stays"
    logs = [e["message"] for e in store.runs.effective_events(run, types=["log"])]
    assert logs == ["epoch 1", "epoch 2", "epoch 2", "epoch 3"]


def test_a_second_resume_from_an_earlier_point_covers_the_first(store: Store) -> None:
    run, lease = a_run(store)
    early = store.runs.append(run, lease, epoch_of(1, 1.0))
    late = store.runs.append(run, lease, epoch_of(2, 0.7))
    store.runs.append(run, lease, epoch_of(3, 0.6))
    lease = resume(store, run, lease, resumed_from={"seq": late, "epoch": 2, "batch": 0})
    store.runs.append(run, lease, epoch_of(3, 0.3))
    lease = resume(store, run, lease, resumed_from={"seq": early, "epoch": 1, "batch": 0})
    store.runs.append(run, lease, epoch_of(2, 0.2))
    assert [(m["epoch"], m["train_loss"]) for m in store.runs.metrics(run)] == [(1, 1.0), (2, 0.2)]
    assert numbers(store.runs.effective_events(run)).count(("epoch", 2)) == 1


def test_a_later_resume_keeps_what_the_second_attempt_did(store: Store) -> None:
    run, lease = a_run(store)
    first = store.runs.append(run, lease, epoch_of(1, 1.0))
    store.runs.append(run, lease, batches(0, 3, epoch=2))
    lease = resume(store, run, lease, resumed_from={"seq": first, "epoch": 1, "batch": 0})
    second = store.runs.append(run, lease, epoch_of(2, 0.5))
    store.runs.append(run, lease, batches(0, 3, epoch=3))
    lease = resume(store, run, lease, resumed_from={"seq": second, "epoch": 2, "batch": 0})
    store.runs.append(run, lease, epoch_of(3, 0.3))
    assert [m["epoch"] for m in store.runs.metrics(run)] == [1, 2, 3]
    drawn = numbers(store.runs.effective_events(run))
    assert [drawn.count(("batch", epoch)) for epoch in (1, 2, 3)] == [2, 2, 2]


def test_an_attempt_that_begins_from_nothing_takes_everything_back(store: Store) -> None:
    run, lease = a_run(store)
    store.runs.append(run, lease, epoch_of(1, 9.0))
    lease = resume(store, run, lease)
    assert store.runs.metrics(run) == []
    store.runs.append(run, lease, [], state="paused")
    store.runs.append(run, lease, epoch_of(1, 1.0), state="running")
    assert [m["train_loss"] for m in store.runs.metrics(run)] == [1.0]


def test_the_effective_tail_begins_anywhere(store: Store) -> None:
    run, lease = a_run(store)
    kept = store.runs.append(run, lease, epoch_of(1, 1.0))
    store.runs.append(run, lease, batches(0, 50, epoch=2))
    resume(store, run, lease, resumed_from={"seq": kept, "epoch": 1, "batch": 0})
    whole = store.runs.effective_events(run)
    for after in range(0, store.runs.get(run).last_seq + 1, 7):
        tail = store.runs.effective_events(run, after=after)
        assert tail == [event for event in whole if event["seq"] > after]


WRITER = """
import sys
from spikex_lab.store import Store, database
database.WAL_LIMIT = 100_000
run, lease, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
with Store.open() as store:
    for number in range(count):
        store.runs.append(run, lease, [{"type": "batch", "n": number, "of": sys.argv[4]}] * 3)
print("done")
"""


def test_four_processes_write_without_a_gap(store: Store) -> None:
    """Two runs, two writers each: one (run, seq) for each event, none lost, none twice."""
    runs = [a_run(store) for _ in range(2)]
    writers = [python(WRITER, run, str(lease), "60", name) for run, lease in runs for name in "ab"]
    tails: dict[str, list[int]] = {run: [] for run, _ in runs}
    while any(writer.poll() is None for writer in writers):
        for run, tail in tails.items():
            tail += seqs(store.runs.events(run, after=tail[-1] if tail else 0))
            assert tail == list(range(1, len(tail) + 1)), "a reader saw one before another"
    assert [finish(writer) for writer in writers] == ["done\n"] * 4
    for run, _ in runs:
        found = store.runs.events(run, limit=1000)
        assert seqs(found) == list(range(1, 3 + 2 * 180 + 1))
        for name in "ab":
            mine = [event["n"] for event in found if event.get("of") == name]
            assert mine == [number for number in range(60) for _ in range(3)]
