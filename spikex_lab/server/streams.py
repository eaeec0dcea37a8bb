"""Live event logs: one tailer per run reads the store, any number of viewers listen to it.

A viewer that falls behind loses its waiting batches, sees the gap in the sequence numbers, and
reads what it missed from the store; so memory is bounded and no event is skipped or repeated.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from spikex_lab.server import logs
from spikex_lab.spec.run import ENDED

if TYPE_CHECKING:
    from spikex_lab.store import Store

Work = Callable[..., Awaitable[Any]]
Event = dict[str, Any]

PAGE = 500
"""Events of one read."""
INBOX = 32
"""Batches that wait for a slow viewer before it is sent back to the store."""
BUSY, IDLE = 0.05, 0.25
"""Seconds between two reads: while the run works, and while it waits."""
RECONCILE = 1.0
"""Seconds between two looks whether anybody is behind the run."""
_log = logs.guarded(logging.getLogger("spikex_lab.server"))


class Batch(list[Event]):
    """Events in their order."""

    @cached_property
    def text(self) -> str:
        """The batch as server-sent events: written once, however many listen."""
        return "".join(
            f"id: {one['seq']}\ndata: {json.dumps(one, allow_nan=False)}\n\n" for one in self
        )


@dataclass(frozen=True)
class Beat:
    """Nothing happened for a while; the connection is alive."""


@dataclass(frozen=True)
class End:
    """The run has ended in `state`; no event follows until somebody resumes it."""

    state: str


class _Viewer:
    """One listener's bounded inbox."""

    def __init__(self) -> None:
        self._inbox: deque[Batch | End | BaseException] = deque()
        self._filled = asyncio.Event()

    def offer(self, item: Batch | End | BaseException) -> None:
        if len(self._inbox) >= INBOX:
            self._inbox.clear()  # the gap tells `follow` to read the store
        self._inbox.append(item)
        self._filled.set()

    async def take(self, patience: float) -> Batch | End | Beat:
        if not self._inbox:
            self._filled.clear()
            try:
                await asyncio.wait_for(self._filled.wait(), patience)
            except TimeoutError:
                return Beat()
        item = self._inbox.popleft()
        if isinstance(item, BaseException):
            raise item
        return item


class _Tailer:
    """Reads one run's log while it has viewers and the run has not ended."""

    def __init__(self, run: str, position: int, work: Work) -> None:
        self.run = run
        self.viewers: set[_Viewer] = set()
        self._position = position
        self._work = work
        self.task: asyncio.Task[None] | None = None

    async def tail(self) -> None:
        checked, busy = 0.0, True
        while True:
            look = time.monotonic() - checked >= RECONCILE
            events, state = await self._work(_read, self.run, self._position, look)
            if look:
                checked = time.monotonic()
            if events:
                self._position = events[-1]["seq"]
                self._tell(events)
                checked = 0.0 if any(e["type"] == "state" for e in events) else checked
            if state is not None:
                busy = state not in ("queued", "paused")
                if state in ENDED and not events:
                    self._tell(End(state))
                    return
            if len(events) < PAGE:
                await asyncio.sleep(BUSY if busy else IDLE)

    def _tell(self, item: Batch | End | BaseException) -> None:
        for viewer in self.viewers:
            viewer.offer(item)

    def fail(self, error: BaseException) -> None:
        self._tell(error)


class Streams:
    """The tailers of this server.

    Parameters
    ----------
    work : runs ``function(store, *args)`` off the event loop.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._tailers: dict[str, _Tailer] = {}

    @property
    def viewers(self) -> int:
        """How many listen now."""
        return sum(len(tailer.viewers) for tailer in self._tailers.values())

    @property
    def tailers(self) -> int:
        """How many runs are read now."""
        return len(self._tailers)

    async def follow(
        self, run: str, after: int, *, patience: float = 15.0
    ) -> AsyncGenerator[Batch | Beat | End, None]:
        """Yield the events of `run` beyond `after` in order, each once, then `End`.

        A `Beat` comes whenever nothing has happened for `patience` seconds.
        """
        row = await self._work(_row, run)
        viewer = _Viewer()
        tailer = self._tailer(run, row.last_seq)
        tailer.viewers.add(viewer)
        seen = after
        try:
            caught_up = False
            while True:
                while not caught_up:
                    page, _ = await self._work(_read, run, seen, False)
                    caught_up = len(page) < PAGE
                    if page:
                        seen = page[-1]["seq"]
                        yield page
                item = await viewer.take(patience)
                if isinstance(item, Batch):
                    fresh = item  # as it is, where it can be: its text is made already
                    if item[0]["seq"] <= seen:
                        fresh = Batch(event for event in item if event["seq"] > seen)
                    if fresh and fresh[0]["seq"] > seen + 1:
                        caught_up = False
                    elif fresh:
                        seen = fresh[-1]["seq"]
                        yield fresh
                    continue
                if isinstance(item, End):
                    async for page in self._rest(run, seen):
                        yield page
                    yield item
                    return
                yield item
        finally:
            self._leave(tailer, viewer)

    async def _rest(self, run: str, seen: int) -> AsyncGenerator[Batch, None]:
        while True:
            page, _ = await self._work(_read, run, seen, False)
            if page:
                seen = page[-1]["seq"]
                yield page
            if len(page) < PAGE:
                return

    def _tailer(self, run: str, position: int) -> _Tailer:
        tailer = self._tailers.get(run)
        if tailer is None:
            tailer = self._tailers[run] = _Tailer(run, position, self._work)
            tailer.task = asyncio.create_task(self._tend(tailer), name=f"spikex-tail-{run}")
        return tailer

    async def _tend(self, tailer: _Tailer) -> None:
        try:
            await tailer.tail()
        except Exception as error:  # noqa: BLE001 (told to every viewer, and to the log)
            _log.exception("cannot follow run %s", tailer.run)
            tailer.fail(error)
        finally:
            self._forget(tailer)

    def _leave(self, tailer: _Tailer, viewer: _Viewer) -> None:
        tailer.viewers.discard(viewer)
        if not tailer.viewers and tailer.task is not None:
            tailer.task.cancel()
            self._forget(tailer)  # at once: nobody may join one that ends

    def _forget(self, tailer: _Tailer) -> None:
        if self._tailers.get(tailer.run) is tailer:
            del self._tailers[tailer.run]

    async def close(self) -> None:
        """End all tailers; their viewers are told."""
        tailers = list(self._tailers.values())
        for tailer in tailers:
            tailer.fail(ConnectionError("the server stops"))
            if tailer.task is not None:
                tailer.task.cancel()
        tasks = [tailer.task for tailer in tailers if tailer.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)


def _row(store: Store, run: str) -> Any:
    return store.runs.get(run)


def _read(store: Store, run: str, after: int, look: bool) -> tuple[Batch, str | None]:
    """Return the next events, and with `look` the state the run is in (found dead: interrupted)."""
    state = None
    if look:
        # The state first: an event written after it is read by the next round.
        from spikex_lab.compute import reconcile

        row = store.runs.get(run)
        if reconcile(store, row):
            row = store.runs.get(run)
        state = row.state
    return Batch(store.runs.events(run, after=after, limit=PAGE)), state
