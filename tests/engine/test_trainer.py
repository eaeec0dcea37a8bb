"""What a run emits, keeps and refuses."""

from __future__ import annotations

import errno
import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikex_lab.data import Dataset
from spikex_lab.engine import Outcome, Trainer, checkpoint, files, session
from spikex_lab.errors import InvalidError, StorageError, WorkError

from . import fakes
from .fakes import Bench, MemorySink, Poisson, Script


def fit(
    data: Dataset,
    folder: Path,
    *,
    backend: Any = None,
    control: Any = None,
    probe: Any = None,
    **training: Any,
) -> tuple[Outcome, MemorySink]:
    sink = MemorySink()
    folder.mkdir(exist_ok=True)
    run = Trainer(
        fakes.spec(probe, **training),
        data,
        sink=sink,
        control=control or Script(),
        folder=folder,
        backend=backend or Bench(),
        run={"id": "0190-run", "model_name": "bench"},
    )
    return run.fit(), sink


def test_the_story_of_a_run(data: Dataset, tmp_path: Path) -> None:
    outcome, sink = fit(data, tmp_path / "run")
    assert outcome.state == "finished"
    assert sink.events[0]["type"] == "state"
    assert sink.states() == ["running"]
    assert "resumed_from" not in sink.events[0]
    assert [e["epoch"] for e in sink.of("epoch")] == [1, 2, 3]
    rows = [e for e in sink.of("metrics") if not e.get("final")]
    assert [row["epoch"] for row in rows] == [1, 2, 3]
    wanted = {
        "train_loss",
        "train_accuracy",
        "val_loss",
        "val_accuracy",
        "lr",
        "grad_norm",
        "seconds",
        "spikes",
    }
    assert all(wanted <= row.keys() for row in rows)
    assert rows[-1]["train_loss"] < rows[0]["train_loss"]
    assert rows[-1]["lr"] == pytest.approx(0.0)  # cosine ends there
    assert [row["progress"]["epoch"] for row in rows] == [1, 2, 3]
    final = sink.of("metrics")[-1]
    assert final["final"]
    assert {k: final[k] for k in rows[-1] if k not in ("seq", "progress")} == {
        k: v for k, v in rows[-1].items() if k not in ("seq", "progress")
    }
    assert final["test_accuracy"] == outcome.metrics["test_accuracy"] > 0.5
    assert set(sink.artifacts) == {
        "weights.safetensors",
        "best.safetensors",
        "spec.json",
        "metrics.csv",
        "evaluation.json",
        "report.html",
    }
    lines = sink.artifacts["metrics.csv"].decode().splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("epoch,train_loss,")
    assert lines[0].endswith(",spikes.lif1")
    assert json.loads(sink.artifacts["evaluation.json"])["samples"] == 40
    left = {path.name for path in (tmp_path / "run").iterdir()}
    assert left <= {checkpoint.NAME, checkpoint.PREVIOUS}


def test_batch_events_are_thinned_and_tell_how_far(data: Dataset, tmp_path: Path) -> None:
    def slow(network: Poisson) -> None:
        network.hook = lambda step: time.sleep(0.004) if step == 0 else None

    began = time.monotonic()
    _, sink = fit(data, tmp_path / "run", backend=Bench(slow), epochs=6, checkpoint_every=10)
    took = time.monotonic() - began
    batches = sink.of("batch")
    assert 2 <= len(batches) <= 20 * took + 1
    assert {"loss", "accuracy", "lr", "grad_norm", "spikes", "batches", "progress"} <= batches[
        0
    ].keys()
    shares = [e["progress"]["fraction"] for e in batches]
    assert shares == sorted(shares)
    last = batches[-1]["progress"]
    assert last["epochs"] == 6
    assert 0 <= last["eta"] < took
    assert all(e["spikes"]["lif1"] >= 0 for e in batches)


