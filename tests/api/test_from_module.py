"""Any torch.nn.Module is a model: kept by hash, trained elsewhere, loaded by consent only."""

import importlib
import sys
import threading

import pytest

import spikex_lab as sx
from spikex_lab.errors import ConflictError, InvalidError, NotFoundError

torch = pytest.importorskip("torch")

SOURCE = """
import torch

HIDDEN = 24

class Mine(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.a = torch.nn.Linear(64, HIDDEN)
        self.b = torch.nn.Linear(HIDDEN, 10)

    def forward(self, x):
        return self.b(torch.relu(self.a(x.flatten(1))))
"""


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A module whose class lies in a file that no other process can import."""
    (tmp_path / "my_own_network.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    module = importlib.import_module("my_own_network")
    yield module.Mine()
    del sys.modules["my_own_network"]


@pytest.mark.spine
def test_a_module_of_one_s_own_is_saved_trained_and_evaluated(home, mine):
    model = sx.Model.from_module(mine, input_shape=(1, 8, 8), name="mine", dataset="digits")
    assert model.spec.module.classes == 10
    assert model.summary().parameters == sum(p.numel() for p in mine.parameters())
    assert "Mine" in model._repr_html_()
    weights = {k: v.clone() for k, v in mine.state_dict().items()}
    again = sx.Model.open("mine").build()
    assert all(torch.equal(again.state_dict()[k], v) for k, v in weights.items())
    run = model.train(epochs=2, lr=5e-3).wait(120)
    assert run.state == "finished", run.logs()
    assert run.summary["test_accuracy"] > 0.5
    assert run.evaluate().accuracy == run.report().accuracy
    assert not torch.equal(run.network().state_dict()["a.weight"], weights["a.weight"])
    assert all(torch.equal(mine.state_dict()[k], v) for k, v in weights.items())


def test_snntorch_network(home):
    snn = pytest.importorskip("snntorch")
    net = torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(64, 10),
        snn.Leaky(beta=0.9, init_hidden=True, output=True),
    )
    model = sx.Model.from_module(
        net, input_shape=(1, 8, 8), name="theirs", steps=5, dataset="digits"
    )
    assert model.spec.time.steps == 5
    assert model.build()(torch.rand(3, 1, 8, 8)).shape == (3, 10)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"input_shape": (1, 9, 9)}, "input_shape"),
        ({"name": "../x"}, "name"),
        ({"steps": 0}, "steps"),
    ],
)
def test_refused_before_anything_is_kept(home, mine, change, word):
    settings = {"input_shape": (1, 8, 8), "name": "mine", "dataset": "digits"} | change
    with pytest.raises(InvalidError, match=word):
        sx.Model.from_module(mine, **settings)
    assert len(sx.models()) == 0


def test_what_is_no_module_is_refused(home, mine):
    with pytest.raises(InvalidError, match="Module"):
        sx.Model.from_module(len, input_shape=(1,), name="x")
    mine.lock = threading.Lock()
    with pytest.raises(InvalidError, match="pickled"):
        sx.Model.from_module(mine, input_shape=(1, 8, 8), name="x")
    del mine.lock
    sx.Model.from_module(mine, input_shape=(1, 8, 8), name="x")
    objects = home / "objects"
    before = sorted(objects.rglob("*"))
    mine.a.weight.data.zero_()
    with pytest.raises(ConflictError):
        sx.Model.from_module(mine, input_shape=(1, 8, 8), name="x")
    assert before
    assert sorted(objects.rglob("*")) == before, "code of a model that was refused was kept"


def test_code_that_nobody_chose_does_not_run(store, tmp_path):
    """A hash in a spec is no consent: the object may be anybody's upload."""
    import os
    import pickle

    marker = tmp_path / "ran"

    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(marker),)

    kept = store.objects.put_bytes(pickle.dumps(Trap()))
    spec = {
        "name": "trap",
        "input": {"shape": [1, 8, 8]},
        "module": {"sha256": kept.sha256, "classes": 10},
        "readout": "decoders/membrane",
        "dataset": "digits",
    }
    model = sx.Model.create("trap", spec=spec)
    with pytest.raises(NotFoundError, match="never chosen"):
        model.build()
    with pytest.raises(NotFoundError, match="never chosen"):
        model.train()
    assert len(sx.runs()) == 0
    assert not marker.exists()
