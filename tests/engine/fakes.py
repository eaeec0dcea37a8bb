"""Stand-ins for what the floors above hand in, and a network with every kind of randomness."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from spikex_lab.data import Dataset, DatasetInfo, arrays
from spikex_lab.spec import RunSpec

Position = tuple[int, int]


class MemorySink:
    """An `EventSink` that keeps events in a list, numbered like the store's."""

    def __init__(self, seq: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        self.artifacts: dict[str, bytes] = {}
        self.frames: list[bytes] = []
        self.position: Position = (0, 0)
        self.first = seq
        self.durable: Callable[[dict[str, Any]], None] = lambda _: None
        """Called with each event at the moment it is emitted."""

    def emit(self, type: str, *, state: str | None = None, **body: Any) -> None:
        epoch, batch = self.position
        event = {"type": type, "epoch": epoch, "batch": batch, **body}
        event["seq"] = self.first + len(self.events) + 1
        if state is not None:
            event["state"] = state
        self.durable(event)
        self.events.append(event)

    def at(self, epoch: int, batch: int) -> None:
        self.position = (epoch, batch)

    def flush(self) -> int:
        return self.first + len(self.events)

    def artifact(self, name: str, path: Path, *, media_type: str) -> None:
        self.artifacts[name] = path.read_bytes()
        self.emit("artifact", name=name, media_type=media_type)

    def frame(self, path: Path, **body: Any) -> None:
        self.frames.append(path.read_bytes())
        self.emit("frame", **body)

    def of(self, type: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["type"] == type]

    def states(self) -> list[str]:
        return [event["state"] for event in self.of("state")]


@dataclass
class Script:
    """A `ControlSource` that gives a command when `when` says so; `wait` gives the next at once."""

    commands: list[str] = field(default_factory=list)
    when: Callable[[], bool] = lambda: True
    polls: int = 0

    def poll(self) -> Any:
        self.polls += 1
        return self.commands.pop(0) if self.commands and self.when() else None

    def wait(self, timeout: float) -> Any:
        return self.commands.pop(0) if self.commands else "resume"


class Poisson(nn.Module):
    """Poisson encoder, batch norm, dropout, leaky neurons: all that a resume could get wrong."""

    steps = 6

    def __init__(self, seed: int) -> None:
        super().__init__()
        torch.manual_seed(seed)
        self.fc1 = nn.Linear(16, 24)
        self.norm = nn.BatchNorm1d(24)
        self.drop = nn.Dropout(0.2)
        self.fc2 = nn.Linear(24, 4)
        self.hook: Callable[[int], None] = lambda _: None

    def run(
        self, x: torch.Tensor, *, generator: Any = None, record: Any = None, poll: Any = None
    ) -> Any:
        x = x.flatten(1)
        mem = torch.zeros(len(x), 24, dtype=x.dtype)
        out = torch.zeros(len(x), 4, dtype=x.dtype)
        spikes, mems, hidden = [], [], torch.zeros((), dtype=x.dtype)
        for step in range(self.steps):
            if poll is not None:
                poll()
            self.hook(step)
            inputs = (torch.rand(x.shape, generator=generator, dtype=x.dtype) < x).to(x.dtype)
            mem = 0.9 * mem + self.drop(self.norm(self.fc1(inputs)))
            spk = torch.sigmoid(4 * (mem - 1))
            hidden = hidden + (mem > 1).sum()
            out = 0.9 * out + self.fc2(spk)
            spikes.append(torch.sigmoid(4 * (out - 1)))
            mems.append(out)
        output, states = torch.stack(spikes), torch.stack(mems)
        recorded = {
            node: dict.fromkeys(quantities, output) for node, quantities in (record or {}).items()
        }
        return Result(output.sum(dim=0), output, {"mem": states}, {"lif1": hidden}, recorded)


@dataclass
class Result:
    scores: torch.Tensor
    output: torch.Tensor
    states: dict[str, torch.Tensor]
    activity: dict[str, torch.Tensor]
    recorded: dict[str, dict[str, torch.Tensor]]


class Bench:
    """A backend that builds `Poisson` and keeps the last one."""

    name = "bench"

    def __init__(self, prepare: Callable[[Poisson], None] = lambda _: None) -> None:
        self.prepare = prepare
        self.network: Poisson | None = None

    def build(self, spec: Any, seed: int | None = None) -> nn.Module:
        self.network = Poisson(seed or 0)
        self.prepare(self.network)
        return self.network


def dataset(folder: Path, *, train: int = 100, test: int = 40) -> Dataset:
    """Four classes of 4×4 images: a bright row each, with noise."""
    rng = np.random.default_rng(7)

    def split(count: int) -> tuple[np.ndarray, np.ndarray]:
        y = np.arange(count, dtype=np.int64) % 4
        x = rng.integers(0, 110, (count, 1, 4, 4), dtype=np.uint8)
        x[np.arange(count), 0, y] += 140
        return x, y

    splits = {"train": split(train)} | ({"test": split(test)} if test else {})
    info = DatasetInfo(
        name="bars",
        shape=(1, 4, 4),
        classes=["first", "second", "third", "fourth"],
        splits={name: len(y) for name, (_, y) in splits.items()},
    )
    folder.mkdir(parents=True, exist_ok=True)
    arrays.write(folder, info, splits)
    return Dataset.open(folder)


def spec(probe: dict[str, Any] | None = None, backend: str = "spikex", **training: Any) -> RunSpec:
    """A run of the bench network: three epochs of six batches, all that may differ switched on."""
    body = {
        "epochs": 3,
        "batch_size": 16,
        "lr": 0.02,
        "clip": 1.0,
        "loss": "cross-entropy-over-time",
        "schedule": {"kind": "cosine", "warmup": 0.1},
        "threads": 1,
        "checkpoint_every": 1e-3,
        **training,
    }
    model = {
        "schema": "spikex/model@1",
        "name": "bench",
        "input": {"shape": [1, 4, 4]},
        "time": {"steps": 6},
        "nodes": [{"id": "fc", "component": "synapses/dense", "params": {"features": 4}}],
        "readout": "decoders/spike-count",
    }
    run = {"model": model, "dataset": "bars", "training": body, "backend": backend, "probe": probe}
    return RunSpec.parse({k: v for k, v in run.items() if v is not None})