def test_the_checkpoint_is_durable_before_its_event(data: Dataset, tmp_path: Path) -> None:
    sink = MemorySink()
    seen = []

    def durable(event: dict[str, Any]) -> None:
        if event["type"] == "checkpoint":
            kept, damaged = checkpoint.load(tmp_path, {})
            assert kept is not None
            assert not damaged
            seen.append((kept.seq, event["of_seq"]))
            assert kept.seq == event["seq"] - 1

    sink.durable = durable
    Trainer(fakes.spec(), data, sink=sink, control=Script(), folder=tmp_path, backend=Bench()).fit()
    assert seen
    assert all(a == b for a, b in seen)


def test_checkpoints_take_at_most_their_share(
    data: Dataset, tmp_path: Path, monkeypatch: Any
) -> None:
    real = files.os.fsync

    def slow(handle: int) -> None:
        time.sleep(0.01)
        real(handle)

    monkeypatch.setattr(files.os, "fsync", slow)
    _, sink = fit(data, tmp_path / "run", epochs=8, checkpoint_every=1e-3)
    spent = sum(e["seconds"] for e in sink.of("checkpoint"))
    whole = sum(e["seconds"] for e in sink.of("metrics") if not e.get("final"))
    assert sink.of("checkpoint")
    # the first one is due at once: nothing is known then of how long it takes
    assert spent - sink.of("checkpoint")[0]["seconds"] <= 0.08 * whole + 0.05


def test_loss_that_is_no_number_ends_the_run(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "CHECKPOINT_SHARE", 1e9)  # one after every batch
    monkeypatch.setattr(session, "BATCH_EVENT_SECONDS", 1e9)  # which would look at them too

    def poison(network: Poisson) -> None:
        def spoil(step: int) -> None:
            if network.training and calls() == 50:
                network.fc2.weight.data.fill_(float("nan"))

        count = iter(range(10**6))
        calls = lambda: next(count)  # noqa: E731
        network.hook = spoil

    with pytest.raises(WorkError, match="no longer a finite number") as caught:
        fit(data, tmp_path / "run", backend=Bench(poison), checkpoint_every=1e-9)
    assert "epoch 2" in caught.value.where
    assert "lr" in caught.value.hint
    kept, _ = checkpoint.load(tmp_path / "run", {})
    assert kept is not None
    assert (kept.epoch, kept.batch) == (1, 2)
    assert all(t.isfinite().all() for t in kept.model.values() if t.is_floating_point())


def test_partial_batches_and_batches_larger_than_the_data(tmp_path: Path) -> None:
    data = fakes.dataset(tmp_path / "data", train=45)
    sizes: list[int] = []

    class Counts(Bench):
        def build(self, spec: Any, seed: int | None = None) -> Any:
            network: Any = super().build(spec, seed)
            run = network.run
            network.run = lambda x, **kw: (
                sizes.append(len(x)) if network.training else None,
                run(x, **kw),
            )[1]
            return network

    fit(data, tmp_path / "a", backend=Counts(), epochs=1, batch_size=16, validation=0)
    assert sizes == [16, 16, 13]
    sizes.clear()
    _, sink = fit(data, tmp_path / "b", backend=Counts(), epochs=2, batch_size=1000, validation=0)
    assert sizes == [45, 45]
    assert sink.of("metrics")[0]["progress"]["batches"] == 1


def test_without_validation_and_without_test_split(tmp_path: Path) -> None:
    data = fakes.dataset(tmp_path / "data", test=0)
    outcome, sink = fit(data, tmp_path / "run", validation=0)
    row = sink.of("metrics")[0]
    assert row["val_loss"] is None
    assert row["val_accuracy"] is None
    assert "test_accuracy" not in outcome.metrics
    assert "evaluation.json" not in sink.artifacts
    assert "weights.safetensors" in sink.artifacts
    with pytest.raises(InvalidError, match="no sample is held out"):
        fit(data, tmp_path / "two", validation=0, early_stopping={"metric": "val_loss"})


