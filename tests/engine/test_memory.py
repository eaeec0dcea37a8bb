"""``training.memory``: what is decided, that it stays so, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from spikex_lab import nn
from spikex_lab.data import Dataset
from spikex_lab.engine import checkpoint, memory
from spikex_lab.engine.plan import Plan
from spikex_lab.errors import InvalidError
from spikex_lab.nn.forecast import Forecast, forecast, stretch
from spikex_lab.spec import ModelSpec, RunSpec
from spikex_lab.spec.templates import template

from . import fakes
from .fakes import MemorySink, Script
from .test_resume import Bench, Killed, figures, train


class Nodes:
    """The backend of networks of nodes; raises in the scan of that number, on either way."""

    name = "spikex"

    def __init__(self, dies_at: int | None = None) -> None:
        self.left = dies_at

    def build(self, spec: Any, seed: int | None = None) -> torch.nn.Module:
        self.network = nn.build(spec, seed=seed)
        self.network.node("fc1").register_forward_hook(self._tick)
        return self.network

    def _tick(self, *_: Any) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


def spec(mode: str = "low", steps: int = 23, **training: Any) -> RunSpec:
    """Random input, dropout, a loop, noise in time: all that a stretch could get wrong."""
    leaky = {"component": "neurons/leaky"}
    given = {"epochs": 2, "lr": 0.05, "loss": "cross-entropy", "memory": mode, **training}
    body = fakes.spec(**given).to_dict()
    body["model"] |= {
        "input": {"shape": [1, 4, 4], "encoder": "encoders/rate"},
        "time": {"steps": steps},
        "nodes": [
            {"id": "flatten", "component": "layers/flatten"},
            {"id": "fc1", "component": "synapses/dense", "params": {"features": 32}},
            {"id": "rec", "component": "synapses/dense", "params": {"features": 32}},
            {"id": "lif", **leaky},
            {"id": "drop", "component": "layers/dropout", "params": {"rate": 0.2}},
            {"id": "fc2", "component": "synapses/dense", "params": {"features": 4}},
            {"id": "out", **leaky},
        ],
        "edges": [
            ["input", "flatten"], ["flatten", "fc1"], ["fc1", "lif"], ["rec", "lif"],
            {"from": "lif", "to": "rec", "delay": 1}, ["lif", "drop"], ["drop", "fc2"],
            ["fc2", "out"],
        ],
    }  # fmt: skip
    return RunSpec.parse(body)


def test_low_learns_as_fast_does(data: Dataset, tmp_path: Path) -> None:
    rows = []
    for mode in ("fast", "low"):
        asked = spec(mode, precision="float64")
        _, sink, _ = train(data, tmp_path / mode, backend=Nodes(), spec=asked)
        rows.append(sink.of("metrics")[-1])
    for name in ("train_loss", "val_loss", "test_loss", "spikes"):
        assert rows[0][name] == pytest.approx(rows[1][name], rel=1e-6), name


@pytest.mark.parametrize("at", [3, 9, 40, 77])
def test_killed_and_resumed_it_ends_the_same(data: Dataset, tmp_path: Path, at: int) -> None:
    """Somewhere on the way there or back, or while nothing is learned."""
    _, whole, _ = train(data, tmp_path / "whole", backend=Nodes(), spec=spec())
    sink = MemorySink()
    with pytest.raises(Killed):
        train(data, tmp_path / "run", backend=Nodes(at), spec=spec(), sink=sink)
    second = MemorySink(seq=sink.flush())
    train(data, tmp_path / "run", backend=Nodes(), spec=spec(), sink=second)
    assert second.artifacts["weights.safetensors"] == whole.artifacts["weights.safetensors"]
    assert figures([sink, second]) == figures([whole])


def test_stopped_on_the_way_back_nothing_has_changed(
    data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    _, whole, _ = train(data, tmp_path / "whole", backend=Nodes(), spec=spec())
    seen: list[bool] = []

    def on_the_way_back() -> bool:
        seen.append(torch.is_grad_enabled() and sink.position == (1, 2))
        return seen.count(True) == 7

    sink = MemorySink()
    control = Script(["stop"], on_the_way_back)
    first, _, _ = train(
        data, tmp_path / "run", backend=Nodes(), spec=spec(), sink=sink, control=control
    )
    assert first.state == "stopped"
    second = MemorySink(seq=sink.flush())
    train(data, tmp_path / "run", backend=Nodes(), spec=spec(), sink=second)
    assert second.artifacts["weights.safetensors"] == whole.artifacts["weights.safetensors"]


def decided(sink: MemorySink) -> dict[str, Any]:
    found: dict[str, Any] = sink.of("state")[0]["memory"]
    return found


def test_auto_is_told_and_stays(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Decided low where there is little room; with more on the next attempt it stays low."""
    asked = spec("auto", steps=100)
    expected = both(asked)
    room = expected["low"].total + 1
    monkeypatch.setattr(memory, "free", lambda device: room)
    sink = MemorySink()
    backend = Nodes(300)
    with pytest.raises(Killed):
        train(data, tmp_path / "run", backend=backend, spec=asked, sink=sink)
    low = {"mode": "low", "chunk": 10, "needed": expected["low"].total, "free": room}
    assert decided(sink) == low
    assert backend.network.chunk == 10
    assert "memory low, 10 steps at a time, needs about" in sink.of("log")[0]["message"]
    kept, _ = checkpoint.load(tmp_path / "run", {})
    assert kept is not None
    assert kept.memory == {"mode": "low", "chunk": 10}
    monkeypatch.setattr(memory, "free", lambda device: 10**12)
    second = MemorySink(seq=sink.flush())
    train(data, tmp_path / "run", backend=Nodes(), spec=asked, sink=second)
    assert decided(second)["mode"] == "low"
    assert decided(second)["chunk"] == 10
    other = MemorySink()
    train(data, tmp_path / "other", backend=Nodes(), spec=asked, sink=other)
    assert decided(other)["mode"] == "fast"


