"""How a coordinator ends, with its threads at work to the last moment."""

from __future__ import annotations

import time

import pytest

from spikex_lab.compute import coordinator, heart, liveness
from spikex_lab.compute.coordinator import Coordinator
from spikex_lab.compute.resources import Sampler
from spikex_lab.store import Store

SPEC = {"schema": "spikex/run@1", "job": "train"}


def test_its_last_word_is_the_last_event_and_its_own_end_is_no_loss(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last event gives the lease up: a late sample must not follow, a late beat not alarm."""
    monkeypatch.setattr(heart, "SAMPLE_SECONDS", 0.0005)
    monkeypatch.setattr(heart, "BEAT_SECONDS", 0.0005)
    monkeypatch.setattr(Sampler, "sample", lambda _: {})
    left: list[int] = []
    monkeypatch.setattr(coordinator, "_leave", left.append)
    run = store.runs.create(SPEC, target="local", digest="0" * 64).id
    lease = store.runs.claim(run, liveness.describe())
    assert lease is not None
    mine = Coordinator(store, run, lease)
    mine._heart.start()
    mine._control.start()
    mine._sink.emit("state", state="running")
    deadline = time.monotonic() + 10
    while not store.runs.events(run, types=["resources"]):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    mine._final("finished")
    assert store.runs.events(run, limit=100_000)[-1]["state"] == "finished"
    assert store.runs.get(run).state == "finished"
    assert left == []


def test_stopped_while_it_starts_it_makes_room_for_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    story: list[object] = []

    def leave(status: int) -> None:
        story.append(status)
        raise SystemExit

    monkeypatch.setattr(coordinator, "_leave", leave)
    monkeypatch.setattr(coordinator, "dispatch", lambda _: story.append("dispatch"))
    run = store.runs.create(SPEC, target="local", digest="0" * 64).id
    lease = store.runs.claim(run, liveness.describe())
    assert lease is not None
    mine = Coordinator(store, run, lease)
    mine._heart.start()
    with pytest.raises(SystemExit):
        mine._while_starting("stop")
    mine._heart.close()
    assert story == ["dispatch", coordinator.EXIT_DONE]
    assert store.runs.get(run).state == "stopped"
