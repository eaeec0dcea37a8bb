"""One Jupyter server under load: how long its answers take, how late its live events are.

    python benchmarks/server.py --out benchmarks/results/server.json    # 10,000 models, 10 minutes
    python benchmarks/server.py --models 500 --runs 50 --events 20000 --seconds 20

A store is filled through its own classes. Then, at once: people who list, search and save (each
request after the other, with a pause), 50 viewers of one run that is written at 20 events a second,
somebody who asks for the server's own ``/api/status``. The load, the viewers and the writer are
processes of their own beside the server, on the same cores. `--out` writes the figures, and beside
them the table that is printed. Exit status 1 where a target is missed, an event is
missing, doubled or out of order, an answer is an error, or the server's memory goes on growing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import psutil
from event_log import percentiles

from spikex_lab.compute import liveness
from spikex_lab.compute.detach import LOG_NAME
from spikex_lab.compute.heart import Heart
from spikex_lab.compute.sink import StoreSink
from spikex_lab.settings import Settings
from spikex_lab.spec.templates import template
from spikex_lab.store import Store

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.ui.jupyter import Lab, served  # noqa: E402

API = "spikex/api/v1"
RATE, VIEWERS, PEOPLE = 20, 50, 4
PAUSE = 0.05
"""Seconds a person waits between an answer and the next request."""
TARGETS = {
    "list models": 50, "list runs": 50, "save model": 50, "search library": 30, "status": 50,
    "events": 250,
}  # fmt: skip
"""p95 at most, in ms."""
GROWTH = 1.1
"""Memory of the last quarter at most, as a multiple of the second one's."""
WORDS = ("adapt", "lif", "conductance", "spike", "stdp", "poisson", "izhikevich", "current")


