"""Work done by threads before it is asked for: bounded, in order, gone once it is closed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

PER_THREAD = 2
"""Results that may wait for each thread: one being taken, one in reserve."""


def ahead(work: Callable[[K], V], keys: Iterable[K], threads: int) -> Generator[V, None, None]:
    """Yield ``work(key)`` for each key in order, worked out ahead by that many threads.

    With 0 threads each is worked out when it is asked for. What `work` raises comes out here, in
    its turn. Close the generator (``contextlib.closing``) where a loop over it may be left early:
    no thread is left then, and no work is begun any more; at most one per thread is waited for.
    """
    if threads == 0:
        yield from map(work, keys)
        return
    waiting: deque[Future[V]] = deque()
    with _Pool(threads) as pool:
        for key in keys:
            waiting.append(pool.submit(work, key))
            if len(waiting) > PER_THREAD * threads:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


class _Pool(ThreadPoolExecutor):
    """Threads that do not finish what nobody asks for any more."""

    def __init__(self, threads: int) -> None:
        super().__init__(threads, thread_name_prefix="spikex-data")

    def __exit__(self, *_: object) -> None:
        self.shutdown(wait=True, cancel_futures=True)
