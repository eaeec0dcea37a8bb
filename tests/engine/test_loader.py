"""The input pipeline: order, bounds, errors, ends; bytes until the batch is made."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from spikex_lab.data import Dataset, DatasetInfo, arrays
from spikex_lab.data.dataset import Split
from spikex_lab.engine import loader
from spikex_lab.engine.ahead import PER_THREAD, ahead
from spikex_lab.engine.control import StopRequested

from .fakes import MemorySink, Script
from .test_resume import train

CPU = torch.device("cpu")


def readers() -> list[threading.Thread]:
    return [t for t in threading.enumerate() if t.name.startswith("spikex-data")]


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    yield
    assert not readers()


# -- ahead ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [0, 1, 3])
def test_results_come_in_order(threads: int) -> None:
    later = threading.Event()

    def work(key: int) -> int:
        if key % 2 == 0:
            later.wait(0.002)  # odd keys overtake even ones where there are threads
        return key * key

    assert list(ahead(work, range(20), threads)) == [k * k for k in range(20)]
    assert list(ahead(work, [], threads)) == []


@pytest.mark.parametrize("threads", [1, 2])
def test_only_so_much_is_done_ahead(threads: int) -> None:
    """As many results wait as were allowed, however slowly they are taken."""
    begun: list[int] = []
    most = PER_THREAD * threads + 1
    reached = threading.Event()

    def work(key: int) -> int:
        begun.append(key)
        if len(begun) == most:
            reached.set()
        return key

    with closing(ahead(work, range(100), threads)) as results:
        assert next(results) == 0
        assert reached.wait(10)
        assert len(begun) == most
        assert next(results) == 1
    assert len(begun) <= most + 1


@pytest.mark.parametrize("threads", [0, 2])
def test_an_error_comes_out_in_its_turn(threads: int) -> None:
    def work(key: int) -> int:
        if key == 3:
            raise OSError("the disk is gone")
        return key

    taken: list[int] = []
    with pytest.raises(OSError, match="the disk is gone"):
        taken.extend(ahead(work, range(10), threads))
    assert taken == [0, 1, 2]
    assert not readers()


def test_a_loop_that_is_left_early_leaves_no_thread() -> None:
    begun: list[int] = []

    def leave() -> None:
        with closing(ahead(lambda key: begun.append(key), range(1000), 2)) as results:
            for number, _ in enumerate(results):
                if number == 3:
                    assert readers()
                    raise StopRequested

    with pytest.raises(StopRequested) as left:
        leave()
    assert not readers()  # although the traceback still holds the loop
    assert left.tb is not None
    assert len(begun) < 20


# -- batches -------------------------------------------------------------------------------------


def split(dtype: Any = np.uint8, shape: tuple[int, ...] = (1, 4, 4), n: int = 50) -> Split:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 256, (n, *shape)).astype(dtype)
    return Split(x, np.arange(n) % 4, (3.0, 250.0))


def read(data: Split, size: int = 16, **kw: Any) -> list[tuple[torch.Tensor, torch.Tensor]]:
    order = np.random.default_rng(1).permutation(len(data))
    with closing(loader.batches(data, order, size, device=CPU, **kw)) as found:
        return list(found)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("kept", [np.uint8, np.float32])
def test_batches_are_the_same_read_ahead_or_not(kept: Any, dtype: torch.dtype) -> None:
    data = split(kept)
    order = np.random.default_rng(1).permutation(len(data))
    alone = read(data, dtype=dtype)
    assert [len(y) for _, y in alone] == [16, 16, 16, 2]
    for index, (x, y) in enumerate(alone):
        here = order[16 * index : 16 * index + 16]
        assert x.dtype == dtype
        assert y.dtype == torch.int64
        assert np.array_equal(x.float().numpy(), data.batch(here)[0])
        assert np.array_equal(y.numpy(), data.y[here])
    for workers in (1, 3):
        for one, other in zip(alone, read(data, dtype=dtype, workers=workers), strict=True):
            assert torch.equal(one[0], other[0])
            assert torch.equal(one[1], other[1])
    for one, other in zip(alone[2:], read(data, dtype=dtype, start=2), strict=True):
        assert torch.equal(one[0], other[0])


@pytest.mark.parametrize(
    ("shape", "size", "workers", "expected"),
    [((1, 28, 28), 128, 0, 0), ((1, 28, 28), 128, 2, 2), ((3, 64, 64), 128, 0, 1)],
)
def test_large_batches_are_read_ahead_by_themselves(
    shape: tuple[int, ...],
    size: int,
    workers: int,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = []

    def noted(work: Any, keys: Any, threads: int) -> Any:
        asked.append(threads)
        return ahead(work, keys, threads)

    monkeypatch.setattr(loader, "ahead", noted)
    read(split(shape=shape, n=4), size=size, dtype=torch.float32, workers=workers)
    assert asked == [expected]


@pytest.mark.parametrize("kept", [np.uint8, np.float32])
def test_another_device_gets_bytes_from_pinned_memory(
    kept: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands for CUDA: what is pinned, and what crosses over, is still as it is kept."""
    pinned: list[Any] = []
    moved: list[tuple[Any, bool]] = []
    to = torch.Tensor.to

    def pin(self: torch.Tensor) -> torch.Tensor:
        assert threading.current_thread().name.startswith("spikex-data")
        pinned.append(self.dtype)
        return self

    def away(self: torch.Tensor, where: Any, *args: Any, **kw: Any) -> torch.Tensor:
        if isinstance(where, torch.device) and where.type == "cuda":
            moved.append((self.dtype, kw["non_blocking"]))
            return self
        return to(self, where, *args, **kw)

    monkeypatch.setattr(torch.Tensor, "pin_memory", pin)
    monkeypatch.setattr(torch.Tensor, "to", away)
    data = split(kept)
    order = np.arange(50)
    cuda = torch.device("cuda")
    there = list(loader.batches(data, order, 25, device=cuda, dtype=torch.float32))
    monkeypatch.undo()
    bytes_ = torch.uint8 if kept == np.uint8 else torch.float32
    assert pinned == [bytes_, torch.int64] * 2
    assert moved == [(bytes_, True), (torch.int64, True)] * 2
    here = list(loader.batches(data, order, 25, device=CPU, dtype=torch.float32))
    for (x, y), (a, b) in zip(there, here, strict=True):
        assert torch.equal(x, a)
        assert torch.equal(y, b)
    assert np.array_equal(data.x, split(kept).x)


