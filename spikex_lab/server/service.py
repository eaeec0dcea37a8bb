"""What the extension's handlers share: the store, the threads that may block on it, the streams."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from spikex_lab.server.streams import Streams
from spikex_lab.settings import Settings

if TYPE_CHECKING:
    from spikex_lab.store import Store

T = TypeVar("T")
_THREADS = 4


class Service:
    """One per server. The store opens at its first use, so a broken one never stops the server."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="spikex")
        self._store: Store | None = None
        self._opening = threading.Lock()
        self.streams = Streams(self.work)

    async def work(self, function: Callable[..., T], *args: object) -> T:
        """Run ``function(store, *args)`` in a thread and return its result."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._call, function, args)

    def _call(self, function: Callable[..., T], args: tuple[object, ...]) -> T:
        return function(self._open(), *args)

    def _open(self) -> Store:
        with self._opening:
            if self._store is None:
                from spikex_lab.store import Store

                self._store = Store.open(self._settings or Settings())
            return self._store

    async def close(self) -> None:
        """End the streams, then the threads, then the store."""
        await self.streams.close()
        await asyncio.get_running_loop().run_in_executor(None, self._threads.shutdown)
        if self._store is not None:
            self._store.close()
