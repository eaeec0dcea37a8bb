"""Small parts: keys, schedules, losses, best epoch, progress, control."""

from __future__ import annotations

import math
import time
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from spikex_lab.catalog import library
from spikex_lab.engine import best, control, losses, optim, rng, schedule
from spikex_lab.engine.control import Governor, StopRequested
from spikex_lab.engine.progress import Progress
from spikex_lab.engine.tally import Tally
from spikex_lab.errors import InvalidError
from spikex_lab.nn.readout import membrane
from spikex_lab.spec import EarlyStopping, Schedule, TrainingSpec

from .fakes import MemorySink, Script


def test_keys_differ_in_every_part() -> None:
    keys = {
        rng.key(s, p, e, b)
        for s in (0, 1)
        for p in ("batch", "validate")
        for e in (0, 1)
        for b in (0, 1, 11)
    }
    assert len(keys) == 24
    assert all(0 <= key < 2**63 for key in keys)
    # part of every run's numbers: a change here changes all of them
    assert rng.key(0, "batch", 1, 2) == 5368321453430210141


def test_streams_start_where_their_key_says() -> None:
    streams = rng.Streams(3, torch.device("cpu"))
    first = torch.rand(2, generator=streams.set("batch", 0, 1)), torch.rand(2)
    torch.rand(100)
    again = torch.rand(2, generator=streams.set("batch", 0, 1)), torch.rand(2)
    assert torch.equal(first[0], again[0])
    assert torch.equal(first[1], again[1])


def test_schedules() -> None:
    def rates(**given: Any) -> list[float]:
        return [schedule.rate(Schedule(**given), 1.0, step, 40, 10) for step in range(40)]

    assert set(rates()) == {1.0}
    assert rates(kind="linear")[0] == 1.0
    assert rates(kind="linear")[-1] == pytest.approx(0.0)
    cosine = rates(kind="cosine", final=0.2)
    assert cosine[-1] == pytest.approx(0.2)
    assert cosine == sorted(cosine, reverse=True)
    assert cosine[20] == pytest.approx(0.2 + 0.8 * 0.5 * (1 + math.cos(math.pi * 20 / 39)))
    steps = rates(kind="step", gamma=0.5, every=2)
    assert (steps[0], steps[19], steps[20], steps[39]) == (1.0, 1.0, 0.5, 0.5)
    warm = rates(kind="cosine", warmup=0.25)
    assert warm[0] == pytest.approx(1 / 11)
    assert max(warm) == warm[10] == 1.0
    assert rates(warmup=1.0)[-1] < 1.0


def answer(steps: int = 3, batch: int = 4, classes: int = 5) -> Any:
    torch.manual_seed(0)
    trace = torch.randn(steps, batch, classes, requires_grad=True)
    output = (trace > 0).float()
    return SimpleNamespace(
        scores=trace.sum(0), output=output, states={"syn": trace * 9, "mem": trace}, activity={}
    )


def loss_of(network: Any = None, **training: Any) -> Any:
    return losses.build(TrainingSpec(**training), network or SimpleNamespace())


def test_loss_over_time_is_that_of_snntorchs_tutorial_5() -> None:
    result, target = answer(), torch.tensor([0, 1, 4, 2])
    entropy = torch.nn.CrossEntropyLoss()
    expected = sum(entropy(result.states["mem"][step], target) for step in range(3))
    torch.testing.assert_close(loss_of(loss="cross-entropy-over-time")(result, target), expected)
    result.states = {}
    assert membrane(result) is result.output
    result.states = {"a": result.output, "w": result.scores}
    assert membrane(result) is result.scores


def test_count_loss_asks_for_few_and_many_spikes() -> None:
    target = torch.tensor([0, 1])
    rate = torch.full((10, 2, 2), 0.0)
    rate[:9, 0, 0] = rate[:9, 1, 1] = 1.0
    rate[:1, 0, 1] = rate[:1, 1, 0] = 1.0
    perfect, silent = SimpleNamespace(output=rate), SimpleNamespace(output=torch.zeros(10, 2, 2))
    count = loss_of(loss="mse-count")
    assert float(count(perfect, target)) == pytest.approx(0.0, abs=1e-12)
    assert float(count(silent, target)) == pytest.approx((0.81 + 0.01) / 2)
    given = {"component": "losses/mse-count", "params": {"correct": 1.0, "incorrect": 0.0}}
    assert float(loss_of(loss=given)(silent, target)) == pytest.approx(0.5)


def test_losses_are_components_of_the_library() -> None:
    assert losses.chosen(TrainingSpec())[0].id == "losses/cross-entropy"
    assert losses.chosen(TrainingSpec(loss="losses/ce-rate"))[0].id == "losses/ce-rate"
    with pytest.raises(InvalidError, match='did you mean "losses/mse-count"'):
        losses.chosen(TrainingSpec(loss="mse-cuont"))
    with pytest.raises(InvalidError, match='no parameter "corect"'):
        losses.chosen(TrainingSpec(loss={"component": "losses/mse-count", "params": {"corect": 1}}))


@pytest.mark.parametrize("name", library().ids("loss"))
def test_every_loss_sends_gradients_to_every_step_that_matters(name: str) -> None:
    trace = torch.randn(8, 4, 5, requires_grad=True)
    spikes = torch.sigmoid(50 * (trace - 1))  # a smooth step stands for the surrogate
    result = SimpleNamespace(scores=spikes.sum(0), output=spikes, states={"mem": trace})
    loss_of(loss=name)(result, torch.tensor([0, 1, 4, 2])).backward()
    assert trace.grad is not None
    assert torch.isfinite(trace.grad).all()
    assert (trace.grad != 0).any(2).sum() > 4