def test_kept_samples_are_a_copy_and_still_bytes() -> None:
    data = split()
    for indices in ([3, 1], slice(0, 2), np.array([True] + [False] * 49)):
        x, y = data.kept(indices)
        assert (x.dtype, y.dtype) == (np.uint8, np.int64)
        x[:], y[:] = 1, 9
    assert np.array_equal(data.x, split().x)
    assert np.array_equal(data.y, split().y)


# -- a run ---------------------------------------------------------------------------------------


def test_a_run_stopped_in_the_middle_leaves_no_reader(
    data: Dataset, tmp_path: Path, every_poll: None
) -> None:
    _, whole, _ = train(data, tmp_path / "whole")
    sink = MemorySink()
    seen: list[int] = []

    def now() -> bool:
        seen.append(len(readers()))
        return sink.position == (2, 2)

    outcome, _, _ = train(
        data, tmp_path / "run", sink=sink, control=Script(["stop"], now), workers=2
    )
    assert outcome.state == "stopped"
    assert max(seen) > 0
    assert not readers()
    _, again, _ = train(data, tmp_path / "run", workers=2)
    assert again.artifacts["weights.safetensors"] == whole.artifacts["weights.safetensors"]


def test_a_reader_that_fails_ends_the_run_with_its_error(
    data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[int] = []
    original = Split.batch

    def failing(self: Split, indices: Any) -> Any:
        calls.append(1)
        if len(calls) == 4:
            raise OSError("the disk is gone")
        return original(self, indices)

    monkeypatch.setattr(Split, "batch", failing)
    with pytest.raises(OSError, match="the disk is gone"):
        train(data, tmp_path / "run", workers=1)
    assert not readers()


def test_images_of_the_built_in_dataset_stay_bytes(tmp_path: Path) -> None:
    info = DatasetInfo(name="b", shape=(2,), classes=["0"], splits={"train": 3})
    x = np.array([[0, 255], [1, 2], [3, 4]], np.uint8)
    arrays.write(tmp_path, info, {"train": (x, np.zeros(3, np.int64))})
    kept = Dataset.open(tmp_path).split("train")
    assert kept.x.dtype == kept.kept([0])[0].dtype == np.uint8
    assert kept.x.nbytes == 6
    assert kept.batch([0])[0].tolist() == [[0.0, 1.0]]
