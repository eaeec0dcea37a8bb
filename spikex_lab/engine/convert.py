"""The job ``convert``: a trained network of rectified units becomes a spiking one, with weights."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import torch

from spikex_lab import nn
from spikex_lab.data import Dataset
from spikex_lab.engine import environment, files, finish, loader, report, weights
from spikex_lab.engine.control import Governor, StopRequested
from spikex_lab.engine.evaluate import evaluate
from spikex_lab.engine.evaluation import Evaluation
from spikex_lab.engine.measure import evaluating
from spikex_lab.engine.protocols import EventSink, JobContext
from spikex_lab.engine.trainer import Outcome
from spikex_lab.nn import conversion, conversion_plan
from spikex_lab.spec import RunSpec

BEFORE = "evaluation-before.json"
CONVERSION = "conversion.json"
_BATCH = 256


def convert(context: JobContext) -> Outcome:
    """Scale the weights, evaluate before and after, keep what a training would have left.

    Raises
    ------
    InvalidError : the network cannot be converted, or the weights are not its own.
    """
    spec = RunSpec.parse(dict(context.spec), where="run")
    sink = context.sink
    threads = environment.default_threads(spec.training)
    governor = Governor(context.control, sink)
    began = time.monotonic()
    sink.at(0, 0)
    sink.emit(
        "state",
        state="running",
        device="cpu",
        threads=threads,
        versions=environment.versions(),
        progress=_progress(0.0),
    )
    try:
        with environment.fixed(threads, deterministic=spec.training.deterministic):
            done = _Converted(spec, context, governor)
    except StopRequested:
        sink.emit("state", state="stopping")
        return Outcome("stopped")
    sink.emit("log", level="info", message=done.told())
    figures = done.figures()
    seconds = round(time.monotonic() - began, 3)
    sink.emit("metrics", **figures, training_seconds=seconds, final=True, progress=_progress(1.0))
    done.keep(context)
    sink.flush()
    return Outcome("finished", {**figures, "seconds": seconds})


class _Converted:
    """The two networks with what they answer."""

    def __init__(self, spec: RunSpec, context: JobContext, governor: Governor) -> None:
        from spikex_lab.catalog import registry

        told = spec.conversion
        assert told is not None  # noqa: S101 (the spec's own check)
        assert spec.weights is not None  # noqa: S101
        self.spec = spec
        time_ = spec.model.time
        plan = conversion_plan.plan(
            told.model, registry(told.model), steps=time_.steps, name=spec.model.name
        )
        network = nn.build(told.model)
        weights.load(network, context.file(spec.weights))
        dataset = context.dataset

        def batches() -> Iterable[torch.Tensor]:
            return _samples(dataset, told.samples)

        with evaluating(network):
            self.largest = conversion.activations(
                network, plan.units, batches, told.percentile, poll=governor.poll
            )
        self.network = nn.build(spec.model)
        weights.restore(
            self.network, conversion.normalised(network.state_dict(), plan, self.largest)
        )
        context.sink.emit("log", level="info", message=_scales(self.largest, told.percentile))
        self.before = _evaluated(network, dataset, spec, governor)
        self.after = _evaluated(self.network, dataset, spec, governor)

    def told(self) -> str:
        lost = 100 * (self.before.accuracy - self.after.accuracy)
        return (
            f"accuracy {self.before.accuracy:.4f} before, {self.after.accuracy:.4f} after "
            f"conversion with {self.spec.model.time.steps} steps ({lost:+.2f} points lost; split "
            f"{self.after.split})"
        )

    def figures(self) -> dict[str, Any]:
        return {
            "test_loss": self.after.loss,
            "test_accuracy": self.after.accuracy,
            "accuracy_before": self.before.accuracy,
            "parameters": sum(p.numel() for p in self.network.parameters()),
        }

    def keep(self, context: JobContext) -> None:
        """Hand the artifacts over: those of a training, and how it was converted."""
        folder, sink = context.folder, context.sink
        as_json = "application/json"
        kept = {
            finish.WEIGHTS: (weights.save(self.network), "application/octet-stream"),
            "spec.json": (self.spec.to_json().encode(), as_json),
            "evaluation.json": (finish.as_json(self.after), as_json),
            BEFORE: (finish.as_json(self.before), as_json),
            CONVERSION: (_document(self.largest, self.spec), as_json),
            "report.html": (report.html(_run(context), [], self.after).encode(), "text/html"),
        }
        for name, (data, media_type) in kept.items():
            _hand_over(sink, folder / name, data, media_type)


def _hand_over(sink: EventSink, path: Path, data: bytes, media_type: str) -> None:
    files.replace_bytes(path, data)
    sink.artifact(path.name, path, media_type=media_type)
    path.unlink()


def _run(context: JobContext) -> Mapping[str, Any]:
    return {**context.run, "spec": dict(context.spec)}


def _document(largest: Mapping[str, float], spec: RunSpec) -> bytes:
    told = spec.conversion
    assert told is not None  # noqa: S101 (the spec's own check)
    body = {
        "from": told.model.name,
        "weights": spec.weights,
        "percentile": told.percentile,
        "samples": told.samples,
        "largest_activations": dict(largest),
    }
    return (json.dumps(body, indent=2) + "\n").encode()


def _scales(largest: Mapping[str, float], percentile: float) -> str:
    each = ", ".join(f"{name} {value:.4g}" for name, value in largest.items())
    return f"largest activations ({percentile:g}th percentile): {each}"


def _samples(dataset: Dataset, count: int) -> Iterable[torch.Tensor]:
    """Yield the first `count` training samples, a batch at a time."""
    import numpy as np

    split = dataset.split("train")
    order = np.arange(min(count, len(split.y)), dtype=np.int64)
    read = loader.batches(split, order, _BATCH, device=torch.device("cpu"), dtype=torch.float32)
    with closing(read):
        for x, _ in read:
            yield x


def _evaluated(
    network: torch.nn.Module, dataset: Dataset, spec: RunSpec, governor: Governor
) -> Evaluation:
    split = "test" if dataset.info.splits.get("test") else "train"
    return evaluate(network, dataset, split, training=spec.training, poll=governor.poll)


def _progress(fraction: float) -> dict[str, Any]:
    done = int(fraction)
    return {
        "epoch": done, "epochs": 1, "batch": 0, "batches": 1, "fraction": fraction, "eta": None,
    }  # fmt: skip
