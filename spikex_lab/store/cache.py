"""What was worked out once and may be forgotten: in the process, or in Redis for several servers.

A cache decides nothing. What it has lost is worked out anew; one that cannot be reached costs time,
never an answer. Keys hold the digest of all that a value follows from, so nothing in it grows old.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from cachetools import TLRUCache

from spikex_lab.errors import InvalidError, StorageError

DAY = 86_400.0
_LARGEST = 2**20
"""Bytes of one value, at most; a larger one is not kept."""
_ROOM = 32 * 2**20
"""Bytes of all values in a process."""
_PATIENCE = 0.5
"""Seconds that a server of Redis may take to answer."""
_REST = 10.0
"""Seconds for which a server that did not answer is left alone."""
_PREFIX = "spikex:"
_log = logging.getLogger(__name__)


class Cache(Protocol):
    """Values by their keys, for a while."""

    def get(self, key: str) -> bytes | None:
        """Return the value of `key`; None where it is not known (any more)."""

    def put(self, key: str, value: bytes, *, seconds: float = DAY) -> None:
        """Keep `value` for `seconds` at most; a very large one is not kept."""

    def check(self) -> str:
        """Return where the cache is, without secrets.

        Raises
        ------
        StorageError : it does not answer.
        """

    def close(self) -> None:
        """Leave it; what it holds stays."""


class MemoryCache:
    """A cache in this process: the least used goes when it is full."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: TLRUCache[str, tuple[bytes, float]] = TLRUCache(
            maxsize=_ROOM,
            ttu=lambda _key, value, now: now + value[1],
            timer=time.monotonic,
            getsizeof=lambda value: len(value[0]),
        )

    def get(self, key: str) -> bytes | None:
        """Return the value of `key`."""
        with self._lock:
            found = self._values.get(key)
        return None if found is None else found[0]

    def put(self, key: str, value: bytes, *, seconds: float = DAY) -> None:
        """Keep `value`."""
        if len(value) <= _LARGEST:
            with self._lock:
                self._values[key] = (value, seconds)

    def check(self) -> str:
        """Return where it is."""
        return "in the process"

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            self._values.clear()


class RedisCache:
    """A cache in a Redis server, shared by all who have its URL; connects at its first use."""

    def __init__(self, url: str) -> None:
        try:
            import redis
        except ImportError as error:
            raise InvalidError(
                "the client of Redis is not installed",
                where="SPIKEX_CACHE_URL",
                hint="pip install 'spikex-lab[redis]'",
            ) from error
        self._failures = (redis.RedisError, OSError)
        self._client: Any = redis.Redis.from_url(
            url, socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE, retry=None
        )
        parts = urlsplit(url)
        self._shown = f"redis://{parts.hostname}:{parts.port or 6379}{parts.path}"
        self._silent_until = 0.0

    def get(self, key: str) -> bytes | None:
        """Return the value of `key`."""
        return cast("bytes | None", self._ask(lambda: self._client.get(_PREFIX + key)))

    def put(self, key: str, value: bytes, *, seconds: float = DAY) -> None:
        """Keep `value`."""
        if len(value) <= _LARGEST:
            age = max(1, round(seconds * 1000))
            self._ask(lambda: self._client.set(_PREFIX + key, value, px=age))

    def check(self) -> str:
        """Return where it is."""
        try:
            self._client.ping()
        except self._failures as error:
            raise StorageError(
                f"{self._shown} does not answer ({type(error).__name__})",
                where="SPIKEX_CACHE_URL",
                hint="is Redis started, and are user and password right? Without it all goes on, "
                "more slowly",
            ) from None  # its text may hold the password
        return self._shown

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _ask(self, question: Callable[[], Any]) -> Any:
        if time.monotonic() < self._silent_until:
            return None
        try:
            return question()
        except self._failures as error:
            self._silent_until = time.monotonic() + _REST
            _log.warning("the cache %s does not answer: %s", self._shown, type(error).__name__)
            return None


def open_cache(url: str | None) -> Cache:
    """Return the cache at `url`; without one, a cache in the process.

    Parameters
    ----------
    url : ``redis://user:password@host:6379/0``, or ``rediss://`` for TLS.

    Raises
    ------
    InvalidError : it is no such URL, or Redis' client is not installed.

    Examples
    --------
    >>> open_cache(None).check()
    'in the process'
    """
    if url is None:
        return MemoryCache()
    check_url(url)
    return RedisCache(url)


def check_url(url: str) -> None:
    """Refuse what is no URL of a Redis server.

    Raises
    ------
    InvalidError : it is none; does not show it.
    """
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("redis", "rediss") and parts.hostname and (parts.port or 1)
        sound = sound and (parts.path.strip("/") or "0").isdecimal()
    except ValueError:  # whose text may hold a part of the URL
        sound = False
    if not sound:
        raise InvalidError(
            "this is no URL of a Redis server",
            where="SPIKEX_CACHE_URL",
            hint="redis://user:password@host:6379/0, or rediss://… for TLS",
        )


def remembered(cache: Cache, key: str, make: Callable[[], Any]) -> Any:
    """Return the plain data that `make` gives, from the cache where it is known.

    Parameters
    ----------
    key : names all that the data follow from, by digests.

    Examples
    --------
    >>> cache = MemoryCache()
    >>> [remembered(cache, "answer", lambda: [6 * 7]) for _ in range(2)]
    [[42], [42]]
    """
    known = cache.get(key)
    if known is not None:
        try:
            return json.loads(known)
        except ValueError:
            _log.warning("the cache holds no JSON under %s; it is made anew", key[:100])
    made = make()
    cache.put(key, json.dumps(made, separators=(",", ":")).encode())
    return made
