"""A run that was stopped or killed anywhere, and resumed, ends as one that was left alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from spikex_lab.data import Dataset
from spikex_lab.engine import Outcome, Trainer, checkpoint, environment
from spikex_lab.errors import InvalidError

from . import fakes
from .fakes import Bench, MemorySink, Script

BATCHES = 6
TIMES = {"seconds", "training_seconds", "seq", "progress"}
"""What may differ between two runs of the same numbers."""


class Killed(BaseException):
    """Stands for SIGKILL: nothing of the trainer runs on after it, only files remain."""


def train(
    data: Dataset,
    folder: Path,
    *,
    control: Any = None,
    sink: Any = None,
    backend: Any = None,
    **kw: Any,
) -> tuple[Outcome, MemorySink, Bench]:
    folder.mkdir(exist_ok=True)
    sink = sink or MemorySink()
    backend = backend or Bench()
    spec = kw.pop("spec", None) or fakes.spec(**kw)
    outcome = Trainer(
        spec, data, sink=sink, control=control or Script(), folder=folder, backend=backend
    ).fit()
    return outcome, sink, backend


def figures(sinks: list[MemorySink]) -> list[dict[str, Any]]:
    """The metrics of a run over its attempts, as readers see them, without the durations."""
    kept: list[dict[str, Any]] = []
    for sink in sinks:
        resumed = sink.events[0].get("resumed_from")
        if resumed:
            kept = [event for event in kept if event["seq"] <= resumed["seq"]]
        kept += sink.of("metrics")
    return [{k: v for k, v in e.items() if k not in TIMES} for e in kept]


@pytest.fixture(scope="module")
def whole(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[int, tuple[bytes, list[dict[str, Any]]]]:
    """Weights and metrics of the uninterrupted run, by number of threads."""
    root = tmp_path_factory.mktemp("whole")
    data = fakes.dataset(root / "data")
    found = {}
    for threads in (1, 2):
        outcome, sink, _ = train(data, root / f"run{threads}", threads=threads)
        assert outcome.state == "finished"
        found[threads] = (sink.artifacts["weights.safetensors"], figures([sink]))
    return found


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize(
    ("epoch", "batch", "step"),
    [(0, 0, 3), (0, 1, 6), (0, 5, 5), (1, 0, 6), (1, 3, 2), (2, 5, 1)],
)
def test_stop_inside_any_batch(
    whole: Any,
    data: Dataset,
    tmp_path: Path,
    every_poll: None,
    threads: int,
    epoch: int,
    batch: int,
    step: int,
) -> None:
    sink, seen = MemorySink(), {"step": 0}

    def prepare(network: fakes.Poisson) -> None:
        network.hook = lambda now: seen.update(step=now + 1)

    control = Script(["stop"], lambda: sink.position == (epoch + 1, batch) and seen["step"] == step)
    first, _, _ = train(
        data, tmp_path / "run", threads=threads, sink=sink, control=control, backend=Bench(prepare)
    )
    assert first.state == "stopped"
    assert sink.states() == ["running", "stopping"]
    kept, _ = checkpoint.load(tmp_path / "run", {})
    assert kept is not None
    assert (kept.epoch, kept.batch) == (epoch, batch)
    second_sink = MemorySink(seq=sink.flush())
    second, _, _ = train(data, tmp_path / "run", threads=threads, sink=second_sink)
    assert second.state == "finished"
    start = second_sink.events[0]
    assert start["resumed_from"] == {"seq": kept.seq, "epoch": epoch, "batch": batch}
    assert start["threads"] == threads
    weights, metrics = whole[threads]
    assert second_sink.artifacts["weights.safetensors"] == weights
    assert figures([sink, second_sink]) == metrics


@pytest.mark.parametrize("threads", [1, 2])
def test_killed_again_and_again(whole: Any, data: Dataset, tmp_path: Path, threads: int) -> None:
    """Killed four times, at some time step of training or validation."""
    sinks: list[MemorySink] = []
    for limit in (20, 37, 41, 50, None):
        count = 0

        def tick(_: int, limit: int | None = limit) -> None:
            nonlocal count
            count += 1
            if count == limit:
                raise Killed

        sink = MemorySink(seq=sinks[-1].flush() if sinks else 0)
        sinks.append(sink)
        backend = Bench(lambda network, tick=tick: setattr(network, "hook", tick))
        try:
            outcome, _, _ = train(
                data, tmp_path / "run", threads=threads, sink=sink, backend=backend
            )
        except Killed:
            assert limit is not None
    assert outcome.state == "finished"
    weights, metrics = whole[threads]
    assert sinks[-1].artifacts["weights.safetensors"] == weights
    assert figures(sinks) == metrics


def test_thread_count_is_part_of_the_run(whole: Any, data: Dataset, tmp_path: Path) -> None:
    sink = MemorySink()
    control = Script(["stop"], lambda: sink.position == (2, 2))
    train(data, tmp_path / "run", sink=sink, control=control, threads=2)
    before = torch.get_num_threads()
    again = MemorySink()
    seen = []
    backend = Bench(
        lambda network: setattr(network, "hook", lambda _: seen.append(torch.get_num_threads()))
    )
    train(data, tmp_path / "run", sink=again, threads=2, backend=backend)
    assert set(seen) == {2}
    assert torch.get_num_threads() == before


def test_a_resume_takes_the_threads_that_the_run_began_with(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sums of floats depend on them: another machine's default would change the numbers."""
    sink = MemorySink()
    monkeypatch.setattr(environment, "default_threads", lambda _: 2)
    train(data, tmp_path / "run", sink=sink, control=Script(["stop"], lambda: bool(sink.events)))
    monkeypatch.setattr(environment, "default_threads", lambda _: 1)
    again = MemorySink()
    train(data, tmp_path / "run", sink=again)
    assert sink.events[0]["threads"] == again.events[0]["threads"] == 2