def both(asked: RunSpec) -> dict[str, Forecast]:
    network = nn.build(asked.model, seed=0)
    training = asked.training
    return {
        mode: forecast(network, training.batch_size, memory=mode, evaluated=256)  # type: ignore[arg-type]
        for mode in ("fast", "low")
    }


def test_what_does_not_fit_is_refused_with_the_numbers(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spec("auto", steps=100)
    expected = both(asked)
    monkeypatch.setattr(memory, "free", lambda device: expected["low"].total - 1)
    with pytest.raises(InvalidError) as caught:
        train(data, tmp_path / "run", backend=Nodes(), spec=asked)
    assert caught.value.where == "training (memory low)"
    needed, room = (memory.size(expected["low"].total - less) for less in (0, 1))
    assert caught.value.what == f"needs about {needed} of memory, {room} are free"
    assert "fewer steps" in caught.value.hint
    assert not list((tmp_path / "run").iterdir())
    monkeypatch.setattr(memory, "free", lambda device: expected["low"].total)
    with pytest.raises(InvalidError, match=r"training\.memory: low needs"):
        train(data, tmp_path / "run", backend=Nodes(), spec=spec("fast", steps=100))


def test_a_smaller_batch_that_fits_is_named(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = spec("low", steps=4000, batch_size=90)
    monkeypatch.setattr(memory, "free", lambda device: 100_000_000)
    monkeypatch.setattr("spikex_lab.engine.plan.MIN_EVALUATION_BATCH", 1)
    with pytest.raises(InvalidError, match=r"a batch_size of (\d+)") as caught:
        train(data, tmp_path / "run", backend=Nodes(), spec=spec("low", 40_000, batch_size=90))
    named = int(caught.value.hint.partition("batch_size of ")[2].partition(";")[0])
    assert 1 <= named < 90
    plan = Plan.of(spec("low", 40_000, batch_size=named), data)
    memory.decide(nn.build(plan.spec.model, seed=0), plan, {}, 100_000_000)
    assert asked.training.batch_size == 90


def test_a_module_of_ones_own_has_no_forecast(data: Dataset, tmp_path: Path) -> None:
    _, sink, _ = train(data, tmp_path / "run", backend=Bench(), epochs=1, memory="auto")
    assert decided(sink) == {"mode": "fast", "chunk": None, "needed": None, "free": None}


@pytest.mark.parametrize("name", ["snn-mlp", "snn-conv", "snn-recurrent"])
def test_the_forecast_grows_with_what_it_counts(name: str) -> None:
    def made(steps: int, batch: int, mode: Any, **more: Any) -> Forecast:
        body = {**template(name).to_dict(), "time": {"steps": steps}}
        network = nn.build(ModelSpec.parse(body), seed=0)
        return forecast(network, batch, memory=mode, **more)

    def expected(*given: Any, **more: Any) -> int:
        return made(*given, **more).total

    for mode in ("fast", "low"):
        assert expected(100, 64, mode) < expected(200, 64, mode) < expected(200, 128, mode)
        assert expected(100, 8, mode) < expected(100, 8, mode, evaluated=512)
        assert expected(100, 8, mode, optimizer="sgd") < expected(100, 8, mode)
    assert made(1000, 64, "low").kept < made(1000, 64, "fast").kept / 2.5


def _into(saved: list[torch.Tensor]) -> Any:
    def note(tensor: torch.Tensor) -> torch.Tensor:
        saved.append(tensor)
        return tensor

    return note


def test_the_forecast_counts_what_is_kept() -> None:
    """Against what torch keeps for the way back, to within a third."""
    for name in ("snn-mlp", "snn-conv", "snn-recurrent"):
        body = template(name).to_dict() | {"time": {"steps": 60}}
        body["input"]["encoder"] = "encoders/rate"
        network = nn.build(ModelSpec.parse(body), seed=0)
        saved: list[torch.Tensor] = []
        note = _into(saved)
        with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
            network.run(torch.rand(32, 1, 8, 8))
        kept = {one.untyped_storage().data_ptr(): one.untyped_storage().nbytes() for one in saved}
        found = forecast(network, 32)
        weights = {w.untyped_storage().data_ptr() for w in network.parameters()}
        measured = sum(size for place, size in kept.items() if place not in weights)
        assert found.kept + found.input == pytest.approx(measured, rel=0.34), name


def test_stretches_are_about_the_root() -> None:
    def steps(count: int, **edge: Any) -> int:
        model = spec(steps=count).model.to_dict()
        if edge:
            model["edges"].append({"from": "lif", "to": "fc2", **edge})
        return stretch(nn.build(ModelSpec.parse(model), seed=0))

    assert [steps(count) for count in (1, 100, 1000)] == [1, 10, 25]
    assert 28 <= steps(997) <= 36  # which nothing divides
    assert steps(1000, delay=900) > 200  # a beginning holds what is on its way


def test_free_memory_is_that_of_the_tightest_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outer = tmp_path / "a"
    inner = outer / "b"
    inner.mkdir(parents=True)
    for folder, most in ((tmp_path, "max"), (outer, "3000"), (inner, "max")):
        (folder / "memory.max").write_text(f"{most}\n")
        (folder / "memory.current").write_text("2500\n")
        (folder / "memory.stat").write_text("anon 1\ninactive_file 300\n")
    monkeypatch.setattr(memory, "_CGROUPS", tmp_path)
    keys = ("memory.max", "memory.current", "inactive_file")
    assert memory._left(inner, *keys) == []
    assert memory._left(outer, *keys) == [800]
    assert memory._left(tmp_path / "none", *keys) == []
    assert memory.free(torch.device("cpu")) > 0