def fill(store: Store, models: int, runs: int, events: int) -> list[str]:
    """Put so many into the store; return the ids of the models."""
    spec = template("snn-mlp", model_name="x").to_dict()
    ids = [
        store.models.create(f"net-{number:05d}", {**spec, "name": f"net-{number:05d}"}).id
        for number in range(models)
    ]
    each = events // max(1, runs)
    batches = [
        {"type": "batch", "epoch": n // 100, "batch": n % 100, "loss": 1 / (n + 1), "accuracy": 0.5}
        for n in range(each)
    ]
    for number in range(runs):
        model = ids[number % len(ids)]
        run = store.runs.create(job(spec, number), model_id=model, model_version=1).id
        lease = store.runs.claim(run, liveness.describe(), limit=None)
        assert lease is not None
        store.runs.append(run, lease, batches, state="running")
        store.runs.append(run, lease, [], state="finished")
    return ids


def job(spec: dict[str, Any], seed: int) -> dict[str, Any]:
    """Return the spec of a run."""
    return {"schema": "spikex/run@1", "model": spec, "dataset": "digits", "device": "cpu",
            "training": {"seed": seed}}  # fmt: skip


def write(home: Path, run: str, seconds: float) -> None:
    """Be a coordinator, heartbeat and all: `RATE` events a second, each with when it was made."""
    store = Store.open(Settings(home=home))
    lease = store.runs.claim(run, liveness.describe(), limit=None)
    assert lease is not None
    store.runs.append(run, lease, [], state="running")

    def lost() -> None:
        print(f"the lease of run {run} is lost", file=sys.stderr)
        os._exit(1)  # as a coordinator does: from whichever thread it is that notices

    log = store.runs.folder(run) / LOG_NAME
    log.touch()
    sink = StoreSink(store, run, lease, on_lost=lost)
    heart = Heart(
        store,
        run,
        lease,
        sink,
        log,
        lease_seconds=store.settings.lease_seconds,
        on_lost=lost,
        on_silent=lost,
    )
    heart.start()
    start = time.time()
    for number in range(int(RATE * seconds)):
        time.sleep(max(0.0, start + number / RATE - time.time()))
        sink.at(number // 100, number % 100)
        sink.emit("batch", loss=0.5, made=time.time())
    heart.close()
    sink.flush()
    sink.close()
    store.runs.append(run, lease, [], state="finished")


async def view(url: str, token: str, run: str) -> dict[str, Any]:
    """Be `VIEWERS` browsers that follow one run to its end; return what they saw."""
    lags: list[float] = []
    wrong = 0

    async def follow(client: httpx.AsyncClient) -> int:
        nonlocal wrong
        last, begin = 0, time.time()
        headers = {"Accept": "text/event-stream"}
        async with client.stream("GET", f"{url}{API}/runs/{run}/events", headers=headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event: end"):
                    return last
                if not line.startswith("data: "):
                    continue
                event = json.loads(line[6:])
                wrong += event["seq"] != last + 1
                last = event["seq"]
                if event.get("made", 0) > begin:  # not what is caught up with
                    lags.append(time.time() - event["made"])
        raise ConnectionError("the stream broke off")

    limits = httpx.Limits(max_connections=None)
    headers = {"Authorization": f"token {token}"}
    async with httpx.AsyncClient(headers=headers, limits=limits, timeout=120) as client:
        lasts = await asyncio.gather(*(follow(client) for _ in range(VIEWERS)))
    return {"lags": lags, "wrong": wrong, "lasts": lasts}


class Load:
    """People at work on one server, and the times of their requests by kind."""

    def __init__(self, lab: Lab, models: list[str], until: float) -> None:
        headers = {"Authorization": f"token {lab.token}"}
        limits = httpx.Limits(max_connections=None)
        self._client = httpx.AsyncClient(
            base_url=lab.url, headers=headers, limits=limits, timeout=60
        )
        self._known, self._until = models, until
        self.times: dict[str, list[float]] = defaultdict(list)
        self.first: dict[str, float] = {}
        self.errors: list[str] = []

    async def run(self) -> None:
        """Work until the time is over, once everything has been asked for."""
        async with self._client:
            draw = random.Random(-1)
            for kind in (self._models, self._runs, self._library, self._save):
                await kind(draw, self._known)
            self.first = {kind: round(1000 * times[0], 1) for kind, times in self.times.items()}
            self.times.clear()
            await asyncio.gather(self._watch(), *(self._person(n) for n in range(PEOPLE)))

    async def _ask(self, kind: str, method: str, path: str, **options: Any) -> httpx.Response:
        begin = time.perf_counter()
        answer = await self._client.request(method, path, **options)
        self.times[kind].append(time.perf_counter() - begin)
        if answer.status_code >= 400:
            self.errors.append(f"{kind}: {answer.status_code} {answer.text[:200]}")
        return answer

    async def _watch(self) -> None:
        while time.time() < self._until:
            await self._ask("status", "GET", "api/status")
            await asyncio.sleep(0.1)

    async def _person(self, number: int) -> None:
        draw = random.Random(number)
        mine = self._known[number::PEOPLE]  # nobody saves over another
        while time.time() < self._until:
            kind = draw.choice(("models", "models", "runs", "library", "save"))
            await getattr(self, f"_{kind}")(draw, mine)
            await asyncio.sleep(PAUSE)

    async def _models(self, draw: random.Random, _mine: list[str]) -> None:
        query: dict[str, Any] = {
            "sort": draw.choice(("name", "-updated", "created")),
            "page_size": 25,
        }
        pages = max(1, len(self._known) // 25)
        query["page"] = draw.randint(1, pages)
        if draw.random() < 0.3:
            query |= {"page": 1, "search": f"{draw.randrange(100):02d}"}
        await self._ask("list models", "GET", f"{API}/models", params=query)

    async def _runs(self, draw: random.Random, _mine: list[str]) -> None:
        params = {"page_size": 25, "page": draw.randint(1, 5)}
        await self._ask("list runs", "GET", f"{API}/runs", params=params)

    async def _library(self, draw: random.Random, _mine: list[str]) -> None:
        await self._ask("search library", "GET", f"{API}/library", params={"q": draw.choice(WORDS)})

    async def _save(self, draw: random.Random, mine: list[str]) -> None:
        path = f"{API}/models/{draw.choice(mine)}"
        found = await self._ask("open model", "GET", path)
        spec = {**found.json()["spec"], "description": f"draft {draw.random()}"}
        await self._ask(
            "save model", "POST", f"{path}/versions", json={"spec": spec},
            headers={"If-Match": found.headers["ETag"]},
        )  # fmt: skip


async def remember(process: psutil.Process, until: float) -> list[int]:
    """Return the server's memory, every two seconds, in bytes."""
    found = []
    while time.time() < until:
        found.append(process.memory_info().rss)
        await asyncio.sleep(2)
    return found


def measure(folder: Path, sizes: argparse.Namespace) -> dict[str, Any]:
    """Fill a store, put a server on it, load it; return the figures."""
    home = folder / "home"
    with Store.open(Settings(home=home)) as store:
        begin = time.perf_counter()
        models = fill(store, sizes.models, sizes.runs, sizes.events)
        print(f"filled in {time.perf_counter() - begin:.0f} s", file=sys.stderr)
        live = store.runs.create(job(template("snn-mlp").to_dict(), 0)).id
    arguments = ["--SpikexServerApp.rate_limit=100000/second"]
    with served(folder, arguments=arguments) as lab, ExitStack() as stack:
        until = time.time() + sizes.seconds + 3
        roles = (["write", str(home), live, str(sizes.seconds)], ["view", lab.url, lab.token, live])
        children = []
        for role in roles:
            command = [sys.executable, __file__, "--role", *role]
            children.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
            stack.callback(children[-1].kill)  # also where this process fails meanwhile
            time.sleep(1.5)  # the run is under way when they come to look

        async def both() -> tuple[Load, list[int]]:
            load = Load(lab, models, until)
            process = psutil.Process(lab.process.pid)
            memory, _ = await asyncio.gather(remember(process, until), load.run())
            return load, memory

        load, memory = asyncio.run(both())
        answers = [child.communicate(timeout=120)[0] for child in children]
        ended = [child.returncode for child in children]
    if any(ended):
        raise RuntimeError(f"the writer and the viewers ended with {ended}")
    with Store.open(Settings(home=home)) as store:
        last = store.runs.get(live).last_seq
    seen = json.loads(answers[1])
    load.times["events"] = seen["lags"]
    quarter = max(1, len(memory) // 4)
    return {
        "sizes": {name: getattr(sizes, name) for name in ("models", "runs", "events", "seconds")},
        "ms": {kind: percentiles(times) for kind, times in sorted(load.times.items())},
        "first_ms": load.first,
        "requests": {kind: len(times) for kind, times in sorted(load.times.items())},
        "events_wrong": seen["wrong"] + sum(one != last for one in seen["lasts"]),
        "failed": len(load.errors),
        "errors": load.errors[:20],
        "memory_mb": [round(rss / 2**20, 1) for rss in memory[:: max(1, len(memory) // 20)]],
        "growth": round(max(memory[-quarter:]) / max(memory[quarter : 2 * quarter] or memory), 3),
    }


def verdict(figures: dict[str, Any]) -> list[str]:
    """Return what is not as promised; empty when all is."""
    late = [
        f"{kind}: p95 {figures['ms'][kind]['p95']} ms, not {most}"
        for kind, most in TARGETS.items()
        if figures["ms"][kind]["p95"] > most
    ]
    checks = {
        "events missing, doubled or out of order": figures["events_wrong"] > 0,
        "requests failed": figures["failed"] > 0,
        "the server's memory grows": figures["growth"] > GROWTH,
    }
    return [*late, *(what for what, bad in checks.items() if bad)]


def table(figures: dict[str, Any]) -> str:
    """Return the figures as a table in Markdown."""
    sizes, memory = figures["sizes"], figures["memory_mb"]
    lines = [
        f"{sizes['models']:,} models, {sizes['runs']:,} runs, {sizes['events']:,} events; "
        f"{PEOPLE} people and {VIEWERS} viewers for {sizes['seconds']:.0f} s; milliseconds",
        "",
        "| | number | median | p95 | p99 | most | p95 at most |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for kind, ms in figures["ms"].items():
        row = [kind, f"{figures['requests'][kind]:,}", *map(str, ms.values())]
        lines.append(f"| {' | '.join(row)} | {TARGETS.get(kind, '')} |")
    return "\n".join(
        [
            *lines,
            "",
            f"Failed: {figures['failed']}. Events missing, doubled or out of order: "
            f"{figures['events_wrong']}. The server's memory: {memory[0]:.0f} MB at first, "
            f"{memory[-1]:.0f} MB at the end.",
            *(f"- not as promised: {what}" for what in figures["wrong"]),
        ]
    )


def main() -> int:
    """Measure, print, judge; with ``--role`` be one of the load's processes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=1_000)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument(
        "--out", type=Path, help="a JSON file for the figures; the table goes beside it"
    )
    parser.add_argument("--role", nargs="+", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.role:
        role, *rest = asked.role
        if role == "write":
            write(Path(rest[0]), rest[1], float(rest[2]))
        else:
            print(json.dumps(asyncio.run(view(*rest))))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        figures = measure(Path(folder), asked)
    figures["wrong"] = verdict(figures)
    print(table(figures))
    if asked.out:
        asked.out.write_text(json.dumps(figures, indent=1) + "\n")
        asked.out.with_suffix(".md").write_text(table(figures) + "\n")
    return 1 if figures["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
