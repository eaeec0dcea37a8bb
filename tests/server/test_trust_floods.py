"""Whoever asks for too much is told so, with the time to wait, and takes nothing from the others.

Case 23 of trust.md; the rate of requests and the number of works that wait: test_guard.py.
"""

from __future__ import annotations

import asyncio
import io
from collections import Counter
from typing import Any

import numpy as np
import pytest

from spikex_lab.errors import BusyError
from spikex_lab.server import receiving
from spikex_lab.server.seats import Seats

from .server_support import BOUNDARY, configured, emptied, form, read

QUOTA = 1_000_000
PROBLEM = "application/problem+json"


@pytest.fixture
def quota(home, monkeypatch) -> int:
    """What the objects of this server's store may have in all."""
    monkeypatch.setenv("SPIKEX_MAX_STORE_BYTES", str(QUOTA))
    return QUOTA


def dataset(seed: int, count: int = 300) -> dict[str, Any]:
    """Return an upload of about 1 kB a sample, unlike those of other seeds."""
    x = np.random.default_rng(seed).random((count, 16, 16), dtype=np.float32)
    out = io.BytesIO()
    np.savez(out, x=x, y=np.arange(count) % 2)
    return form({"name": f"d{seed}"}, "a.npz", out.getvalue())


def busy(answer: Any) -> bool:
    """Whether the answer says to come again, and when."""
    if answer.code != 429:
        return False
    assert answer.headers["Content-Type"] == PROBLEM
    assert 1 <= int(answer.headers["Retry-After"]) <= 3600
    assert read(answer)["hint"]
    return True


class Open:
    """Requests over plain sockets that stay open."""

    def __init__(self, app: Any, headers: dict[str, str]) -> None:
        self._app, self._headers, self._writers = app, headers, []

    async def __call__(self, method: str, path: str, headers: dict[str, Any], start: bytes = b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self._app.port)
        self._writers.append(writer)
        lines = [
            f"{method} {self._app.base_url}spikex/api/v1/{path} HTTP/1.1",
            "Host: 127.0.0.1",
            *(f"{name}: {value}" for name, value in {**self._headers, **headers}.items()),
        ]
        writer.write("\r\n".join([*lines, "", ""]).encode() + start)
        await writer.drain()
        return reader

    async def upload(self, length: int) -> None:
        """Begin an upload that goes no further."""
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        start = form({"name": "held"}, "a.npz", b"x" * 1000)["body"][:600]
        await self("POST", "datasets", {"Content-Type": kind, "Content-Length": length}, start)

    async def stream(self, run: str) -> int:
        """Begin to follow a run; return the status."""
        reader = await self("GET", f"runs/{run}/events", {"Accept": "text/event-stream"})
        return int((await reader.readline()).split()[1])

    async def close(self, count: int | None = None) -> None:
        """Leave the first `count` of them, or all."""
        for writer in self._writers[:count]:
            writer.close()
        del self._writers[:count]


@pytest.fixture
def hold(jp_serverapp, jp_auth_header, jp_asyncio_loop):
    opened = Open(jp_serverapp, jp_auth_header)
    yield opened
    jp_asyncio_loop.run_until_complete(opened.close())


async def receiving_now(fetch, count: int) -> None:
    """Wait until so many uploads go on."""
    while True:
        items = read(await fetch("datasets", "transfers"))["items"]
        if sum(one["state"] == "receiving" for one in items) == count:
            return
        await asyncio.sleep(0.01)


# --- uploads --------------------------------------------------------------------------------------


@pytest.mark.parametrize("jp_server_config", [configured(uploads=8)])
async def test_eight_uploads_at_once_stay_within_the_quota(home, quota, fetch, store):
    sent = [fetch("datasets", method="POST", **dataset(seed)) for seed in range(8)]
    answers = await asyncio.gather(*sent)
    codes = Counter(answer.code for answer in answers)
    assert codes[201] >= 1
    assert codes[201] + codes[413] + codes[429] == 8
    assert all(busy(answer) for answer in answers if answer.code == 429)
    assert store.datasets.list().total == codes[201]
    assert store.objects.size() <= quota
    await emptied(home / "tmp")