def test_losses_over_time_need_time() -> None:
    plain = SimpleNamespace(graph=SimpleNamespace(has_time=False))
    assert losses.for_network(TrainingSpec(), plain) == "cross-entropy"  # type: ignore[arg-type]
    with pytest.raises(InvalidError, match="needs a network with time"):
        losses.for_network(TrainingSpec(loss="mse-count"), plain)  # type: ignore[arg-type]


def test_nothing_to_train() -> None:
    with pytest.raises(InvalidError, match="no trainable weights"):
        optim.build(TrainingSpec(), torch.nn.Flatten().parameters())


def rows(*losses_: float) -> list[dict[str, Any]]:
    return [{"val_loss": loss, "val_accuracy": 0.5, "train_loss": loss} for loss in losses_]


def test_best_epoch_and_patience() -> None:
    stopping = EarlyStopping(patience=2, metric="val_loss", min_delta=0.1)
    assert not best.exhausted(rows(1.0, 0.95), stopping)
    assert best.exhausted(rows(1.0, 0.95, 0.92), stopping)
    assert not best.exhausted(rows(1.0, 0.95, 0.85, 0.84), stopping)
    assert not best.exhausted(rows(1.0, 2.0, 3.0), None)
    assert best.index(rows(3.0, 1.0, 1.0, 2.0), TrainingSpec()) == 1
    history = rows(1.0, 0.9)
    history[0]["val_accuracy"] = 0.6
    assert best.index(history, TrainingSpec()) == 0
    assert best.index(history, TrainingSpec(early_stopping=EarlyStopping())) == 1
    for row in history:
        row["val_accuracy"] = None
    assert best.index(history, TrainingSpec()) == 1


def test_time_left() -> None:
    progress = Progress(4, 10)
    assert progress.body(0, 0)["eta"] is None
    for _ in range(10):
        progress.batch_took(0.5)
    progress.validation_took(2.0)
    body = progress.body(1, 0)
    assert body["eta"] == pytest.approx(30 * 0.5 + 3 * 2.0)
    assert body["fraction"] == 0.25
    assert progress.body(4, 0) | {"eta": None} == {
        "epoch": 4,
        "epochs": 4,
        "batch": 0,
        "batches": 10,
        "fraction": 1.0,
        "eta": None,
    }
    progress.batch_took(1000.0)  # the machine slept
    assert progress.body(1, 0)["eta"] < 60


def test_tally_adds_up_and_survives_a_checkpoint() -> None:
    tally = Tally(torch.device("cpu"), {"lif": 20.0})
    scores = torch.tensor([[1.0, 0.0], [0.0, 1.0]])

    def add(loss: float, target: list[int]) -> None:
        spikes = {"lif": torch.tensor(60.0)}
        label = torch.tensor(target)
        tally.add(
            loss=torch.tensor(loss),
            scores=scores[: len(target)],
            target=label,
            activity=spikes,
            norm=torch.tensor(2.0),
        )

    add(1.0, [0, 1])
    add(4.0, [1])
    figures = tally.figures()
    assert figures["loss"] == pytest.approx(2.0)
    assert figures["accuracy"] == pytest.approx(2 / 3)
    assert figures["grad_norm"] == pytest.approx(2.0)
    assert figures["spikes"] == {"lif": pytest.approx(120 / 3 / 20)}
    assert tally.window()["loss"] == pytest.approx(2.0)
    add(7.0, [0])
    window = tally.window()
    assert window["loss"] == pytest.approx(7.0)
    assert window["accuracy"] == pytest.approx(3 / 4)
    other = Tally(torch.device("cpu"), {"lif": 20.0})
    other.restore(tally.state())
    assert other.figures() == tally.figures()
    assert other.finite()
    add(float("inf"), [0])
    assert not tally.finite()


def test_pause_blocks_and_is_left_out_of_the_time() -> None:
    sink = MemorySink()
    told: list[int] = []

    class Slow(Script):
        def wait(self, timeout: float) -> Any:
            time.sleep(0.05)
            return super().wait(timeout)

    governor = Governor(
        Slow(["pause", "pause", "resume"]), sink, on_pause=lambda: told.append(len(sink.events))
    )
    governor.poll()
    assert sink.states() == ["paused", "running"]
    assert told == [1]  # the state is told before the checkpoint is written
    assert governor.paused_seconds >= 0.1


def test_polls_are_cheap() -> None:
    source = Script()
    governor = Governor(source, MemorySink())
    began = time.perf_counter()
    for _ in range(20_000):
        governor.poll()
    took = time.perf_counter() - began
    assert source.polls <= took / control.LOOK_EVERY + 2


def test_stop_while_paused() -> None:
    sink = MemorySink()
    with pytest.raises(StopRequested):
        Governor(Script(["pause", "stop"]), sink).poll()
    assert sink.states() == ["paused"]


def test_steps_are_counted() -> None:
    sink = MemorySink()
    governor = Governor(Script(["step", "step"]), sink)
    governor.between()
    assert sink.states() == []
    governor.between()
    governor.between()
    assert sink.states() == ["paused", "running"]