def test_stop_in_validation_and_in_the_final_evaluation(
    whole: Any, data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    sinks = []
    for at in ((1, BATCHES), (3, BATCHES)):
        sink = MemorySink(seq=sinks[-1].flush() if sinks else 0)
        sinks.append(sink)
        box: dict[str, Any] = {}

        def evaluating(sink: MemorySink = sink, at: Any = at, box: dict[str, Any] = box) -> bool:
            return sink.position == at and not box["network"].training

        backend = Bench(lambda network, box=box: box.update(network=network))
        outcome, _, _ = train(
            data, tmp_path / "run", sink=sink, control=Script(["stop"], evaluating), backend=backend
        )
        assert outcome.state == "stopped"
        assert not sink.artifacts
    last = MemorySink(seq=sinks[-1].flush())
    train(data, tmp_path / "run", sink=last)
    assert last.artifacts["weights.safetensors"] == whole[1][0]
    assert figures([*sinks, last]) == whole[1][1]


def test_pause_and_step_change_nothing(
    whole: Any, data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    sink = MemorySink()
    control = Script(["pause", "step", "step", "resume"])
    control.when = lambda: len(control.commands) == 4 and sink.position == (2, 1)
    outcome, _, _ = train(data, tmp_path / "run", sink=sink, control=control)
    assert outcome.state == "finished"
    assert sink.artifacts["weights.safetensors"] == whole[1][0]
    assert sink.states() == ["running", *["paused", "running"] * 3]
    paused = [(e["epoch"], e["batch"]) for e in sink.of("state") if e["state"] == "paused"]
    assert paused == [(2, 1), (2, 2), (2, 3)]


def test_paused_inside_a_batch_and_killed(
    whole: Any, data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    """The checkpoint of a pause holds the running means from before the half-done batch."""
    sink, seen = MemorySink(), {"step": 0}

    class Dies(Script):
        def wait(self, timeout: float) -> Any:
            raise Killed

    control = Dies(["pause"], lambda: sink.position == (1, 4) and seen["step"] == 3)
    backend = Bench(lambda network: setattr(network, "hook", lambda now: seen.update(step=now)))
    with pytest.raises(Killed):
        train(data, tmp_path / "run", sink=sink, control=control, backend=backend)
    assert sink.events[-1]["type"] == "checkpoint"
    kept, _ = checkpoint.load(tmp_path / "run", {})
    assert kept is not None
    assert int(kept.model["norm.num_batches_tracked"]) == 4 * 6
    again = MemorySink(seq=sink.flush())
    train(data, tmp_path / "run", sink=again)
    assert again.artifacts["weights.safetensors"] == whole[1][0]


def test_probes_and_validation_do_not_disturb(whole: Any, data: Dataset, tmp_path: Path) -> None:
    watched, watched_sink, _ = train(data, tmp_path / "a", probe={"nodes": ["fc"], "samples": 3})
    assert watched.state == "finished"
    assert watched_sink.artifacts["weights.safetensors"] == whole[1][0]
    assert len(watched_sink.frames) == 3


def test_an_epoch_is_announced_once(data: Dataset, tmp_path: Path, every_poll: None) -> None:
    sink = MemorySink()
    control = Script(["stop"], lambda: sink.position == (2, 0))
    train(data, tmp_path / "run", sink=sink, control=control)
    again = MemorySink(seq=sink.flush())
    train(data, tmp_path / "run", sink=again)
    assert [e["epoch"] for e in sink.of("epoch") + again.of("epoch")] == [1, 2, 3]


def test_checkpoint_of_another_run_is_refused(data: Dataset, tmp_path: Path) -> None:
    sink = MemorySink()
    train(
        data, tmp_path / "run", sink=sink, control=Script(["stop"], lambda: sink.position == (1, 2))
    )
    before = (tmp_path / "run" / checkpoint.NAME).read_bytes()
    with pytest.raises(InvalidError, match="another training"):
        train(data, tmp_path / "run", lr=0.5)
    assert (tmp_path / "run" / checkpoint.NAME).read_bytes() == before


def test_a_second_attempt_without_checkpoint_begins_again(data: Dataset, tmp_path: Path) -> None:
    sink = MemorySink()
    Trainer(
        fakes.spec(epochs=1),
        data,
        sink=sink,
        control=Script(),
        folder=tmp_path,
        backend=Bench(),
        attempt=2,
    ).fit()
    assert sink.events[0]["resumed_from"] == {"seq": 0, "epoch": 0, "batch": 0}
