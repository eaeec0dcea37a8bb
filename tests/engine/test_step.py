"""What a training step costs besides its network: nothing that waits for the device."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from spikex_lab.data import Dataset
from spikex_lab.engine import algorithms, losses, measure, optim, session
from spikex_lab.engine.algorithms import Setting
from spikex_lab.engine.algorithms.gradients import laid_out
from spikex_lab.engine.measure import Place
from spikex_lab.engine.rng import Streams
from spikex_lab.engine.step import Stepper
from spikex_lab.engine.tally import Tally
from spikex_lab.nn.network import build
from spikex_lab.spec import TrainingSpec
from spikex_lab.spec.templates import template

from . import fakes
from .fakes import Bench
from .test_resume import train

CPU = torch.device("cpu")
WAITS = ("_local_scalar_dense", "nonzero", "equal", "is_nonzero", "item")
"""Operations whose answer Python has to know."""


class Waits(TorchDispatchMode):
    """Collects the operations for which Python waits for a device, backward passes' too."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        name = func.overloadpacket.__name__
        if name in WAITS:
            self.seen.append(name)
        return func(*args, **(kwargs or {}))


def test_the_counter_counts() -> None:
    with Waits() as waits:
        value = torch.tensor(1.5) * 2
        float(value)
        bool(value > 1)
        value.tolist()
    assert len(waits.seen) >= 2


def stepper(name: str, **training: Any) -> tuple[Stepper, Tally]:
    """The template's network and all that surrounds a step of it."""
    spec = template(name, input_shape=(1, 8, 8))
    given = TrainingSpec.parse({**spec.to_dict()["training"], **training})
    network = build(spec, seed=0)
    network.train()
    setting = Setting(network, given, losses.build(given, network), Place(CPU), lambda: None)
    streams = Streams(0, CPU)
    tally = Tally(CPU, measure.scale_of(network))
    return Stepper(network, algorithms.build(setting), streams), tally


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop"])
@pytest.mark.parametrize(
    "training",
    [
        {"loss": "mse-count", "clip": 1.0},
        {"loss": "ce-membrane"},
        {"loss": "mse-membrane", "memory": "low"},
        {"loss": "mse-rate"},
        {"loss": "mse-first-spike"},
        {"loss": "ce-first-spike"},
    ],
)
def test_no_batch_waits_for_the_device(optimizer: str, training: dict[str, Any]) -> None:
    step, tally = stepper("snn-mlp", optimizer=optimizer, **training)
    x, y = torch.rand(8, 1, 8, 8), torch.arange(8)
    with Waits() as waits:
        for batch in range(2):
            learned = step.learn(x, y, 1e-3, 0, batch)
            tally.add(
                loss=learned.loss,
                scores=learned.scores,
                target=y,
                activity=learned.activity,
                norm=learned.norm,
            )
    assert waits.seen == []
    assert tally.figures()["samples"] == 16


@pytest.mark.parametrize("name", ["snn-conv", "snn-recurrent"])
def test_no_batch_of_other_networks_waits(name: str) -> None:
    step, _ = stepper(name)
    with Waits() as waits:
        step.learn(torch.rand(4, 1, 8, 8), torch.arange(4), 1e-3, 0, 0)
    assert waits.seen == []


