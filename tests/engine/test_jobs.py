"""Jobs as a coordinator calls them: real networks on real digits, and the user's own module."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle
import numpy as np
import pytest
import torch

from spikex_lab.data import Dataset, arrays, builtin
from spikex_lab.engine import jobs
from spikex_lab.errors import InvalidError, NotFoundError
from spikex_lab.spec.templates import names, template

from .fakes import MemorySink, Script

SAMPLES = {"train": 500, "test": 100}


@dataclass
class Context:
    """A `JobContext` in memory."""

    spec: dict[str, Any]
    dataset: Any
    folder: Path
    codes: dict[str, bytes] = field(default_factory=dict)
    sink: MemorySink = field(default_factory=MemorySink)
    control: Any = field(default_factory=Script)
    run: dict[str, Any] = field(default_factory=lambda: {"id": "0190", "attempt": 1})

    def code(self, sha256: str) -> bytes | None:
        return self.codes.get(sha256)


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """A third of the digits: enough to learn from."""
    folder = tmp_path_factory.mktemp("digits")
    builtin.digits(folder)
    whole = Dataset.open(folder)
    parts = {name: whole.split(name) for name in SAMPLES}
    splits = {name: (parts[name].x[:n], parts[name].y[:n]) for name, n in SAMPLES.items()}
    info = whole.info.model_copy(update={"splits": SAMPLES})
    return Dataset(info, arrays.write(tmp_path_factory.mktemp("some"), info, splits)[0].parent)


def run_spec(model: dict[str, Any], **training: Any) -> dict[str, Any]:
    return {
        "model": model,
        "dataset": "digits",
        "training": {"epochs": 1, "threads": 1, **training},
    }


@pytest.mark.parametrize("name", names())
def test_every_template_trains(digits: Dataset, tmp_path: Path, name: str) -> None:
    model = template(name, input_shape=(1, 8, 8), classes=10).to_dict()
    training = {**model["training"], "epochs": 2, "batch_size": 32}
    context = Context(run_spec(model, **training), digits, tmp_path)
    outcome = jobs.train(context)
    assert outcome.state == "finished"
    rows = context.sink.of("metrics")
    measured = "train_loss" if training["algorithm"] == "bptt" else "grad_norm"
    assert rows[1][measured] < rows[0][measured]  # a rule has no loss; its changes grow smaller
    assert outcome.metrics["test_accuracy"] > 0.25
    page = context.sink.artifacts["report.html"].decode()
    assert f"{100 * outcome.metrics['test_accuracy']:.2f} %" in page


def own_module() -> tuple[bytes, dict[str, Any]]:
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(64, 32),
        torch.nn.BatchNorm1d(32),
        torch.nn.Linear(32, 10),
    )
    code = cloudpickle.dumps(net)
    module = {"sha256": hashlib.sha256(code).hexdigest(), "classes": 10}
    model = {
        "name": "mine",
        "input": {"shape": [1, 8, 8]},
        "module": module,
        "readout": "decoders/membrane",
    }
    return code, model


def test_the_users_own_module_trains_stops_and_resumes(
    digits: Dataset, tmp_path: Path, every_poll: None
) -> None:
    code, model = own_module()
    sha = model["module"]["sha256"]
    spec = run_spec(model, epochs=2, batch_size=200, checkpoint_every=0.001)
    (tmp_path / "a").mkdir()
    whole = Context(spec, digits, tmp_path / "a", {sha: code})
    jobs.train(whole)
    (tmp_path / "b").mkdir()
    first = Context(spec, digits, tmp_path / "b", {sha: code})
    first.control = Script(["stop"], lambda: first.sink.position == (2, 3))
    assert jobs.train(first).state == "stopped"
    second = Context(spec, digits, tmp_path / "b", {sha: code})
    assert jobs.train(second).state == "finished"
    assert (
        second.sink.artifacts["weights.safetensors"] == whole.sink.artifacts["weights.safetensors"]
    )


def test_code_of_another_hash_is_not_run(digits: Dataset, tmp_path: Path) -> None:
    _, model = own_module()
    marker = tmp_path / "marker"

    class Bomb:
        def __reduce__(self) -> Any:
            return Path.touch, (marker,)

    sha = model["module"]["sha256"]
    with pytest.raises(InvalidError, match="not what its hash says"):
        jobs.train(Context(run_spec(model), digits, tmp_path, {sha: cloudpickle.dumps(Bomb())}))
    with pytest.raises(NotFoundError, match="never chosen"):
        jobs.train(Context(run_spec(model), digits, tmp_path))
    assert not marker.exists()


def test_probes_of_real_networks(digits: Dataset, tmp_path: Path) -> None:
    model = template("snn-mlp", input_shape=(1, 8, 8), classes=10).to_dict()
    probe = {"nodes": ["lif1"], "quantities": ["spikes", "mem"], "samples": 2}
    context = Context({**run_spec(model), "probe": probe}, digits, tmp_path)
    jobs.train(context)
    (event,) = context.sink.of("frame")
    steps, width = model["time"]["steps"], 256
    assert event["arrays"] == {"lif1.spikes": [steps, 2, width], "lif1.mem": [steps, 2, width]}
    path = tmp_path / "frame.npz"
    path.write_bytes(context.sink.frames[0])
    with np.load(path, allow_pickle=False) as arrays_:
        assert arrays_["lif1.spikes"].dtype == np.uint8
        assert 0 < arrays_["lif1.spikes"].mean() < 1
    for wrong, message in (
        ({"nodes": ["lif9"]}, "lif9"),
        ({**probe, "quantities": ["wnt"]}, "wnt"),
    ):
        context = Context({**run_spec(model), "probe": wrong}, digits, tmp_path)
        with pytest.raises(InvalidError, match=message):
            jobs.train(context)
        assert context.sink.events == []
