"""A run does not load torch's compiler."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
import torch

from spikex_lab.engine import optim
from spikex_lab.engine.uncompiled import step, uncompiled
from spikex_lab.spec import TrainingSpec

RUN = """
import sys
from pathlib import Path
from spikex_lab.data import Dataset, builtin
from spikex_lab.engine import Trainer, control as governing
from spikex_lab.spec import RunSpec
from spikex_lab.spec.templates import template
from tests.engine.fakes import MemorySink, Script

governing.LOOK_EVERY = -1.0
folder = Path(sys.argv[1])
(folder / "run").mkdir()
builtin.digits(folder / "data")
model = template("snn-mlp", input_shape=(1, 8, 8)).to_dict()
training = model.pop("training") | {"optimizer": sys.argv[2], "epochs": 1, "threads": 1}
spec = RunSpec.parse({"model": model, "dataset": "digits", "training": training})
for stop in (True, False):
    sink = MemorySink()
    control = Script(["stop"] if stop else [], lambda: sink.position == (1, 3))
    Trainer(
        spec, Dataset.open(folder / "data"), sink=sink, control=control, folder=folder / "run"
    ).fit()
    print(sink.states()[-1], bool(sink.events[0].get("resumed_from")))
print("torch._dynamo" in sys.modules)
"""


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop"])
def test_a_run_and_its_resume_load_no_compiler(tmp_path: Any, optimizer: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(tmp_path), optimizer],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["stopping False", "running True", "False"]


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "rmsprop"])
def test_a_step_is_the_optimizers_own(name: str) -> None:
    training = TrainingSpec.parse({"optimizer": name, "lr": 0.01, "weight_decay": 0.1})

    def trained(take: Any) -> tuple[torch.Tensor, Any]:
        weight = torch.nn.Parameter(torch.linspace(-1, 1, 9))
        with uncompiled():
            optimizer = optim.build(training, [weight])
        for number in range(3):
            weight.grad = torch.cos(weight.detach() * (number + 1))
            take(optimizer)
        assert weight.requires_grad
        return weight.detach(), optimizer.state_dict()

    mine, theirs = trained(step), trained(lambda optimizer: optimizer.step())
    assert torch.equal(mine[0], theirs[0])
    assert mine[1]["param_groups"] == theirs[1]["param_groups"]


def test_torch_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = torch.optim.Optimizer.state_dict.__wrapped__  # type: ignore[attr-defined]
    mark = "__dynamo_disable"
    monkeypatch.delattr(inner, mark, raising=False)
    monkeypatch.delitem(sys.modules, "torch._dynamo", raising=False)
    with uncompiled():
        assert getattr(inner, mark) is inner
    assert not hasattr(inner, mark)
    monkeypatch.setitem(sys.modules, "torch._dynamo", object())
    with uncompiled():  # it is loaded: nothing to be saved
        assert not hasattr(inner, mark)
