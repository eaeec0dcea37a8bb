"""Live logs: no gap, nothing twice, whoever is slow, late, or comes back."""

from __future__ import annotations

import asyncio
import json
from contextlib import aclosing

import pytest

from spikex_lab.server import streams
from spikex_lab.server.handlers.events import _format
from spikex_lab.server.service import Service
from spikex_lab.server.streams import Beat, End, Streams

STREAM = {"Accept": "text/event-stream"}


def batch(n: int) -> list[dict]:
    return [{"type": "batch", "epoch": 1, "batch": i, "loss": 0.5} for i in range(n)]


@pytest.fixture
def service(home, jp_asyncio_loop):
    opened = Service()
    yield opened
    jp_asyncio_loop.run_until_complete(opened.close())


async def collect(service: Service, run: str, after: int = 0, pause: float = 0.0) -> list[int]:
    seqs: list[int] = []
    async with aclosing(service.streams.follow(run, after)) as items:
        async for item in items:
            if isinstance(item, End):
                seqs.append(-1)
            elif not isinstance(item, Beat):
                seqs.extend(event["seq"] for event in item)
                await asyncio.sleep(pause)
    return seqs


async def write(service: Service, live: tuple[str, int], rounds: int, each: int) -> int:
    run, lease = live
    for _ in range(rounds):
        await service.work(lambda store: store.runs.append(run, lease, batch(each)))
        await asyncio.sleep(0.01)
    return await service.work(lambda store: store.runs.append(run, lease, [], state="finished"))


async def test_fifty_viewers_share_one_reader_and_miss_nothing(service, live, monkeypatch):
    reads = 0
    plain = streams._read

    def counted(*args):
        nonlocal reads
        reads += 1
        return plain(*args)

    monkeypatch.setattr(streams, "_read", counted)
    viewers = [asyncio.create_task(collect(service, live[0])) for _ in range(50)]
    await asyncio.sleep(0.3)
    assert (service.streams.viewers, service.streams.tailers) == (50, 1)
    last = await write(service, live, rounds=40, each=5)
    for seqs in await asyncio.wait_for(asyncio.gather(*viewers), 20):
        assert seqs == [*range(1, last + 1), -1]
    assert (service.streams.viewers, service.streams.tailers) == (0, 0)
    # 50 first looks, 50 last ones, and the tailer's own: not 50 times the tailer's
    assert reads < 300


async def test_late_viewers_and_those_who_come_back(service, live):
    run, _ = live
    first = asyncio.create_task(collect(service, run))
    writing = asyncio.create_task(write(service, live, rounds=30, each=5))
    await asyncio.sleep(0.2)
    late = asyncio.create_task(collect(service, run))
    back = asyncio.create_task(collect(service, run, after=60))
    last = await writing
    assert await first == await late == [*range(1, last + 1), -1]
    assert await back == [*range(61, last + 1), -1]


async def test_a_slow_viewer_is_sent_back_to_the_store(service, live, monkeypatch):
    monkeypatch.setattr(streams, "INBOX", 2)
    monkeypatch.setattr(streams, "BUSY", 0.005)
    slow = asyncio.create_task(collect(service, live[0], pause=0.15))
    await asyncio.sleep(0.1)
    last = await write(service, live, rounds=60, each=3)
    assert await asyncio.wait_for(slow, 20) == [*range(1, last + 1), -1]


async def test_what_waits_for_a_viewer_is_bounded():
    viewer = streams._Viewer()
    for seq in range(10 * streams.INBOX):
        viewer.offer([{"seq": seq}])
        assert len(viewer._inbox) <= streams.INBOX
    assert viewer._inbox[-1] == [{"seq": 10 * streams.INBOX - 1}]


async def test_a_run_that_has_ended_is_told_whole_and_closed(service, live, monkeypatch):
    monkeypatch.setattr(streams, "PAGE", 7)
    last = await write(service, live, rounds=10, each=5)
    assert await asyncio.wait_for(collect(service, live[0]), 5) == [*range(1, last + 1), -1]


async def test_nobody_behind_the_run_ends_the_stream(service, run, store, monkeypatch):
    from spikex_lab.compute import liveness

    gone = {**liveness.describe(), "role": "coordinator", "pid": 2**22 + 1, "start": 0}
    assert store.runs.claim(run.id, gone) is not None
    seqs = await asyncio.wait_for(collect(service, run.id), 10)
    assert seqs[-1] == -1
    assert store.runs.get(run.id).state == "interrupted"
    assert store.runs.get(run.id).last_seq == seqs[-2]


