"""How far behind a run's log its readers are, under load; run: ``python benchmarks/event_log.py``.

4 coordinators write 100 events/s each through their real sink; one process serves 50 viewers (one
tailer per run, 20 Hz, as the server does); 5 kernels poll all runs at 10 Hz. Lag counts from the
moment an event is made to the moment a reader has it, so it includes the wait for the commit.
Exit status 1 when lag p95 is over 200 ms, an event is missing or doubled, a lock error is seen, or
the write-ahead log or a reader's memory grows without bound.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from spikex_lab.compute import liveness
from spikex_lab.compute.sink import StoreSink
from spikex_lab.settings import Settings
from spikex_lab.store import Store

RUNS, RATE, VIEWERS, KERNELS = 4, 100, 50, 5
TAIL_SECONDS, POLL_SECONDS = 0.05, 0.1
LAG_LIMIT = 0.200
WAL_LIMIT = 64 * 1024**2
GROWTH_LIMIT = 32 * 1024**2


class Reader:
    """Checks that a log arrives whole and in order, and notes how late."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}
        self.lags: list[float] = []
        self.gaps = 0

    def take(self, run: str, event: dict[str, Any]) -> None:
        """Note one event."""
        if event["type"] == "batch":
            self.lags.append(time.time() - event["made"])
        self.gaps += event["seq"] != self.last.get(run, 0) + 1
        self.last[run] = event["seq"]


def write(store: Store, run: str, lease: int, start: float, seconds: float) -> dict[str, Any]:
    """Be a coordinator: RATE events a second through the real sink."""
    errors: list[str] = []
    sink = StoreSink(store, run, lease, on_lost=lambda: errors.append("lease lost"))
    time.sleep(max(0.0, start - time.time()))
    total = int(RATE * seconds)
    slowest = 0.0
    for number in range(total):
        time.sleep(max(0.0, start + number / RATE - time.time()))
        sink.at(number // 100, number % 100)
        before = time.perf_counter()
        sink.emit("batch", loss=0.5, accuracy=0.5, lr=1e-3, spikes={"lif1": 0.1}, made=time.time())
        slowest = max(slowest, time.perf_counter() - before)
    last = sink.flush()
    sink.close()
    return {"errors": errors, "events": total, "last_seq": last, "slowest_emit": slowest}


def kernel(store: Store, runs: list[str], until: float) -> dict[str, Any]:
    """Be a notebook: poll every run ten times a second."""
    reader, errors = Reader(), []
    before = psutil.Process().memory_info().rss
    while time.time() < until:
        for run in runs:
            try:
                for event in store.runs.events(run, after=reader.last.get(run, 0), limit=500):
                    reader.take(run, event)
            except Exception as error:  # noqa: BLE001 - counted, and fails the benchmark
                errors.append(f"{type(error).__name__}: {error}")
        time.sleep(POLL_SECONDS)
    return _told(reader, errors, before)


def serve(store: Store, runs: list[str], until: float) -> dict[str, Any]:
    """Be the server: one tailer per run feeds the queues of its viewers."""
    errors: list[str] = []
    viewers = [(runs[i % len(runs)], Reader(), asyncio.Queue()) for i in range(VIEWERS)]

    async def tail(run: str) -> None:
        after = 0
        queues = [queue for of, _, queue in viewers if of == run]
        while time.time() < until:
            try:
                events = await asyncio.to_thread(store.runs.events, run, after=after, limit=500)
            except Exception as error:  # noqa: BLE001 - counted, and fails the benchmark
                errors.append(f"{type(error).__name__}: {error}")
                events = []
            for event in events:
                after = event["seq"]
                for queue in queues:
                    queue.put_nowait(event)
            await asyncio.sleep(TAIL_SECONDS)
        for queue in queues:
            queue.put_nowait(None)

    async def view(run: str, reader: Reader, queue: asyncio.Queue[Any]) -> None:
        while (event := await queue.get()) is not None:
            reader.take(run, event)

    async def both() -> None:
        await asyncio.gather(*map(tail, runs), *(view(*viewer) for viewer in viewers))

    before = psutil.Process().memory_info().rss
    asyncio.run(both())
    whole = Reader()
    whole.lags = [lag for _, reader, _ in viewers for lag in reader.lags]
    whole.gaps = sum(reader.gaps for _, reader, _ in viewers)
    for run, reader, _ in viewers:  # the viewer that has least
        whole.last[run] = min(whole.last.get(run, reader.last[run]), reader.last[run])
    return _told(whole, errors, before)


def _told(reader: Reader, errors: list[str], before: int) -> dict[str, Any]:
    rss = psutil.Process().memory_info().rss
    lags = [round(lag, 4) for lag in reader.lags]
    body = {"lags": lags, "gaps": reader.gaps, "last": reader.last, "errors": errors}
    return {**body, "memory": rss, "growth": rss - before}


def percentiles(lags: list[float]) -> dict[str, float]:
    """Return p50, p95, p99 and the largest, in milliseconds."""
    ordered = sorted(lags) or [0.0]
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}
    picked = {name: ordered[min(len(ordered) - 1, int(q * len(ordered)))] for name, q in at.items()}
    return {name: round(1000 * value, 1) for name, value in picked.items()}


