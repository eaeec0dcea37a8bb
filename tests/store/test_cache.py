"""The cache: in the process and in a real Redis; what it loses is made anew."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from servers import SECRET, RedisServer

from spikex_lab.errors import InvalidError, StorageError
from spikex_lab.settings import Settings
from spikex_lab.store import Store, cache
from spikex_lab.store.cache import Cache, MemoryCache, open_cache, remembered


@pytest.fixture(params=["process", "redis"])
def kept(request: pytest.FixtureRequest) -> Iterator[Cache]:
    if request.param == "process":
        yield open_cache(None)
        return
    server = request.getfixturevalue("redis_server")
    server.client.flushall()
    opened = open_cache(server.url())
    yield opened
    opened.close()


@pytest.fixture
def own_redis(redis_server: RedisServer) -> Iterator[RedisServer]:
    """A server of one test, which may stop it."""
    server = RedisServer(redis_server.program)
    yield server
    server.close()


def test_what_is_put_is_there_until_its_time(kept: Cache) -> None:
    assert kept.get("a") is None
    kept.put("a", b"\x00one")
    kept.put("b", b"two", seconds=0.05)
    assert kept.get("a") == b"\x00one"
    while kept.get("b") is not None:  # ends in 50 ms, or the test's own time does
        pass
    assert kept.get("a") == b"\x00one"


def test_a_very_large_value_is_not_kept(kept: Cache) -> None:
    kept.put("large", bytes(2**20 + 1))
    assert kept.get("large") is None


def test_the_process_keeps_what_was_used_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_ROOM", 100)
    kept = MemoryCache()
    for name in "abc":
        kept.put(name, bytes(40))
        kept.get("a")
    assert [kept.get(name) is not None for name in "abc"] == [True, False, True]


def test_data_are_made_once(kept: Cache) -> None:
    made: list[int] = []

    def make() -> dict[str, float]:
        made.append(1)
        return {"λ": 0.1}

    assert [remembered(kept, "x", make) for _ in range(3)] == [{"λ": 0.1}] * 3
    assert len(made) == 1


def test_what_is_no_json_is_made_anew(kept: Cache) -> None:
    kept.put("x", b"\x80\x04.")
    assert remembered(kept, "x", lambda: [1]) == [1]
    assert json.loads(kept.get("x") or b"") == [1]


def test_a_server_that_goes_costs_no_answer(
    own_redis: RedisServer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = open_cache(own_redis.url())
    kept.put("x", b"1")
    own_redis.stop()
    with caplog.at_level(logging.WARNING):
        assert [remembered(kept, "x", lambda: 2) for _ in range(3)] == [2, 2, 2]
    assert len(caplog.records) == 1, "it is left alone for a while"
    assert SECRET not in caplog.text
    with pytest.raises(StorageError, match="does not answer") as caught:
        kept.check()
    assert SECRET not in str(caught.value)
    monkeypatch.setattr(cache, "_REST", 0.0)
    kept = open_cache(own_redis.url())
    kept.get("x")
    own_redis.start()
    assert remembered(kept, "x", lambda: 3) == 3
    assert kept.get("x") == b"3"
    kept.close()


@pytest.mark.parametrize(
    "url",
    [
        f"redis//:{SECRET}@h", f"memcached://:{SECRET}@h", f"redis://:{SECRET}@h:port/0",
        f"redis://:{SECRET}@h/zero", "redis://", f"redis://:{SECRET}@[h/0",
    ],
)  # fmt: skip
def test_what_is_no_url_is_refused_without_being_shown(home: Path, url: str) -> None:
    with pytest.raises(InvalidError, match="no URL of a Redis server") as caught:
        Store.open(Settings(home=home, cache_url=url))
    assert SECRET not in str(caught.value)


def test_doctor_says_where_it_is_and_hides_the_password(store: Store, backend: str) -> None:
    [found] = [check for check in store.doctor() if check.name == "cache"]
    assert found.ok
    assert SECRET not in found.detail
    assert found.detail.startswith("redis://127.0.0.1:" if backend == "servers" else "in the proc")


def test_doctor_tells_of_one_that_does_not_answer(home: Path, redis_server: RedisServer) -> None:
    with Store.open(Settings(home=home, cache_url=redis_server.url("wrong"))) as store:
        [found] = [check for check in store.doctor() if check.name == "cache"]
    assert not found.ok
    assert "wrong" not in found.detail + found.hint