def test_a_run_waits_once_per_event_and_epoch(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between two thinned events no figure is read, however many batches there are."""
    read: list[int] = []
    original = Tally._read

    def counted(self: Tally) -> Any:
        read.append(1)
        return original(self)

    monkeypatch.setattr(Tally, "_read", counted)
    monkeypatch.setattr(session, "BATCH_EVENT_SECONDS", 1e9)
    _, sink, _ = train(data, tmp_path / "run", epochs=2, checkpoint_every=1e4)
    # an event for the first batch, then training and validation of each epoch
    assert len(sink.of("batch")) <= 1
    assert len(read) == len(sink.of("batch")) + 2 * 2


def test_sums_are_those_of_single_batches() -> None:
    """Widening once per batch keeps every digit: loss and spikes of many batches, in float64."""
    tally, expected = Tally(CPU, {}), torch.zeros(3, dtype=torch.float64)
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        loss = torch.rand((), generator=generator)
        spikes = torch.randint(0, 2**24, (), generator=generator).float()
        scores = torch.rand(5, 3, generator=generator)
        target = torch.randint(0, 3, (5,), generator=generator)
        tally.add(loss=loss, scores=scores, target=target, activity={"a": spikes})
        right = (scores.argmax(dim=1) == target).sum()
        row = [(loss * 5).double(), right.double(), spikes.double()]
        expected += torch.stack(row)
    figures = tally.figures()
    assert figures["loss"] == float(expected[0]) / 250
    assert figures["accuracy"] == float(expected[1]) / 250
    assert figures["spikes"]["a"] == float(expected[2]) / 250


# -- optimizers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "device", "form"),
    [
        ("adam", "cpu", {"fused": True}),
        ("adamw", "cpu", {"fused": True}),
        ("sgd", "cpu", {"fused": True}),
        ("rmsprop", "cpu", {"foreach": True}),
        ("adam", "meta", {}),
        ("rmsprop", "meta", {}),
    ],
)
def test_an_optimizer_takes_the_fastest_form_there_is(
    name: str, device: str, form: dict[str, bool]
) -> None:
    weights = [torch.nn.Parameter(torch.zeros(3, device=device))]
    assert optim.form(name, weights) == form
    built = optim.build(TrainingSpec.parse({"optimizer": name}), weights)
    assert all(built.param_groups[0][key] is value for key, value in form.items())


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "rmsprop"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_forms_of_an_optimizer_agree(
    name: str, dtype: torch.dtype, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = TrainingSpec.parse({"optimizer": name, "lr": 0.01, "weight_decay": 0.1})

    def trained(**form: bool) -> torch.Tensor:
        if form:
            monkeypatch.setattr(optim, "form", lambda *_: form)
        weight = torch.nn.Parameter(torch.linspace(-1, 1, 37, dtype=dtype))
        optimizer = optim.build(training, [weight])
        for step in range(5):
            weight.grad = torch.cos(weight.detach() * (step + 1))
            optimizer.step()
        return weight.detach()

    digits = 1e-6 if dtype == torch.float32 else 1e-14
    torch.testing.assert_close(trained(), trained(foreach=False), rtol=digits, atol=digits)


def test_a_resume_keeps_the_form_that_the_run_began_with(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A checkpoint of a version that knew no fused steps goes on without them: same bytes."""
    with monkeypatch.context() as old:
        old.setattr(optim, "form", lambda *_: {})
        _, whole, _ = train(data, tmp_path / "whole")
        sink = fakes.MemorySink()
        control = fakes.Script(["stop"], lambda: sink.position == (2, 3))
        train(data, tmp_path / "run", sink=sink, control=control)
    _, again, _ = train(data, tmp_path / "run")
    assert again.artifacts["weights.safetensors"] == whole.artifacts["weights.safetensors"]


@pytest.mark.parametrize("name", ["adam", "adamw", "sgd", "rmsprop"])
def test_a_transposed_gradient_is_not_mixed_up(name: str) -> None:
    training = TrainingSpec.parse({"optimizer": name, "lr": 0.01})
    gradient = torch.arange(12.0).reshape(4, 3)

    def trained(given: torch.Tensor) -> torch.Tensor:
        weight = torch.nn.Parameter(torch.ones(3, 4))
        weight.grad = given
        optimizer = optim.build(training, [weight])
        assert torch.equal(laid_out(weight), given)
        optimizer.step()
        return weight.detach()

    assert torch.equal(trained(gradient.T), trained(gradient.T.contiguous()))


# -- what a broken-off batch leaves ---------------------------------------------------------------


def test_buffers_that_the_state_leaves_out_are_put_back_but_not_kept() -> None:
    class Counts(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("seen", torch.zeros(()), persistent=False)
            self.register_buffer("kept", torch.zeros(()))

    network = Counts()

    class Breaks:
        def prepare(self, *_: Any) -> Any:
            network.seen += 1
            network.kept += 1
            during.update(step.state())
            raise KeyboardInterrupt

        def discard(self) -> None:
            pass

    during: dict[str, torch.Tensor] = {}
    algorithm: Any = Breaks()
    step = Stepper(network, algorithm, Streams(0, CPU))
    with pytest.raises(KeyboardInterrupt):
        step.learn(torch.zeros(1), torch.zeros(1), 0.1, 0, 0)
    assert {name: float(value) for name, value in during.items()} == {"kept": 0.0}
    assert float(network.seen) == float(network.kept) == 0.0


def test_the_bench_network_has_buffers_to_keep() -> None:
    network = Bench().build(None, seed=0)
    names = {name for name, _ in network.named_buffers()}
    assert names <= set(network.state_dict())
    assert names
