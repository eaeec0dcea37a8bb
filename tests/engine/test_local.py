"""Local rules as training algorithms: every rule, broken off anywhere; labels; what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import load

from spikex_lab.catalog import library
from spikex_lab.data import Dataset
from spikex_lab.engine import Trainer, algorithms, checkpoint
from spikex_lab.engine.algorithms.labels import Labels
from spikex_lab.errors import InvalidError, WorkError
from spikex_lab.spec import Graph, RunSpec

from . import fakes
from .fakes import MemorySink, Script
from .test_resume import figures

FLAT = {"id": "flatten", "component": "layers/flatten"}
EXC = {"id": "exc", "component": "neurons/leaky", "params": {"reset": "zero"}}
INH = {"id": "inh", "component": "synapses/lateral-inhibition"}
VOTE = {"id": "vote", "component": "synapses/dense", "params": {"features": 4, "bias": False}}
RING = [
    ["input", "flatten"], ["flatten", "fc"], ["fc", "exc"], ["inh", "exc"],
    {"from": "exc", "to": "inh", "delay": 1},
]  # fmt: skip


def fc(features: int = 6, bias: bool = True) -> dict[str, Any]:
    params = {"features": features, "bias": bias}
    return {"id": "fc", "component": "synapses/dense", "params": params}


def spec(
    algorithm: str,
    nodes: list[dict[str, Any]],
    edges: Any = "sequential",
    *,
    steps: int = 1,
    model: dict[str, Any] | None = None,
    **training: Any,
) -> RunSpec:
    body = {
        "algorithm": algorithm,
        "epochs": 2,
        "batch_size": 16,
        "threads": 1,
        "checkpoint_every": 1e-3,
        "schedule": {"kind": "linear", "final": 0.2},
        **training,
    }
    encoder = {"component": "encoders/rate"} if steps > 1 else {"component": "encoders/direct"}
    network = {
        "schema": "spikex/model@1",
        "name": "local",
        "input": {"shape": [1, 4, 4], "encoder": encoder},
        "time": {"steps": steps},
        "nodes": nodes,
        "edges": edges,
        "readout": "decoders/spike-count",
        **(model or {}),
    }
    return RunSpec.parse({"model": network, "dataset": "bars", "training": body})


def winner(algorithm: str, first: dict[str, Any], **more: Any) -> RunSpec:
    """A winner-take-all layer with labels."""
    rules = [
        {"component": f"learning/{algorithm}", "nodes": ["fc"], "bounds": [0, 1], "norm": 1.5}
        | first,
        {
            "component": "learning/homeostasis",
            "nodes": ["fc"],
            "learns": "bias",
            "params": {"eta": 0.1, "rho_0": 0.02},
        },
    ]
    nodes, edges = [FLAT, fc(), EXC, INH, VOTE], [*RING, ["exc", "vote"]]
    given = {"rules": rules, "labels": "vote", **more}
    return spec(algorithm, nodes, edges, steps=12, **given)


RELU = {"id": "relu", "component": "layers/relu"}
SPECS = {
    "stdp": lambda: winner("stdp", {"params": {"eta": 0.05, "alpha": 0.1}}),
    "triplet-stdp": lambda: winner("triplet-stdp", {"params": {"A3_plus": 0.05}}),
    "r-stdp": lambda: spec(
        "r-stdp", [FLAT, fc(4, False), EXC, INH], RING, steps=12,
        rules=[{"component": "learning/r-stdp", "bounds": [0, 1], "params": {"eta": 1.0}}],
    ),
    "hebb": lambda: spec(
        "hebb", [FLAT, fc(bias=False), VOTE], labels="vote",
        rules=[{"component": "learning/hebb", "norm": 2.0}],
    ),
    "oja": lambda: spec("oja", [FLAT, fc(bias=False), VOTE], labels="vote"),
    "bcm": lambda: spec("bcm", [FLAT, fc(bias=False), RELU, VOTE], labels={"node": "vote"}),
    "homeostasis": lambda: spec(
        "homeostasis", [FLAT, fc(bias=False), EXC, VOTE], steps=12, labels="vote",
        rules=[{"component": "learning/homeostasis", "params": {"form": "scaling"}}],
    ),
    "perceptron": lambda: spec(
        "perceptron", [FLAT, fc(4), {"id": "unit", "component": "neurons/perceptron"}],
    ),
}  # fmt: skip


def train(
    run: RunSpec, data: Dataset, folder: Path, control: Any = None, seq: int = 0
) -> tuple[Any, MemorySink]:
    folder.mkdir(exist_ok=True)
    sink = MemorySink(seq=seq)
    trainer = Trainer(run, data, sink=sink, control=control or Script(), folder=folder)
    return trainer.fit(), sink


class At(Script):
    """Gives its commands from the n-th poll on."""

    def __init__(self, commands: list[str], poll: int) -> None:
        super().__init__(commands, lambda: self.polls >= poll)


@pytest.mark.parametrize("name", SPECS)
def test_every_rule_trains_and_a_broken_off_run_ends_the_same(
    name: str, data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    run = SPECS[name]()
    counter = Script()
    outcome, whole = train(run, data, tmp_path / "whole", counter)
    assert outcome.state == "finished"
    assert 0 <= outcome.metrics["test_accuracy"] <= 1
    assert {"evaluation.json", "report.html", "weights.safetensors"} <= whole.artifacts.keys()
    weights = load(whole.artifacts["weights.safetensors"])
    first = algorithms_network(run).state_dict()
    assert not torch.equal(weights["fc.weight"], first["fc.weight"])
    for number, share in enumerate((0.1, 0.3, 0.55)):
        folder = tmp_path / f"stopped{number}"
        stopped, one = train(run, data, folder, At(["stop"], int(share * counter.polls)))
        assert stopped.state == "stopped"
        resumed, two = train(run, data, folder, seq=one.flush())
        assert resumed.state == "finished"
        assert two.artifacts["weights.safetensors"] == whole.artifacts["weights.safetensors"]
        assert figures([one, two]) == figures([whole])
    paused, quiet = train(
        run, data, tmp_path / "paused", At(["pause", "resume"], counter.polls // 2)
    )
    assert paused.state == "finished"
    assert "paused" in quiet.states()
    assert quiet.artifacts["weights.safetensors"] == whole.artifacts["weights.safetensors"]


def algorithms_network(run: RunSpec) -> Any:
    from spikex_lab import nn

    return nn.build(run.model, seed=run.training.seed)


def test_a_batch_broken_off_changes_nothing(
    data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    """Stopped in the rules of the very first batch: the checkpoint holds the first weights."""
    run = SPECS["stdp"]()
    train(run, data, tmp_path / "a", At(["stop"], 1))
    train(run, data, tmp_path / "b", At(["stop"], 20))  # the loop, 12 steps of a rule, the next
    before, _ = checkpoint.load(tmp_path / "a", {})
    after, _ = checkpoint.load(tmp_path / "b", {})
    assert before is not None
    assert after is not None
    assert (after.epoch, after.batch) == (0, 0)
    for key, tensor in before.model.items():
        assert torch.equal(tensor, after.model[key])
    for key, tensor in before.optimizer["labels"].items():
        assert torch.equal(tensor, after.optimizer["labels"][key])


def test_first_weights_and_later_ones_are_within_bounds_and_norm(
    data: Dataset, tmp_path: Path
) -> None:
    _, sink = train(SPECS["stdp"](), data, tmp_path / "run")
    weight = load(sink.artifacts["weights.safetensors"])["fc.weight"]
    assert float(weight.min()) >= 0
    torch.testing.assert_close(weight.sum(1), torch.full((6,), 1.5))


def test_bars_are_told_apart_without_labels(data: Dataset, tmp_path: Path) -> None:
    outcome, sink = train(SPECS["stdp"](), data, tmp_path / "run")
    assert outcome.metrics["test_accuracy"] >= 0.7  # guessing gives 0.25
    vote = load(sink.artifacts["weights.safetensors"])["vote.weight"]
    chosen = (vote > 0).sum(0)
    assert bool((chosen <= 1).all())  # a neuron votes for one class
    sums = vote.sum(1)
    torch.testing.assert_close(sums, (sums > 0).to(sums))  # a class's score is a mean
    page = sink.artifacts["report.html"].decode()
    assert "learning/stdp" in page
    assert "10.1038/78829" in page  # the rule's papers are cited


def test_the_perceptron_learns_bars(data: Dataset, tmp_path: Path) -> None:
    outcome, sink = train(SPECS["perceptron"](), data, tmp_path / "run")
    assert outcome.metrics["test_accuracy"] >= 0.95
    weights = load(sink.artifacts["weights.safetensors"])
    first = algorithms_network(SPECS["perceptron"]()).state_dict()
    assert not torch.equal(weights["fc.bias"], first["fc.bias"])  # it is told the right answer


def test_oja_turns_to_the_principal_component(data: Dataset, tmp_path: Path) -> None:
    run = spec(
        "oja", [FLAT, fc(4, False)], epochs=30, schedule={"kind": "linear"}, validation=0.0,
        rules=[{"component": "learning/oja", "params": {"eta": 0.05}}],
    )  # fmt: skip
    _, sink = train(run, data, tmp_path / "run")
    weight = load(sink.artifacts["weights.safetensors"])["fc.weight"].double().numpy()
    split = data.split("train")
    x = split.batch(np.arange(len(split.y)))[0].reshape(len(split.y), -1)
    first = np.linalg.eigh(x.T.astype(float) @ x)[1][:, -1]
    cos = np.abs(weight @ first) / np.linalg.norm(weight, axis=1)
    assert cos.min() >= 0.999


def test_a_rule_that_runs_away_is_told(data: Dataset, tmp_path: Path) -> None:
    run = spec(
        "hebb", [FLAT, fc(4, False)], epochs=50,
        rules=[{"component": "learning/hebb", "params": {"eta": 500.0}}],
    )  # fmt: skip
    with pytest.raises(WorkError) as caught:
        train(run, data, tmp_path / "run")
    assert "training.rules" in str(caught.value)


def test_the_schedule_lowers_the_rate_of_the_rules(data: Dataset, tmp_path: Path) -> None:
    _, sink = train(SPECS["oja"](), data, tmp_path / "run")
    rates = [row["lr"] for row in sink.of("metrics")]
    assert rates[0] > rates[1]
    assert 0.19 < rates[1] < 0.3


def test_what_belongs_to_gradients_does_nothing_and_the_log_says_so(
    data: Dataset, tmp_path: Path
) -> None:
    _, plain = train(SPECS["oja"](), data, tmp_path / "plain")
    given = SPECS["oja"]().to_dict()
    given["training"] |= {"lr": 0.5, "optimizer": "sgd", "clip": 1e-6, "memory": "low"}
    _, other = train(RunSpec.parse(given), data, tmp_path / "other")
    assert other.artifacts["weights.safetensors"] == plain.artifacts["weights.safetensors"]
    assert "oja does not use lr, optimizer" in other.of("log")[0]["message"]


def test_a_users_own_rule_trains(data: Dataset, tmp_path: Path) -> None:
    own = {
        "schema": "spikex/component@1", "id": "learning/covariance", "name": "Covariance",
        "kind": "learning", "version": "1.0.0", "authors": ["A"], "license": "none",
        "summary": "Hebb about a mean.",
        "state": {"w": {"per": "synapse", "kept": True, "doc": "weight"}},
        "inputs": {"pre": {"per": "pre", "doc": "in"},
                   "post": {"per": "post", "default": 0, "doc": "out"}},
        "equations": ["w[t] = w[t-1] + 0.1*(pre[t] - 0.3)*post[t]"], "output": "w",
    }  # fmt: skip
    run = spec(
        "local", [FLAT, fc(4, False)], model={"components": {"learning/covariance": own}},
        rules=[{"component": "learning/covariance", "norm": 1.0}],
    )  # fmt: skip
    outcome, _ = train(run, data, tmp_path / "run")
    assert outcome.state == "finished"


# -- labels ----------------------------------------------------------------------------------------


def test_labels_follow_the_mean_answer_and_fade() -> None:
    vote = torch.zeros(2, 3)
    labels = Labels(vote, memory=4.0)
    answers = torch.tensor([[4.0, 1.0, 0.0], [0.0, 3.0, 0.0], [0.0, 1.0, 0.0]])
    labels.add(answers, torch.tensor([0, 1, 1]))
    assert vote.tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]  # the last one never answered
    kept = labels.state()
    for _ in range(3):
        labels.add(torch.tensor([[9.0, 0.0, 9.0]] * 4), torch.tensor([1, 1, 1, 1]))
    assert vote[1].tolist() == [0.5, 0.0, 0.5]
    other = torch.ones(2, 3)
    Labels(other, 4.0).restore(kept)
    assert other.tolist() == [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]


# -- what is refused -------------------------------------------------------------------------------

LAYERS = [FLAT, fc(6), EXC, VOTE]
BAD: list[tuple[str, list[dict[str, Any]], dict[str, Any], str]] = [
    ("stdp", LAYERS, {"rules": [{"component": "learning/hebb"}]}, "none of the rules"),
    ("local", LAYERS, {}, "no rule is given"),
    ("local", LAYERS, {"rules": ["learning/sdtp"]}, "learning/stdp"),
    ("local", LAYERS, {"rules": ["neurons/leaky"]}, "no local rule"),
    ("local", LAYERS, {"rules": ["learning/bptt"]}, "no local rule"),
    ("stdp", LAYERS, {"rules": [{"component": "learning/stdp", "nodes": ["fx"]}]}, "fc"),
    ("stdp", LAYERS, {"rules": [{"component": "learning/stdp", "nodes": ["exc"]}]}, "no weight"),
    ("stdp", LAYERS, {"rules": [{"component": "learning/stdp", "post": "vote"}]}, "gives"),
    ("stdp", LAYERS, {"rules": [{"component": "learning/stdp", "params": {"et": 1}}]}, "eta"),
    ("stdp", LAYERS, {"rules": [{"component": "learning/stdp", "nodes": ["vote"],
     "learns": "bias"}]}, "no bias"),
    ("stdp", LAYERS, {"labels": "fc"}, "no layer of weights"),
    ("stdp", LAYERS, {"labels": "vot"}, "vote"),
    ("stdp", LAYERS, {"labels": "vote", "rules": [{"component": "learning/stdp",
     "nodes": ["vote"]}]}, "as well"),
    ("stdp", [FLAT, EXC], {}, "no node has weights"),
    ("perceptron", LAYERS, {"rules": [{"component": "learning/perceptron", "nodes": ["fc"]}]},
     "6 neurons"),
    ("bptt", LAYERS, {"rules": ["learning/stdp"]}, "has no rules"),
    ("bptt", LAYERS, {"labels": "vote"}, "has no labels"),
]  # fmt: skip


@pytest.mark.parametrize(("algorithm", "nodes", "training", "word"), BAD)
def test_what_cannot_be_is_refused_before_anything_runs(
    algorithm: str,
    nodes: list[dict[str, Any]],
    training: dict[str, Any],
    word: str,
    data: Dataset,
    tmp_path: Path,
) -> None:
    run = spec(algorithm, nodes, steps=4, **training)
    with pytest.raises(InvalidError) as caught:
        algorithms.check(run.training, Graph.of(run.model, library()), library())
    assert word in str(caught.value)
    if nodes is LAYERS:
        sink = MemorySink()
        trainer = Trainer(run, data, sink=sink, control=Script(), folder=tmp_path)
        with pytest.raises(InvalidError) as caught:
            trainer.fit()
        assert word in str(caught.value)
        assert not sink.events
    assert not list(tmp_path.glob("checkpoint*"))


def test_a_module_of_ones_own_follows_gradients_only(data: Dataset, tmp_path: Path) -> None:
    run = SPECS["oja"]()
    with pytest.raises(InvalidError, match="torch module"):
        algorithms.check(run.training, None, library())
    trainer = Trainer(
        fakes.spec(algorithm="stdp", lr=2e-3, clip=None), data,
        sink=MemorySink(), control=Script(), folder=tmp_path, backend=fakes.Bench(),
    )  # fmt: skip
    with pytest.raises(InvalidError, match="networks of nodes"):
        trainer.fit()


def test_another_algorithms_checkpoint_is_refused(data: Dataset, tmp_path: Path) -> None:
    run = SPECS["stdp"]()
    train(run, data, tmp_path / "run", At(["stop"], 1))
    other = SPECS["triplet-stdp"]()
    with pytest.raises(InvalidError, match="another training"):
        train(other, data, tmp_path / "run")


def test_digits_fall_into_clusters(tmp_path: Path) -> None:
    """The template's network, smaller: two passes over the digits, no label in sight."""
    from spikex_lab.data import builtin
    from spikex_lab.spec.templates import template

    (tmp_path / "digits").mkdir()
    builtin.digits(tmp_path / "digits")
    model = template("snn-stdp", dataset="digits").to_dict()
    model["nodes"][1]["params"]["features"] = 40
    model["time"]["steps"] = 30
    training = model["training"] | {"epochs": 2, "validation": 0.0, "threads": 1}
    training["rules"][1]["params"]["rho_0"] = 0.003
    run = RunSpec.parse({"model": model, "dataset": "digits", "training": training})
    outcome, _ = train(run, Dataset.open(tmp_path / "digits"), tmp_path / "run")
    assert outcome.metrics["test_accuracy"] >= 0.65