async def test_viewers_are_told_that_reading_failed(service, live, monkeypatch):
    viewer = asyncio.create_task(collect(service, live[0]))
    await asyncio.sleep(0.2)

    def broken(*_: object) -> None:
        raise OSError("the disk is gone")

    monkeypatch.setattr(streams, "_read", broken)
    with pytest.raises(OSError, match="the disk is gone"):
        await asyncio.wait_for(viewer, 5)
    assert service.streams.tailers == 0


async def test_silence_is_broken_by_a_heartbeat(service, live):
    async with aclosing(service.streams.follow(live[0], 0, patience=0.1)) as items:
        async for item in items:
            if isinstance(item, Beat):
                assert _format(item).startswith(":")
                break


async def test_no_transaction_stays_open_between_reads(service, live, store):
    """An open reader would keep the write-ahead log from being reset: it would only grow."""
    viewer = asyncio.create_task(collect(service, live[0]))
    await asyncio.sleep(0.3)
    with store.database.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        for _ in range(20):
            store.runs.append(*live, batch(20))
            busy, _frames, _moved = connection.exec_driver_sql(
                "PRAGMA wal_checkpoint(TRUNCATE)"
            ).one()
            assert busy == 0
    await write(service, live, rounds=1, each=1)
    await viewer


# --- over HTTP --------------------------------------------------------------------------------


async def test_http_stream_from_a_live_log(fetch, live, store):
    run, lease = live
    chunks: list[bytes] = []
    stream = asyncio.create_task(
        fetch("runs", run, "events", headers=STREAM, streaming_callback=chunks.append)
    )
    while not chunks:
        await asyncio.sleep(0.02)
    for _ in range(10):
        store.runs.append(run, lease, batch(3))
        await asyncio.sleep(0.02)
    last = store.runs.append(run, lease, [], state="finished")
    answer = await asyncio.wait_for(stream, 10)
    assert answer.code == 200
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.headers["Cache-Control"] == "no-store"
    messages = parse(b"".join(chunks).decode())
    assert [int(m["id"]) for m in messages[:-1]] == [*range(1, last + 1)]
    assert [json.loads(m["data"])["seq"] for m in messages[:-1]] == [*range(1, last + 1)]
    assert messages[-1] == {"event": "end", "data": '{"state": "finished"}'}


async def test_http_last_event_id(fetch, live, store):
    run, lease = live
    last = store.runs.append(run, lease, batch(10), state="finished")
    answer = await fetch("runs", run, "events", headers={**STREAM, "Last-Event-ID": "5"})
    messages = parse(answer.body.decode())
    assert [int(m["id"]) for m in messages[:-1]] == [*range(6, last + 1)]
    done = await fetch("runs", run, "events", headers={**STREAM, "Last-Event-ID": str(last)})
    assert (done.code, done.body) == (204, b"")
    bad = await fetch("runs", run, "events", headers={**STREAM, "Last-Event-ID": "²"})
    assert bad.code == 422


async def test_http_pages(fetch, live, store):
    run, lease = live
    last = store.runs.append(run, lease, batch(20))
    told = json.loads((await fetch("runs", run, "events", params={"after": 4, "limit": 6})).body)
    assert [event["seq"] for event in told["items"]] == [5, 6, 7, 8, 9, 10]
    assert told["last_seq"] == last
    assert told["items"][0]["run"] == run


async def test_http_a_viewer_who_leaves_frees_its_place(
    jp_serverapp, http_server_client, jp_auth_header, jp_base_url, live, caplog
):
    shared = jp_serverapp.web_app.settings["spikex_service"].streams
    path = f"{jp_base_url}spikex/api/v1/runs/{live[0]}/events"
    with pytest.raises(Exception, match=r"(?i)time"):
        await http_server_client.fetch(
            path, headers={**STREAM, **jp_auth_header}, request_timeout=0.5
        )
    for _ in range(50):
        if not shared.viewers and not shared.tailers:
            break
        await asyncio.sleep(0.05)
    assert (shared.viewers, shared.tailers) == (0, 0)
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def parse(text: str) -> list[dict[str, str]]:
    found = []
    for block in text.split("\n\n"):
        fields = [line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")]
        if fields:
            found.append(dict(fields))
    return found


def test_streams_need_no_loop_to_be_made():
    assert Streams(lambda *_: None).viewers == 0  # type: ignore[arg-type, return-value]
