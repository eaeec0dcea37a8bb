"""Figures of an evaluation, against independent implementations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikex_lab.data import Dataset
from spikex_lab.engine.evaluate import calibration_error, evaluate, per_class
from spikex_lab.errors import InvalidError
from spikex_lab.spec import TrainingSpec

from .fakes import Poisson


@pytest.fixture
def network() -> Poisson:
    return Poisson(0)


def test_figures_are_those_of_torchmetrics() -> None:
    """The reference; not used itself, for importing it takes seconds that a stop would wait for."""
    reference = pytest.importorskip("torchmetrics.functional.classification")
    torch.manual_seed(0)
    target = torch.randint(0, 5, (400,))
    target[target == 4] = 3  # a class without samples
    scores = torch.randn(400, 6, dtype=torch.float64) + 2 * torch.nn.functional.one_hot(target, 6)
    predicted = scores.argmax(dim=1)
    counts = torch.bincount(target * 6 + predicted, minlength=36).reshape(6, 6)
    assert torch.equal(counts, reference.multiclass_confusion_matrix(predicted, target, 6))
    figures = per_class(counts, list("abcdef"))
    options = {"num_classes": 6, "average": "none"}
    for name, function in (("precision", "precision"), ("recall", "recall"), ("f1", "f1_score")):
        theirs = getattr(reference, f"multiclass_{function}")(predicted, target, **options)
        assert [getattr(f, name) for f in figures] == pytest.approx(theirs.tolist(), abs=1e-6)
    assert sum(f.support for f in figures) == 400
    theirs = float(
        reference.multiclass_calibration_error(scores.softmax(dim=1), target, 6, n_bins=15)
    )
    assert calibration_error(scores, target) == pytest.approx(theirs, abs=1e-5)


def test_an_evaluation_is_whole(network: Poisson, data: Dataset) -> None:
    seen: list[tuple[int, int]] = []
    found = evaluate(
        network, data, batch_size=16, on_progress=lambda done, of: seen.append((done, of))
    )
    assert seen == [(16, 40), (32, 40), (40, 40)]
    assert np.array(found.confusion).sum() == found.samples == 40
    right = sum(found.confusion[i][i] for i in range(4))
    assert found.accuracy == pytest.approx(right / 40)
    assert found.classes == ["first", "second", "third", "fourth"]
    assert [c.support for c in found.per_class] == [10] * 4
    assert found.throughput > 0
    assert 0 < found.latency.median <= found.latency.p95
    assert found.spikes["lif1"] > 0
    assert found.top3 is not None
    assert found.top3 >= found.accuracy


def test_it_repeats_and_disturbs_nobody(network: Poisson, data: Dataset) -> None:
    network.train()
    network.norm.eval()
    state = torch.get_rng_state()
    first = evaluate(network, data)
    assert torch.equal(torch.get_rng_state(), state)
    assert network.training
    assert not network.norm.training
    assert all(p.grad is None for p in network.parameters())
    second = evaluate(network, data)
    for name in ("accuracy", "loss", "confusion", "spikes", "synops", "macs", "calibration_error"):
        assert getattr(first, name) == getattr(second, name), name
    other = evaluate(network, data, training=TrainingSpec(seed=1))
    assert other.loss != first.loss  # a random encoder draws anew with another seed


def test_operations_of_known_layers(data: Dataset) -> None:
    class Chain(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(1, 2, 3, padding=1)
            self.fc = torch.nn.Linear(32, 4)

        def run(self, x: torch.Tensor, **_: Any) -> Any:
            from .fakes import Result

            spikes = (self.conv(x).flatten(1) > 0).to(x.dtype)
            self.mean = float(spikes.sum()) / len(x)
            scores = self.fc(spikes)
            return Result(scores, scores[None], {}, {}, {})

    chain = Chain()
    found = evaluate(chain, data, batch_size=40)
    assert found.macs == 16 * 2 * 9  # each of 16 pixels meets 2 · 3 · 3 weights
    network_mean = chain.mean
    assert found.synops == pytest.approx(network_mean * 4)


def test_unknown_split(network: Poisson, data: Dataset) -> None:
    with pytest.raises(InvalidError, match=r'no split "tset".*did you mean "test"'):
        evaluate(network, data, "tset")


def test_giving_up(network: Poisson, data: Dataset, tmp_path: Path) -> None:
    class Enough(Exception):
        pass

    def poll() -> None:
        raise Enough

    with pytest.raises(Enough):
        evaluate(network, data, poll=poll)
    assert network.training