def test_early_stopping_keeps_the_best_weights(data: Dataset, tmp_path: Path) -> None:
    outcome, sink = fit(
        data,
        tmp_path / "run",
        epochs=60,
        lr=0.3,
        early_stopping={"metric": "val_loss", "patience": 2},
    )
    rows = [e for e in sink.of("metrics") if not e.get("final")]
    losses = [row["val_loss"] for row in rows]
    assert len(rows) < 60
    assert len(rows) == int(np.argmin(losses)) + 1 + 2
    assert outcome.metrics["best_epoch"] == int(np.argmin(losses)) + 1
    assert outcome.metrics["val_loss"] == min(losses)
    assert sink.artifacts["weights.safetensors"] == sink.artifacts["best.safetensors"]
    assert sink.of("metrics")[-1]["progress"]["fraction"] == 1.0


def test_memory_low_gives_the_same_gradient(data: Dataset, tmp_path: Path) -> None:
    """Without batch statistics and randomness, slices of a batch add up to the whole of it."""

    class Plain(Poisson):
        def __init__(self, seed: int) -> None:
            super().__init__(seed)
            self.norm, self.drop = torch.nn.Identity(), torch.nn.Identity()

        def run(self, x: torch.Tensor, **kw: Any) -> Any:
            return super().run((x > 0.6).to(x.dtype), **kw)

    class Bare(Bench):
        def build(self, spec: Any, seed: int | None = None) -> Any:
            return Plain(seed or 0)

    same = {"epochs": 1, "batch_size": 90, "loss": "cross-entropy", "precision": "float64"}
    _, fast = fit(data, tmp_path / "a", backend=Bare(), memory="fast", **same)
    _, low = fit(data, tmp_path / "b", backend=Bare(), memory="low", **same)
    a, b = fast.of("metrics")[0], low.of("metrics")[0]
    assert a["grad_norm"] == pytest.approx(b["grad_norm"], rel=1e-9)
    assert a["train_loss"] == pytest.approx(b["train_loss"], rel=1e-9)


@pytest.mark.parametrize("precision", ["float64", "bfloat16"])
def test_precision(data: Dataset, tmp_path: Path, precision: str) -> None:
    seen = set()

    def watch(network: Poisson) -> None:
        network.fc1.register_forward_hook(lambda _m, _i, out: seen.add(out.dtype))

    outcome, _ = fit(
        data, tmp_path / "run", backend=Bench(watch), precision=precision, loss="cross-entropy"
    )
    assert outcome.metrics["test_accuracy"] > 0.4
    assert seen == {torch.float64 if precision == "float64" else torch.bfloat16}


@pytest.mark.parametrize(
    ("flags", "precision", "told"),
    [
        ({"avx512_bf16": False, "amx_bf16": False}, "bfloat16", True),
        ({"avx512_bf16": True, "amx_bf16": False}, "bfloat16", False),
        ({"avx2": True}, "bfloat16", False),  # a machine whose flags are not known
        ({"avx512_bf16": False}, "float32", False),
    ],
)
def test_a_precision_that_only_costs_time_is_told_once(
    data: Dataset,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    flags: dict[str, bool],
    precision: str,
    told: bool,
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: flags, raising=False)
    _, sink = fit(data, tmp_path / "run", precision=precision, loss="cross-entropy", epochs=2)
    lines = [e["message"] for e in sink.of("log") if e["level"] == "warning"]
    assert len(lines) == int(told)
    assert all("has no instructions for bfloat16" in line for line in lines)


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop"])
def test_every_optimizer_learns(data: Dataset, tmp_path: Path, optimizer: str) -> None:
    _, sink = fit(data, tmp_path / "run", optimizer=optimizer, weight_decay=1e-4)
    rows = sink.of("metrics")
    assert rows[2]["train_loss"] < rows[0]["train_loss"]


def test_reading_ahead_changes_nothing(data: Dataset, tmp_path: Path) -> None:
    _, alone = fit(data, tmp_path / "a")
    _, ahead = fit(data, tmp_path / "b", workers=2)
    assert alone.artifacts["weights.safetensors"] == ahead.artifacts["weights.safetensors"]


