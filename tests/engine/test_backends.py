"""One spec, two implementations: ours and snnTorch."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikex_lab.data import Dataset
from spikex_lab.engine import Trainer, backends
from spikex_lab.errors import InvalidError
from spikex_lab.spec import ModelSpec, RunSpec

from .fakes import MemorySink, Script


def model(neuron: str = "leaky", edges: Any = "sequential", **params: Any) -> dict[str, Any]:
    return {
        "name": "twice",
        "input": {"shape": [1, 4, 4], "encoder": "encoders/direct"},
        "time": {"steps": 8},
        "nodes": [
            {
                "id": "conv",
                "component": "synapses/conv2d",
                "params": {"channels": 3, "kernel": 3, "padding": 1},
            },
            {"id": "pool", "component": "layers/avg-pool2d"},
            {"id": "flat", "component": "layers/flatten"},
            {"id": "fc1", "component": "synapses/dense", "params": {"features": 20}},
            {"id": "hid", "component": f"neurons/{neuron}", "params": params},
            {"id": "fc2", "component": "synapses/dense", "params": {"features": 4}},
            {
                "id": "out",
                "component": "neurons/leaky",
                "surrogate": {"component": "surrogates/fast-sigmoid", "params": {"slope": 10.0}},
            },
        ],
        "edges": edges,
        "readout": "decoders/spike-count",
    }


def test_both_train_one_spec_to_the_same_figures(data: Dataset, tmp_path: Path) -> None:
    sinks = {}
    for name in ("spikex", "snntorch"):
        sink = sinks[name] = MemorySink()
        body = {
            "epochs": 2,
            "batch_size": 16,
            "threads": 1,
            "lr": 0.01,
            "loss": "cross-entropy-over-time",
        }
        spec = RunSpec.parse(
            {"model": model(), "dataset": "bars", "training": body, "backend": name}
        )
        (tmp_path / name).mkdir()
        Trainer(spec, data, sink=sink, control=Script(), folder=tmp_path / name).fit()
    ours, theirs = (sinks[n].of("metrics") for n in ("spikex", "snntorch"))
    for a, b in zip(ours, theirs, strict=True):
        for name in ("train_loss", "val_loss", "test_loss"):
            if a.get(name) is not None:
                assert a[name] == pytest.approx(b[name], rel=1e-4)
    assert theirs[1]["train_loss"] < theirs[0]["train_loss"]


@pytest.mark.parametrize(
    ("neuron", "params"),
    [
        ("leaky", {"reset": "zero"}),
        ("leaky", {"reset_delay": False, "learn": ["beta"]}),
        ("synaptic", {"alpha": 0.8}),
        ("alpha", {"threshold": 0.2, "reset": "subtract", "learn": ["alpha", "threshold"]}),
        ("lapicque", {"R": 2.0, "C": 1.5, "learn": ["R"]}),
        ("rleaky", {"reset_delay": False}),
        ("rleaky", {"all_to_all": False, "V": -0.3}),
        ("rleaky", {"all_to_all": False, "V": 0.3, "learn": ["V", "beta"]}),
        ("rsynaptic", {"learn": ["V"]}),
    ],
)
def test_the_same_outputs(neuron: str, params: dict[str, Any]) -> None:
    spec = ModelSpec.parse(model(neuron, **params))
    x = torch.from_numpy(np.random.default_rng(0).random((5, 1, 4, 4), dtype=np.float32)) * 3
    ours, theirs = (backends.get(n).build(spec, seed=3) for n in ("spikex", "snntorch"))
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    a, b = ours.run(x), theirs.run(x)  # type: ignore[operator]
    assert float(a.activity["hid"]) > 0
    torch.testing.assert_close(a.states["mem"], b.states["mem"], rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(a.activity["hid"], b.activity["hid"])


def test_loops_with_delay() -> None:
    nodes = ["conv", "pool", "flat", "fc1", "hid", "fc2", "out"]
    edges: list[Any] = [
        ["input", "conv"],
        *([a, b] for a, b in pairwise(nodes)),
    ]
    body = model(
        edges=[*edges, {"from": "hid", "to": "back"}, {"from": "back", "to": "hid", "delay": 2}]
    )
    body["nodes"].append({"id": "back", "component": "synapses/dense", "params": {"features": 20}})
    spec = ModelSpec.parse(body)
    x = torch.from_numpy(np.random.default_rng(1).random((4, 1, 4, 4), dtype=np.float32)) * 3
    a, b = (backends.get(n).build(spec, seed=1).run(x) for n in ("spikex", "snntorch"))  # type: ignore[operator]
    torch.testing.assert_close(a.states["mem"], b.states["mem"], rtol=1e-5, atol=1e-5)


def test_what_snntorch_lacks_is_refused() -> None:
    body = model("lif")
    with pytest.raises(InvalidError, match="no counterpart of neurons/lif"):
        backends.get("snntorch").build(ModelSpec.parse(body), seed=0)
    with pytest.raises(InvalidError, match="spikex"):
        backends.get("spikx")
