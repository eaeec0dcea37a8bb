"""Runs on event-driven layers: killed anywhere and resumed, they end as those left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spikex_lab import toolchain
from spikex_lab.data import Dataset
from spikex_lab.engine import Trainer, checkpoint
from spikex_lab.nn import build
from spikex_lab.spec import RunSpec

from . import fakes
from .fakes import MemorySink, Script

pytestmark = pytest.mark.skipif(toolchain.compiler() is None, reason="no C++ compiler")


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the trainer runs on after it, only files remain."""


class Keeping:
    """The usual backend; keeps the network, and can raise in a batch."""

    name = "spikex"

    def __init__(self, dies_after: int | None = None) -> None:
        self.left = dies_after

    def build(self, spec: Any, seed: int | None = None) -> Any:
        self.network = build(spec, seed=seed)
        self.network.node("fc2").register_forward_hook(self._tick)
        return self.network

    def _tick(self, *_: Any) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed

    def ran(self) -> dict[str, Any]:
        return {name: self.network.node(name).choice.last for name in ("fc1", "fc2", "fc3")}


def spec(threads: int, *, deterministic: bool) -> RunSpec:
    """Silent at first, so that the first batch's choice is not what later ones would make."""
    leaky = {"component": "neurons/leaky", "surrogate": "surrogates/boxcar"}
    run = fakes.spec(
        threads=threads, deterministic=deterministic, lr=0.05, loss="cross-entropy-over-time"
    )
    body = run.to_dict()
    body["model"] |= {
        "input": {"shape": [1, 4, 4], "encoder": "encoders/rate"},
        "time": {"steps": 60},
        "nodes": [
            {"id": "flatten", "component": "layers/flatten"},
            {"id": "fc1", "component": "synapses/dense", "params": {"features": 256}},
            {"id": "lif1", **leaky},
            {"id": "fc2", "component": "synapses/dense", "params": {"features": 128}},
            {"id": "lif2", **leaky},
            {"id": "fc3", "component": "synapses/dense", "params": {"features": 4}},
            {"id": "lif3", **leaky},
        ],
    }
    return RunSpec.parse(body)


def train(run: RunSpec, data: Dataset, folder: Path, backend: Keeping, sink: MemorySink) -> None:
    folder.mkdir(exist_ok=True)
    Trainer(run, data, sink=sink, control=Script(), folder=folder, backend=backend).fit()


@pytest.mark.parametrize("deterministic", [False, True])
@pytest.mark.parametrize("threads", [1, 2])
def test_killed_and_resumed(
    data: Dataset, tmp_path: Path, threads: int, deterministic: bool
) -> None:
    run = spec(threads, deterministic=deterministic)
    sink, backend = MemorySink(), Keeping()
    train(run, data, tmp_path / "whole", backend, sink)
    assert "events" in backend.ran()["fc2"].values()
    again = MemorySink()
    for limit in (0, 2, 7, 5, None):
        again = MemorySink(seq=again.flush())
        try:
            train(run, data, tmp_path / "run", Keeping(limit), again)
        except Killed:
            assert limit is not None
    assert again.artifacts["weights.safetensors"] == sink.artifacts["weights.safetensors"]


def test_a_deterministic_run_keeps_to_its_first_batch_and_says_so(
    data: Dataset, tmp_path: Path
) -> None:
    run = spec(1, deterministic=True)
    sink, first, rest = MemorySink(), Keeping(3), Keeping()
    with pytest.raises(Killed):
        train(run, data, tmp_path, first, sink)
    kept, _ = checkpoint.load(tmp_path, {})
    assert kept is not None
    assert kept.choices["fc2"]["forward"] == "events"
    told = [e["message"] for e in sink.of("log") if "fixed" in e["message"]]
    assert told == [
        "fixed for this run: " + "; ".join(
            f"{name} {', '.join(f'{what} {kind}' for what, kind in sorted(ran.items()))}"
            for name, ran in kept.choices.items()
        )
    ]  # fmt: skip
    later = MemorySink(seq=sink.flush())
    train(run, data, tmp_path, rest, later)
    assert rest.network.node("fc2").choice.fixed == kept.choices["fc2"]
    assert not [e for e in later.of("log") if "fixed" in e["message"]]


def test_validation_fixes_nothing(data: Dataset, tmp_path: Path) -> None:
    """Its batches are larger: a layer may count events there that is too small in training."""
    body = spec(1, deterministic=True).to_dict()
    body["training"] |= {"validation": 0.5}
    body["model"]["nodes"][1]["params"] = {"features": 512}
    backend = Keeping()
    train(RunSpec.parse(body), data, tmp_path, backend, MemorySink())
    assert "forward" in backend.ran()["fc1"]  # counted there
    assert not backend.network.node("fc1").choice.fixed
    assert backend.network.node("fc2").choice.fixed


def test_other_runs_fix_nothing(data: Dataset, tmp_path: Path) -> None:
    backend = Keeping()
    train(spec(1, deterministic=False), data, tmp_path, backend, MemorySink())
    kept, _ = checkpoint.load(tmp_path, {})
    assert kept is not None
    assert kept.choices == {}
    assert not backend.network.node("fc2").choice.fixed


@pytest.mark.parametrize("choices", [[], {"fc2": "dense"}, {"fc2": {"forward": 3}}])
def test_malformed_choices_are_damage(tmp_path: Path, choices: Any) -> None:
    from .test_checkpoint import made

    checkpoint.save(tmp_path, made(1, choices=choices))
    kept, damaged = checkpoint.load(tmp_path, {})
    assert kept is None
    assert "choices" in damaged[0]
