"""What the extension's handlers share: the store, the threads that may block on it, the streams."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from spikex_lab.errors import BusyError, WorkError
from spikex_lab.server.rates import Rates
from spikex_lab.server.seats import Seats
from spikex_lab.server.streams import Streams
from spikex_lab.server.transfers import Transfers

T = TypeVar("T")


@dataclass(frozen=True)
class Limits:
    """What one server does at a time, and for one user."""

    rates: str = "100/second;3000/minute"
    """Requests of one user."""
    threads: int = 4
    """Short works at a time: a look into the store, a write."""
    slow_threads: int = 2
    """Long works at a time: an evaluation, a check, reading an upload."""
    waiting: int = 256
    """Works of either sort that may wait."""
    uploads: int = 4
    """Uploads at a time."""
    viewers: int = 256
    """Live streams at a time."""
    viewers_each: int = 64
    """Live streams of one user."""
    downloads: bool = True
    """Whether known datasets may be fetched from the network."""


class Pool:
    """Threads for works that block; so many at a time, and so many that wait."""

    def __init__(self, threads: int, waiting: int, name: str) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._most = threads + waiting
        self._taken = 0

    async def run(self, function: Callable[..., T], *args: object) -> T:
        """Run ``function(*args)`` in a thread and return its result.

        Raises
        ------
        BusyError : too many wait already.
        """
        if self._taken >= self._most:
            raise BusyError("the server is busy", hint="try again in a moment")
        self._taken += 1
        work = asyncio.get_running_loop().run_in_executor(self._threads, function, *args)
        work.add_done_callback(self._leave)  # also where nobody waits for it any more
        return await asyncio.shield(work)

    def _leave(self, work: asyncio.Future[T]) -> None:
        self._taken -= 1
        if not work.cancelled():
            work.exception()  # looked at: whoever asked may have gone

    async def close(self) -> None:
        """Let the works end."""
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)


class Service:
    """One per server. The store opens at its first use, so a broken one never stops the server."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self.rates = Rates(self.limits.rates)
        self._quick = Pool(self.limits.threads, self.limits.waiting, "spikex")
        self._slow = Pool(self.limits.slow_threads, self.limits.waiting, "spikex-slow")
        self._tidy = ThreadPoolExecutor(1, thread_name_prefix="spikex-tidy")
        self._closing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self.seats = Seats(self.limits.viewers, self.limits.viewers_each)
        self.streams = Streams(self.work)
        self.transfers = Transfers(self.limits.uploads)

    async def work(self, function: Callable[..., T], *args: object) -> T:
        """Run the short ``function(store, *args)`` in a thread and return its result."""
        return await self._quick.run(_with_store, function, args)

    async def slow(self, function: Callable[..., T], *args: object) -> T:
        """Run the long ``function(store, *args)`` in a thread and return its result."""
        return await self._slow.run(_with_store, function, args)

    def soon(self, function: Callable[[], object]) -> None:
        """Run the short `function` in a thread; nobody waits for it."""
        asyncio.get_running_loop().run_in_executor(self._tidy, function)

    def keep_task(self, task: asyncio.Task[None]) -> None:
        """Hold `task` until it ends: the event loop alone would let it go."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def go_on(self, *_: object) -> None:
        """Raise where the server stops: long works call it as they go on.

        Raises
        ------
        WorkError : the server stops.
        """
        if self._closing:
            raise WorkError("the server stops")

    async def close(self) -> None:
        """End the streams, then the threads, then the store."""
        self._closing = True
        await self.streams.close()
        await self._quick.close()
        await self._slow.close()
        self._tidy.shutdown()
        from spikex_lab.api import context

        context.close()


def _with_store(function: Callable[..., T], args: tuple[object, ...]) -> T:
    from spikex_lab.api import context

    return function(context.store(), *args)