def test_data_that_does_not_fit_is_refused(data: Dataset, tmp_path: Path) -> None:
    spec = fakes.spec()
    body = spec.to_dict()
    body["model"]["input"]["shape"] = [1, 5, 5]
    wrong = type(spec).parse(body)
    with pytest.raises(InvalidError, match=r"samples of \[1, 4, 4\], the model takes \[1, 5, 5\]"):
        Trainer(
            wrong, data, sink=MemorySink(), control=Script(), folder=tmp_path, backend=Bench()
        ).fit()
    changed = type(spec).parse({**spec.to_dict(), "dataset_digest": "0" * 64})
    with pytest.raises(InvalidError, match="not the one that the run was made for"):
        Trainer(
            changed, data, sink=MemorySink(), control=Script(), folder=tmp_path, backend=Bench()
        ).fit()
    absent = type(spec).parse({**spec.to_dict(), "device": "cuda:7"})
    with pytest.raises(InvalidError, match=r'no device "cuda:7".*present: cpu'):
        Trainer(
            absent, data, sink=MemorySink(), control=Script(), folder=tmp_path, backend=Bench()
        ).fit()


def test_full_disk_fails_clearly_and_keeps_the_old_checkpoint(
    data: Dataset, tmp_path: Path, monkeypatch: Any
) -> None:
    control = Script(["stop"])
    fit(data, tmp_path / "run", control=control)
    before = (tmp_path / "run" / checkpoint.NAME).read_bytes()

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(StorageError, match="disk is full"):
        fit(data, tmp_path / "run")
    assert (tmp_path / "run" / checkpoint.NAME).read_bytes() == before
    assert not list((tmp_path / "run").glob("*.part"))


def test_frames_hold_what_was_asked_for(data: Dataset, tmp_path: Path) -> None:
    _, sink = fit(
        data, tmp_path / "run", probe={"nodes": ["fc"], "quantities": ["mem"], "samples": 2}
    )
    assert len(sink.frames) == 3
    event = sink.of("frame")[0]
    assert event["arrays"] == {"fc.mem": [6, 2, 4]}
    assert event["epoch"] == 1
    assert len(event["targets"]) == 2
    path = tmp_path / "frame.npz"
    path.write_bytes(sink.frames[0])
    with np.load(path, allow_pickle=False) as arrays:
        assert arrays["fc.mem"].shape == (6, 2, 4)


def test_a_stop_is_obeyed_within_a_long_batch(data: Dataset, tmp_path: Path) -> None:
    """A batch of three seconds: the stop comes in the midst of it and takes far less than one."""

    def slow(network: Poisson) -> None:
        network.hook = lambda _: time.sleep(0.5)

    asked: list[float] = []

    class Later(Script):
        def poll(self) -> Any:
            if time.monotonic() - began > 0.7 and not asked:
                asked.append(time.monotonic())
                return "stop"
            return None

    began = time.monotonic()
    outcome, _ = fit(data, tmp_path / "run", backend=Bench(slow), control=Later())
    assert outcome.state == "stopped"
    assert time.monotonic() - asked[0] < 1.0


def test_a_stop_is_obeyed_while_gradients_are_gathered(
    data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    box: dict[str, Any] = {"backward": False}

    def watch(network: Poisson) -> None:
        box["network"] = network
        network.fc2.weight.register_hook(lambda _: box.update(backward=True))

    control = Script(["stop"], lambda: box["backward"])
    outcome, sink = fit(data, tmp_path / "run", backend=Bench(watch), control=control)
    assert outcome.state == "stopped"
    assert sink.position == (1, 0)
    kept, _ = checkpoint.load(tmp_path / "run", {})
    assert kept is not None
    assert int(kept.model["norm.num_batches_tracked"]) == 0
    for name, tensor in Poisson(0).state_dict().items():
        assert torch.equal(kept.model[name], tensor), name
