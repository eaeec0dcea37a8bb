"""The workloads are what the design says, and their numbers have the shapes they say."""

from __future__ import annotations

import numpy as np
import pytest

import spikex_lab as sx
from benchmarks.peers import ours
from benchmarks.suite import data
from benchmarks.suite.contestants import CONTESTANTS, PEERS, lineup
from benchmarks.suite.workloads import ACCURACY, WORKLOADS, Workload, chosen
from spikex_lab.catalog import registry
from spikex_lab.spec import ModelSpec
from spikex_lab.spec.graph import Graph

STATED = {
    "w1-512": (500, 16, (512,)),
    "w1-2048": (500, 16, (2048,)),
    "w1-2048-sparse": (500, 16, (2048,)),
    "w2": (100, 64, (2048,)),
    "w3-static": (25, 128, (784,)),
    "w3-poisson": (25, 128, (784,)),
    "w4": (25, 64, (1, 28, 28)),
    "w5": (100, 64, (700,)),
}
TRAINED = [work for work in (*WORKLOADS, ACCURACY) if work.trains]


def test_sizes_are_those_of_the_design() -> None:
    assert {w.id: (w.steps, w.batch, w.shape) for w in WORKLOADS} == STATED


@pytest.mark.parametrize("work", [*WORKLOADS, ACCURACY], ids=lambda w: w.id)
def test_numbers_have_the_shapes_of_the_workload(work: Workload) -> None:
    small = work.resized(steps=3, batch=2)
    found = data.make(small)
    steps = () if work.input == "static" else (3,)
    assert found.x.shape == (*steps, 2, *work.shape)
    assert found.x.dtype == np.float32
    if work.trains:
        assert found.y.shape == (2,)
        assert found.y.max() < work.sizes[-1]
    else:
        assert found.cotangent.shape == (3, 2, *(work.sizes or work.shape))


@pytest.mark.parametrize("work", TRAINED, ids=lambda w: w.id)
def test_weights_fit_our_network(work: Workload) -> None:
    spec = ModelSpec.parse(ours.spec(work))
    graph = Graph.of(spec, registry(spec))
    weights = data.make(work.resized(batch=1, steps=1)).weights
    net = ours.network(work, data.make(work.resized(batch=1)))
    assert {name: w.shape for name, w in weights.items()} == {
        name: tuple(p.shape) for name, p in net.named_parameters()
    }
    assert graph.steps == work.steps
    assert graph.input_shape == work.shape


@pytest.mark.parametrize("work", WORKLOADS, ids=lambda w: w.id)
@pytest.mark.parametrize("variant", ["ours", "reference"])
def test_ours_takes_a_step_of_every_workload(work: Workload, variant: str) -> None:
    small = work.resized(steps=3, batch=2)
    found = data.make(small)
    with sx.nn.use_kernels("reference"):  # put back what `build` chooses
        subject = ours.build(small, found, variant)
        loss, gradients = subject.gradients()
        subject.step()
    assert np.isfinite(loss)
    assert gradients.keys() == (found.weights.keys() or {"x"})
    assert all(np.abs(gradient).max() > 0 for gradient in gradients.values())
    assert np.isfinite(subject.figure())


def test_sparse_inputs_are_as_sparse_as_said() -> None:
    (work,) = chosen(["w1-2048-sparse"])
    x = data.make(work.resized(steps=50)).x
    assert set(np.unique(x)) == {0.0, 1.0}
    assert x.mean() == pytest.approx(0.05, abs=0.002)


def test_same_seed_same_numbers_and_float64_ones_are_the_same() -> None:
    (work,) = chosen(["w5"])
    small = work.resized(steps=2, batch=2)
    first, second, other = data.make(small, 3), data.make(small, 3), data.make(small, 4)
    wide = data.make(small, 3, np.float64)
    for name, w in first.weights.items():
        assert np.array_equal(w, second.weights[name])
        assert np.array_equal(w, wide.weights[name])
        assert wide.weights[name].dtype == np.float64
    assert not np.array_equal(first.weights["fc1.weight"], other.weights["fc1.weight"])


def test_choosing_by_whole_id_or_beginning() -> None:
    assert [w.id for w in chosen(["w3"])] == ["w3-static", "w3-poisson"]
    assert [w.id for w in chosen(["w1-2048", "w2"])] == ["w1-2048", "w1-2048-sparse", "w2"]
    with pytest.raises(KeyError, match="w"):
        chosen(["w"])


def test_lineup_has_ourselves_twice_and_peers_with_and_without_cache() -> None:
    assert lineup(["spyx"], cache=True) == ["ours", "reference", "spyx", "spyx+cache"]
    assert lineup([], cache=True) == ["ours", "reference"]
    assert all(CONTESTANTS[peer].note for peer in PEERS)