async def test_what_the_quota_leaves_is_promised_before_the_first_byte(
    home, quota, fetch, hold, store
):
    await hold.upload(700_000)
    await receiving_now(fetch, 1)
    assert busy(await fetch("datasets", method="POST", **dataset(1)))
    answer = await fetch("datasets", method="POST", **dataset(2, count=1200))
    assert (answer.code, read(answer)["where"]) == (413, "quota")  # never, whoever else goes on
    assert store.datasets.list().total == 0
    await hold.close()
    await receiving_now(fetch, 0)
    assert (await fetch("datasets", method="POST", **dataset(1))).code == 201
    assert (await fetch("datasets", method="POST", **dataset(3, count=900))).code == 413
    assert store.objects.size() <= quota
    assert (await fetch("datasets")).code == 200  # the built-in one is there all the same


async def test_the_disk_is_promised_before_the_first_byte(fetch, hold, monkeypatch):
    usage = receiving.shutil.disk_usage("/")
    monkeypatch.setattr(receiving.shutil, "disk_usage", lambda _: usage._replace(free=2_000_000))
    await hold.upload(700_000)
    await receiving_now(fetch, 1)
    assert (await fetch("datasets", method="POST", **dataset(1))).code == 507
    await hold.close()
    await receiving_now(fetch, 0)
    assert (await fetch("datasets", method="POST", **dataset(1))).code == 201


async def test_a_download_that_does_not_fit_is_not_begun(quota, fetch, monkeypatch):
    from spikex_lab.data import known

    begun: list[str] = []
    monkeypatch.setattr(known, "fetch", lambda name, *_, **__: begun.append(name))
    await fetch("datasets", "download", method="POST", body={"name": "mnist"})
    while (told := read(await fetch("datasets", "transfers"))["items"][0])["state"] != "failed":
        await asyncio.sleep(0.01)
    assert "quota" in told["error"]
    assert begun == []


# --- runs -----------------------------------------------------------------------------------------


async def test_the_queue_has_an_end(fetch, store, run, monkeypatch):
    monkeypatch.setenv("SPIKEX_MAX_QUEUED_RUNS", "3")
    body = {"model": "tiny", "dataset": "digits"}
    answers = await asyncio.gather(*[fetch("runs", method="POST", body=body) for _ in range(8)])
    assert Counter(answer.code for answer in answers) == {201: 2, 429: 6}
    assert sum(busy(answer) for answer in answers) == 6
    assert store.runs.list().total == 3
    stop = {"action": "stop"}
    assert (await fetch("runs", run.id, "control", method="POST", body=stop)).code == 202
    assert (await fetch("runs", method="POST", body=body)).code == 201
    assert busy(await fetch("runs", method="POST", body=body))


# --- viewers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("jp_server_config", [configured(viewers_each=3)])
async def test_one_user_follows_so_many_streams(home, fetch, hold, live):
    codes = Counter(await asyncio.gather(*[hold.stream(live[0]) for _ in range(20)]))
    assert codes == {200: 3, 429: 17}
    assert busy(await fetch("runs", live[0], "events", headers={"Accept": "text/event-stream"}))
    assert (await fetch("runs", live[0])).code == 200  # everything else goes on
    await hold.close()
    for _ in range(200):  # a seat is free as soon as its viewer has left
        if await hold.stream(live[0]) == 200:
            break
        await asyncio.sleep(0.01)
    else:
        pytest.fail("nobody's seat is free")


def test_seats_are_each_users_and_everybodys():
    seats = Seats(3, 2)
    with seats.seat("a"), seats.seat("a"):
        with pytest.raises(BusyError), seats.seat("a"):
            pass
        with seats.seat("b"), pytest.raises(BusyError), seats.seat("c"):
            pass
        with pytest.raises(KeyError), seats.seat("c"):
            raise KeyError
        with seats.seat("c"):
            pass
    assert not seats._taken


# --- searches -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["(a+)+$", "%", "_", "%%%%%%%%%%", "t*ny", "[a-z]", "\\"])
async def test_a_search_is_for_its_letters(fetch, run, words):
    """No pattern of anybody's is run: not LIKE's, not a regular expression."""
    for kind in ("models", "datasets"):
        assert read(await fetch(kind, params={"search": words}))["total"] == 0
    assert (await fetch("library", params={"q": words})).code == 200
    for kind, key in (("models", "search"), ("datasets", "search"), ("library", "q")):
        assert (await fetch(kind, params={key: words * 201})).code == 422
