from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from spikex_lab.errors import StorageError
from spikex_lab.widgets.feed import LIVE_INTERVAL, Feed, explain

from .fakes import FakeRun


class Listener:
    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.states: list[str | None] = []
        self.errors: list[Exception] = []
        self.threads: set[str] = set()

    def receive(self, events: Sequence[dict[str, Any]], state: str | None, /) -> None:
        self.events += events
        self.states.append(state)
        self.threads.add(threading.current_thread().name)

    def fail(self, error: Exception) -> None:
        self.errors.append(error)


def wait_for(condition: Callable[[], object], seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


@pytest.fixture
def feed() -> Iterator[Feed]:
    made = Feed()
    yield made
    for subscription in list(made._subscriptions):
        subscription.close()
    wait_for(lambda: not made.running)


def test_a_late_follower_gets_the_whole_run_in_order(feed: Feed) -> None:
    run, listener = FakeRun().train(epochs=30, batches=50), Listener()  # several pages
    feed.attach(run, listener)
    wait_for(lambda: len(listener.events) == len(run.log))
    assert [e["seq"] for e in listener.events] == list(range(1, len(run.log) + 1))
    wait_for(lambda: listener.states[-1:] == ["finished"])
    assert listener.threads == {"spikex-feed"}


def test_news_arrive_while_the_main_thread_is_blocked(feed: Feed) -> None:
    run, listener = FakeRun(), Listener()
    run.state_is("running")
    feed.attach(run, listener)
    wait_for(lambda: listener.states)
    threading.Timer(0.1, lambda: run.batch(0, 1)).start()
    time.sleep(1.0)  # as run.wait() does in a cell
    assert [e["type"] for e in listener.events] == ["state", "batch"]


def test_looks_at_most_ten_times_a_second_and_hardly_when_idle(feed: Feed) -> None:
    live, ended, listener = FakeRun(), FakeRun().train(epochs=1), Listener()
    live.state_is("running")
    feed.attach(live, listener)
    feed.attach(ended, Listener())
    wait_for(lambda: live.reads and ended.reads)
    time.sleep(0.3)
    live.reads = ended.reads = 0
    time.sleep(1.0)
    assert live.reads <= 1.0 / LIVE_INTERVAL + 1
    assert ended.reads <= 2


def test_one_thread_for_all_and_none_when_nobody_follows(feed: Feed) -> None:
    subscriptions = [feed.attach(FakeRun().train(1), Listener()) for _ in range(5)]
    assert [t.name for t in threading.enumerate()].count("spikex-feed") == 1
    for subscription in subscriptions:
        subscription.close()
    wait_for(lambda: not feed.running)
    again = Listener()
    feed.attach(FakeRun().train(1), again)
    wait_for(lambda: again.events)


def test_an_error_reaches_its_receiver_and_the_feed_goes_on(feed: Feed) -> None:
    bad, good = FakeRun(), FakeRun()
    good.state_is("running")
    bad.error = StorageError("the database is gone")
    one, other = Listener(), Listener()
    feed.attach(bad, one)
    feed.attach(good, other)
    wait_for(lambda: one.errors and other.events)
    bad.error = None
    bad.state_is("running")
    wait_for(lambda: one.events)  # tried again by itself


def test_calls_run_in_the_feeds_thread_in_order(feed: Feed) -> None:
    seen: list[tuple[int, str]] = []
    for i in range(20):
        feed.call(lambda i=i: seen.append((i, threading.current_thread().name)))
    assert feed.settle()
    assert seen == [(i, "spikex-feed") for i in range(20)]


def test_a_call_that_fails_stops_nobody(feed: Feed, caplog: pytest.LogCaptureFixture) -> None:
    listener = Listener()
    feed.call(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    feed.attach(FakeRun().train(1), listener)
    wait_for(lambda: listener.events)
    assert "ZeroDivisionError" in caplog.text


def test_a_closed_subscription_hears_nothing(feed: Feed) -> None:
    run, listener = FakeRun(), Listener()
    run.state_is("running")
    subscription = feed.attach(run, listener)
    wait_for(lambda: listener.events)
    subscription.close()
    feed.settle()
    run.batch(0, 1)
    time.sleep(0.3)
    assert len(listener.events) == 1


def test_errors_in_words() -> None:
    assert explain(StorageError("full", hint="make room")) == "full (make room)"
    assert explain(ValueError("x")) == "ValueError: x"
