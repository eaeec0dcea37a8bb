"""A run that is only a list of events, and a subject about it: panels without a store."""

from __future__ import annotations

import math
from typing import Any

from spikex_lab.api.listing import Row, Table
from spikex_lab.spec.training import TrainingSpec
from spikex_lab.widgets.subject import Subject


class FakeRun:
    """Holds events; a test appends more as time goes by."""

    def __init__(self, run_id: str = "0192aaaa-0000-7000-8000-000000000001") -> None:
        self.id = run_id
        self.log: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.error: Exception | None = None
        self.reads = 0

    @property
    def state(self) -> str:
        if self.error:
            raise self.error
        states = [e["state"] for e in self.log if e["type"] == "state"]
        return states[-1] if states else "queued"

    def events(self, after: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        self.reads += 1
        if self.error:
            raise self.error
        found = [e for e in self.log if e["seq"] > after]
        return found[:limit]

    def add(self, type: str, **body: Any) -> int:
        seq = len(self.log) + 1
        self.log.append(
            {"seq": seq, "run": self.id, "time": "2026-11-22T10:00:00.000Z", "type": type, **body}
        )
        return seq

    def state_is(self, state: str, **body: Any) -> int:
        return self.add("state", state=state, **body)

    def batch(
        self,
        epoch: int,
        batch: int,
        *,
        epochs: int = 5,
        batches: int = 20,
        loss: float | None = None,
    ) -> int:
        at = epoch + batch / batches
        progress = {"epoch": epoch, "epochs": epochs, "batch": batch, "batches": batches,
                    "fraction": at / epochs, "eta": round((epochs - at) * 2, 1)}  # fmt: skip
        return self.add(
            "batch",
            loss=2.3 * math.exp(-at) + 0.15 * abs(math.sin(12.9898 * at * batches))
            if loss is None
            else loss,
            accuracy=1 - 0.9 * math.exp(-1.5 * at),
            lr=2e-3,
            grad_norm=1 + math.sin(at),
            spikes={"lif1": 0.05 + 0.01 * at, "out": 0.1},
            progress=progress,
        )

    def metrics_of(self, epoch: int, epochs: int = 5) -> int:
        """Tell the figures after `epoch` whole epochs."""
        loss = 2.3 * math.exp(-epoch)
        progress = {
            "epoch": epoch,
            "epochs": epochs,
            "batch": 0,
            "batches": 20,
            "fraction": epoch / epochs,
            "eta": 2.0 * (epochs - epoch),
        }
        told = {"train_loss": loss, "val_loss": loss + 0.1}
        told |= {
            "train_accuracy": 1 - 0.9 * math.exp(-epoch),
            "val_accuracy": 0.98 - math.exp(-epoch),
        }
        return self.add("metrics", epoch=epoch, progress=progress, **told)

    def train(self, epochs: int = 5, batches: int = 20) -> FakeRun:
        """Write a whole run."""
        self.state_is("queued")
        self.state_is("starting")
        self.state_is("running")
        self.add("log", level="info", message="1,437 training samples, 10 classes")
        for epoch in range(epochs):
            for batch in range(1, batches + 1):
                self.batch(epoch, batch, epochs=epochs, batches=batches)
            self.metrics_of(epoch + 1, epochs)
        self.state_is("finished")
        return self

    # what the export tab asks

    def metrics(self) -> Any:
        import pandas as pd

        rows = [e for e in self.log if e["type"] == "metrics"]
        return pd.DataFrame(rows)

    def export(self, format: str, path: Any) -> Any:
        path.write_text("{}\n")
        return path

    def artifacts(self) -> Table:
        return Table(
            ["name", "size"],
            [{"name": e["name"], "size": 12} for e in self.log if e["type"] == "artifact"],
        )

    def pause(self) -> None:
        self.asked.append("pause")

    def resume(self) -> None:
        self.asked.append("resume")

    def stop(self) -> None:
        self.asked.append("stop")

    def step(self) -> None:
        self.asked.append("step")


class FakeSubject(Subject):
    """A model called digits whose runs a test makes."""

    def __init__(self, run: FakeRun | None = None) -> None:
        super().__init__(Row(name="digits", version=1), run, pinned=False)
        self.newest: FakeRun | None = run
        self.started: list[dict[str, Any]] = []

    @property
    def note(self) -> str:
        return "version 1, dataset digits, cpu" + (f", run {self.run.id[:13]}" if self.run else "")

    def settings(self, *, of_run: bool) -> dict[str, Any]:
        return {**TrainingSpec().to_dict(), "dataset": "digits", "target": "local", "device": "cpu"}

    def choices(self) -> dict[str, list[str]]:
        return {"dataset": ["digits"], "loss": ["auto"], "target": ["local"], "device": ["cpu"]}

    def misfit(self, _dataset: str) -> str:
        return ""

    def newer_run(self) -> FakeRun | None:
        return self.newest if self.newest is not self.run else None

    def start(self, settings: dict[str, Any]) -> FakeRun:
        self.started.append(settings)
        self.newest = FakeRun("0192aaaa-0000-7000-8000-000000000002")
        self.newest.state_is("queued")
        return self.newest

    def probe_devices(self, tell: Any) -> None:
        tell(["cpu"])


def written_run(store: Any, model: Any, batches: int, **training: Any) -> str:
    """Return a finished run of the model in the store, whose log nobody trained for."""
    spec = {
        "schema": "spikex/run@1",
        "job": "train",
        "model": model.spec.to_dict(),
        "dataset": "digits",
        "training": training,
    }
    row = store.runs.create(
        spec, model_id=model.id, model_version=1, dataset_id=None, target="local", digest="0" * 64
    )
    lease = store.runs.claim(row.id, {"host": "nowhere", "pid": 1}, limit=None)
    stamp = "2026-11-22T10:00:00.000Z"
    figures = {"accuracy": 0.5, "lr": 1e-3, "grad_norm": 1.0, "spikes": {"lif1": 0.1, "out": 0.2}}
    events = []
    for i in range(batches):
        at = {"epoch": i // 100, "epochs": batches // 100, "batch": i % 100, "batches": 100}
        body = {"loss": 1 / (i + 1), "progress": {**at, "fraction": i / batches, "eta": 1.0}}
        events.append({"type": "batch", "time": stamp, **figures, **body})
    for first in range(0, batches, 2000):
        store.runs.append(row.id, lease, events[first : first + 2000])
    store.runs.append(
        row.id, lease, [{"type": "state", "time": stamp, "state": "finished"}], state="finished"
    )
    return str(row.id)
