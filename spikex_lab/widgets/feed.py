"""One background thread per kernel reads the runs' logs and feeds every panel.

It owns all writes to the panels' widgets: a cell that blocks the kernel does not stop it, and no
two threads ever write to one widget. It lives only while a panel is attached.
"""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from spikex_lab.errors import SpikexError
from spikex_lab.spec.run import LIVE

T = TypeVar("T")
LIVE_INTERVAL = 0.1
"""Seconds between two looks while a run is live: at most ten a second."""
QUEUED_INTERVAL = 0.5
IDLE_INTERVAL = 1.0
"""… while nothing happens: somebody else may resume the run."""
STATE_INTERVAL = 1.0
"""Seconds between two questions for the state, which also find a dead coordinator."""
PAGE = 500
_TURN_PAGES = 40  # pages read in one turn, so that a long log does not starve the other panels


class Source(Protocol):
    """What the feed needs of a run: `spikex_lab.api.Run` has it."""

    @property
    def id(self) -> str:
        """The run's id."""

    @property
    def state(self) -> str:
        """The run's state, reconciled."""

    def events(self, after: int = 0, limit: int = PAGE, /) -> Sequence[dict[str, Any]]:
        """Return the events later than `after`, in order."""


class Receiver(Protocol):
    """What a panel gives the feed. All of it is called in the feed's thread."""

    def receive(self, events: Sequence[dict[str, Any]], state: str | None, /) -> None:
        """Take new events; `state` is the store's word on it where it was just asked."""

    def fail(self, error: Exception) -> None:
        """Show that reading or drawing failed; the feed tries again later."""


@dataclass(eq=False)
class Subscription:
    """One panel following one run; `close` ends it."""

    source: Source
    receiver: Receiver
    feed: Feed
    after: int = 0
    state: str = "queued"
    due: float = 0.0
    asked: float = float("-inf")
    failures: int = 0
    closed: bool = False
    key: int = field(default_factory=itertools.count().__next__)

    def close(self) -> None:
        """Stop following; returns at once and may be called twice."""
        self.feed.detach(self)


class Feed:
    """The thread and its subscriptions. Use `feed()` to get the kernel's one."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._change = threading.Condition()
        self._subscriptions: list[Subscription] = []
        self._calls: deque[Callable[[], None]] = deque()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        """Whether the thread is there."""
        return self._thread is not None and self._thread.is_alive()

    def attach(self, source: Source, receiver: Receiver) -> Subscription:
        """Follow `source` from its first event on and tell `receiver` everything."""
        subscription = Subscription(source, receiver, self)
        with self._change:
            self._subscriptions.append(subscription)
            self._start()
        return subscription

    def detach(self, subscription: Subscription) -> None:
        """Stop telling; the thread ends with the last subscription."""
        with self._change:
            subscription.closed = True
            if subscription in self._subscriptions:
                self._subscriptions.remove(subscription)
            self._change.notify_all()

    def call(self, function: Callable[[], None]) -> None:
        """Run `function` soon in the feed's thread; it should not take long."""
        with self._change:
            self._calls.append(function)
            self._start()

    def ask(self, function: Callable[[], T], timeout: float = 30.0) -> T:
        """Run `function` in the feed's thread; return its result or raise its error.

        Raises
        ------
        TimeoutError : it took longer than `timeout` seconds.
        """
        if threading.current_thread() is self._thread:
            return function()
        answer: Future[T] = Future()

        def run() -> None:
            try:
                answer.set_result(function())
            except Exception as error:  # noqa: BLE001 (raised again where it was asked)
                answer.set_exception(error)

        self.call(run)
        return answer.result(timeout)

    def look(self) -> None:
        """Look at every run now instead of at its next turn."""
        with self._change:
            for subscription in self._subscriptions:
                subscription.due = subscription.asked = float("-inf")
            self._change.notify_all()

    def settle(self, timeout: float = 5.0) -> bool:
        """Wait until everything called before is done; False after `timeout` seconds."""
        if threading.current_thread() is self._thread:
            return True
        done = threading.Event()
        self.call(done.set)
        return done.wait(timeout)

    def _start(self) -> None:
        """Start the thread if there is none. The caller holds the lock."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="spikex-feed", daemon=True)
            self._thread.start()
        self._change.notify_all()

    def _run(self) -> None:
        while True:
            with self._change:
                if not self._calls and not self._subscriptions:
                    self._thread = None
                    return
                now = self._clock()
                calls, self._calls = self._calls, deque()
                ready = [s for s in self._subscriptions if s.due <= now]
                if not calls and not ready:
                    self._change.wait(min(s.due for s in self._subscriptions) - now)
                    continue
            for call in calls:
                self._guarded(call)
            for subscription in ready:
                self._turn(subscription)

    def _guarded(self, call: Callable[[], None]) -> None:
        try:
            call()
        except Exception:
            # One panel's mistake must not silence the others; their callers show their own errors.
            logging.getLogger(__name__).exception("a call in the feed's thread failed")

    def _turn(self, s: Subscription) -> None:
        """Read what is new of one run and hand it on."""
        try:
            behind = self._read(s)
        except Exception as error:  # noqa: BLE001 (shown in the panel; the thread serves all panels)
            s.failures += 1
            if not s.closed:
                self._guarded(partial(s.receiver.fail, error))
            s.due = self._clock() + min(0.5 * 2**s.failures, 30.0)
            return
        s.failures = 0
        live = LIVE_INTERVAL if s.state in LIVE else QUEUED_INTERVAL
        interval = live if s.state in LIVE or s.state == "queued" else IDLE_INTERVAL
        s.due = self._clock() + (0.0 if behind else interval)

    def _read(self, s: Subscription) -> bool:
        """Return whether there is more to read at once."""
        state = None
        if self._clock() - s.asked >= STATE_INTERVAL:
            state = str(s.source.state)
            s.asked = self._clock()
        events: list[dict[str, Any]] = []
        behind = True
        for _ in range(_TURN_PAGES):
            page = s.source.events(s.after, PAGE)
            events.extend(page)
            if page:
                s.after = int(page[-1]["seq"])
            if len(page) < PAGE:
                behind = False
                break
        told = [e["state"] for e in events if e["type"] == "state" and e.get("state")]
        s.state = told[-1] if told else state or s.state
        if (events or state is not None) and not s.closed:
            # The state was asked before the events were read, so what they tell is newer.
            s.receiver.receive(events, None if behind else s.state)
        return behind


_kernel_feed = Feed()


def feed() -> Feed:
    """Return this kernel's feed."""
    return _kernel_feed


def explain(error: Exception) -> str:
    """Return one sentence for the panel: our own errors as they are, others with their type."""
    return str(error) if isinstance(error, SpikexError) else f"{type(error).__name__}: {error}"