def measure(home: Path, seconds: float) -> dict[str, Any]:
    """Run the load for `seconds` in a new store at `home`; return the figures."""
    store = Store.open(Settings(home=home))
    runs = []
    for number in range(RUNS):
        spec = {"schema": "spikex/run@1", "job": "train", "target": "local", "device": "cpu"}
        row = store.runs.create(spec, target="local", digest=f"{number:064x}")
        lease = store.runs.claim(row.id, liveness.describe(), limit=None)
        runs.append((row.id, lease))
    start = time.time() + 6.0
    until = start + seconds + 1.0
    roles = [["write", run, str(lease), str(start), str(seconds)] for run, lease in runs]
    names = [run for run, _ in runs]
    roles += [["serve", str(until), *names]]
    roles += [["kernel", str(until), *names] for _ in range(KERNELS)]
    children = [
        subprocess.Popen(
            [sys.executable, __file__, "--home", str(home), "--role", *role],
            stdout=subprocess.PIPE,
            text=True,
        )
        for role in roles
    ]
    wal, largest = home / "spikex.db-wal", 0
    while time.time() < until and any(child.poll() is None for child in children):
        largest = max(largest, wal.stat().st_size if wal.exists() else 0)
        time.sleep(0.1)
    answers = [json.loads(child.communicate(timeout=60)[0]) for child in children]
    writers, server, kernels = answers[:RUNS], answers[RUNS], answers[RUNS + 1 :]
    last = {run: answer["last_seq"] for (run, _), answer in zip(runs, writers, strict=True)}
    readers = [server, *kernels]
    return {
        "seconds": seconds,
        "events": sum(answer["events"] for answer in writers),
        "lag_server_ms": percentiles(server["lags"]),
        "lag_kernel_ms": percentiles([lag for answer in kernels for lag in answer["lags"]]),
        "slowest_emit_ms": round(1000 * max(answer["slowest_emit"] for answer in writers), 2),
        "gaps": sum(answer["gaps"] for answer in readers),
        "missing": sum(answer["last"].get(run) != last[run] for answer in readers for run in last),
        "errors": [error for answer in answers for error in answer["errors"]],
        "wal_mb": round(largest / 1024**2, 2),
        "memory_mb": [round(answer["memory"] / 1024**2) for answer in readers],
        "growth_mb": [round(answer["growth"] / 1024**2, 1) for answer in readers],
    }


def verdict(figures: dict[str, Any]) -> list[str]:
    """Return what is not as promised; empty when all is."""
    limit = 1000 * LAG_LIMIT
    checks = {
        f"server lag p95 over {limit:.0f} ms": figures["lag_server_ms"]["p95"] > limit,
        f"kernel lag p95 over {limit:.0f} ms": figures["lag_kernel_ms"]["p95"] > limit,
        "gaps": figures["gaps"] > 0,
        "events missing at a reader": figures["missing"] > 0,
        "errors": bool(figures["errors"]),
        "the write-ahead log grows": figures["wal_mb"] * 1024**2 > WAL_LIMIT,
        "a reader's memory grows": max(figures["growth_mb"]) * 1024**2 > GROWTH_LIMIT,
    }
    return [what for what, bad in checks.items() if bad]


def main() -> int:
    """Measure, print, judge; with ``--role`` be one of the load's processes."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--role", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role:
        store = Store.open(Settings(home=asked.home))
        role, *rest = asked.role
        if role == "write":
            answer = write(store, rest[0], int(rest[1]), float(rest[2]), float(rest[3]))
        else:
            answer = {"serve": serve, "kernel": kernel}[role](store, rest[1:], float(rest[0]))
        print(json.dumps(answer))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder) / "home", asked.seconds)
    figures["wrong"] = verdict(figures)
    if asked.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:16} {value}")
    return 1 if figures["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
