"""What the tests of the spine share: a store with tiny runs, and ways to wait for them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import spine_entry

from spikex_lab import compute
from spikex_lab.settings import Settings
from spikex_lab.spec.run import ENDED
from spikex_lab.store import RunRow, Store

DIGEST = "0" * 64


class Spine:
    """A store, its runs, and the processes behind them."""

    def __init__(self, home: Path, **settings: Any) -> None:
        spine_entry.install()
        self._digits = ""
        self.store = Store.open(Settings(home=home, **settings))

    def create(self, job: str = "count", **tiny: Any) -> str:
        """Make a run of a tiny job; return its id."""
        spec = {"schema": "spikex/run@1", "job": job, "target": "local", "device": "cpu"}
        spec["tiny"] = {"epochs": 3, "batches": 20, "pause": 0.005, "every": 7, **tiny}
        row = self.store.runs.create(
            spec, model_id=None, model_version=None, dataset_id=None, target="local", digest=DIGEST
        )
        return row.id

    def train(self, *, name: str = "snn-mlp", **training: Any) -> str:
        """Make and submit a real training on the digits."""
        from spikex_lab.data import Dataset, builtin
        from spikex_lab.spec import RunSpec
        from spikex_lab.spec.templates import template

        if not self._digits:
            folder = self.store.settings.home / "digits"
            folder.mkdir()
            files = {path.name: path for path in builtin.digits(folder)}
            info = Dataset.open(files).info.to_dict()
            self._digits = self.store.datasets.add("digits", info, files).id
        model = template(name, input_shape=(1, 8, 8), classes=10, dataset="digits")
        spec = RunSpec.parse(
            {"model": model.to_dict(), "dataset": "digits", "training": training}, where="run"
        )
        row = self.store.runs.create(
            spec.to_dict(), dataset_id=self._digits, target="local", digest=spec.digest()
        )
        compute.submit(self.store, row.id)
        return row.id

    def figures(self, run_id: str) -> list[dict[str, Any]]:
        """Return the figures of each epoch but for how long it took."""
        rows = self.store.runs.metrics(run_id)
        return [
            {k: v for k, v in row.items() if k not in ("seconds", "training_seconds", "progress")}
            for row in rows
        ]

    def start(self, job: str = "count", **tiny: Any) -> str:
        """Make a run and submit it."""
        run_id = self.create(job, **tiny)
        compute.submit(self.store, run_id)
        return run_id

    def row(self, run_id: str, *, reconcile: bool = True) -> RunRow:
        """Read a run as every reader does."""
        row = self.store.runs.get(run_id)
        if reconcile and compute.reconcile(self.store, row):
            row = self.store.runs.get(run_id)
        return row

    def wait(
        self,
        run_id: str,
        what: str | Callable[[RunRow], bool] = "ended",
        *,
        timeout: float = 30.0,
        reconcile: bool = True,
    ) -> RunRow:
        """Wait until the run is in the state `what` (or fulfils it); return it."""
        deadline = time.monotonic() + timeout
        while True:
            row = self.row(run_id, reconcile=reconcile)
            if callable(what):
                if what(row):
                    return row
            elif row.state == what or (what == "ended" and row.state in ENDED):
                return row
            assert time.monotonic() < deadline, f"{row.state} (not {what})\n{self.log(run_id)}"
            time.sleep(0.02)

    def begun(self, run_id: str, batches: int = 1) -> RunRow:
        """Wait until the run has done `batches` batches under the present lease."""
        lease = self.store.runs.get(run_id).lease

        def there(row: RunRow) -> bool:
            events = self.store.runs.events(run_id, after=0, limit=100_000, types=["batch"])
            mine = [e for e in events if e["attempt"] == row.attempt]
            return row.lease == lease and row.state == "running" and len(mine) >= batches

        return self.wait(run_id, there)

    def pid(self, run_id: str) -> int:
        """Return the pid of the run's coordinator."""
        who = self.store.runs.get(run_id).who
        assert who is not None
        assert who.get("role") != "starter"
        return int(who["pid"])

    def events(self, run_id: str) -> list[dict[str, Any]]:
        """Return the whole raw log, which must have no gap."""
        said = self.store.runs.get(run_id).last_seq
        events = self.store.runs.events(run_id, after=0, limit=1_000_000)
        assert [e["seq"] for e in events] == list(range(1, len(events) + 1))
        assert said <= len(events) <= self.store.runs.get(run_id).last_seq
        return events

    def reading(self, run_id: str) -> list[tuple[Any, ...]]:
        """Return what a reader sees of the work: each batch and metric once, in order."""
        seen = self.store.runs.effective_events(run_id, after=0, limit=1_000_000)
        return [
            (e["type"], e["epoch"], e["batch"], e["link"])
            for e in seen
            if e["type"] in ("batch", "metrics")
        ]

    def weights(self, run_id: str) -> bytes:
        """Return the bytes of the run's final weights."""
        kept = {a.name: a.sha256 for a in self.store.runs.artifacts(run_id)}
        return self.store.objects.read(kept["weights.safetensors"])

    def log(self, run_id: str) -> str:
        """Return the coordinator's log."""
        path = self.store.runs.folder(run_id) / "coordinator.log"
        return path.read_text(errors="replace")[-5000:] if path.exists() else "(no log)"

    def signal(self, run_id: str, number: signal.Signals) -> None:
        """Send a signal to the run's coordinator."""
        os.kill(self.pid(run_id), number)

    def close(self) -> None:
        """Kill every coordinator of this store that is still there."""
        for process in psutil.process_iter(["cmdline", "environ"]):
            environ = process.info["environ"] or {}
            command = " ".join(process.info["cmdline"] or [])
            mine = environ.get("SPIKEX_HOME") == str(self.store.settings.home.resolve())
            if mine and ("spine_entry" in command or "compute.coordinator" in command):
                process.kill()
        for row in self.store.runs.live():
            self.store.runs.interrupt(row.id, row.lease, "the test is over")


def gone(pid: int, timeout: float = 5.0) -> bool:
    """Wait until the process is no more (or a zombie)."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
