"""Measures a network on a split: how right, how sure, how many spikes, how fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.engine import environment, losses, operations
from spikex_lab.engine.evaluation import ClassFigures, Evaluation, Latency
from spikex_lab.engine.measure import Judged, Place, evaluating, over, scale_of
from spikex_lab.engine.protocols import Poll
from spikex_lab.engine.rng import Streams
from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec import TrainingSpec

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Dataset, Split

LATENCY_SAMPLES = 50
LATENCY_SECONDS = 2.0
OPERATION_SAMPLES = 256


def evaluate(
    network: torch.nn.Module,
    dataset: Dataset,
    split: str = "test",
    *,
    batch_size: int = 256,
    device: str = "cpu",
    training: TrainingSpec | None = None,
    on_progress: Callable[[int, int], None] | None = None,
    poll: Poll | None = None,
) -> Evaluation:
    """Return what `network` makes of `split`; the caller's random generators stay as they are.

    Parameters
    ----------
    training : says which loss and precision; default: those of a `TrainingSpec`.
    on_progress : called with the samples done and their total.
    poll : called at every time step; may raise to give up.

    Raises
    ------
    InvalidError : unknown or empty split.
    """
    import torch

    data = _split(dataset, split)
    training = training or TrainingSpec()
    place = Place(torch.device(device), training.precision)
    network.to(place.device, place.dtype)
    name = losses.for_network(training, network)
    cuda = [place.device] if place.device.type == "cuda" else []
    with torch.random.fork_rng(devices=cuda):
        streams = Streams(training.seed, place.device)
        started = time.perf_counter()
        answers = _answers(
            network,
            data,
            batch_size,
            place,
            losses.build(training, network),
            streams,
            on_progress,
            poll,
        )
        _wait(place.device)
        took = time.perf_counter() - started
        latency = _latency(network, data, place, streams, poll)
        spent = operations.count(network, data, OPERATION_SAMPLES, place, streams, poll)
    return Evaluation(
        split=split,
        samples=len(data.y),
        loss_name=name,
        throughput=len(data.y) / took,
        batch_size=batch_size,
        latency=latency,
        device=str(place.device),
        seconds=time.perf_counter() - started,
        synops=spent.synops,
        macs=spent.macs,
        **answers.figures(list(dataset.info.classes), scale_of(network)),
    )


class _Answers:
    """Scores, targets and sums of a whole pass."""

    def __init__(self) -> None:
        self.scores: list[torch.Tensor] = []
        self.targets: list[torch.Tensor] = []
        self.loss: Any = 0.0
        self.done = 0
        self.spikes: dict[str, Any] = {}

    def figures(self, classes: Sequence[str], scale: Any) -> dict[str, Any]:
        """Return the fields of an `Evaluation` that follow from the answers."""
        import torch

        scores, target = torch.cat(self.scores).cpu().double(), torch.cat(self.targets).cpu()
        predicted = scores.argmax(dim=1)
        k, n = scores.shape[1], len(target)
        names = [classes[i] if i < len(classes) else str(i) for i in range(k)]
        counts = torch.bincount(target * k + predicted, minlength=k * k).reshape(k, k)
        each = per_class(counts, names)
        known = [figures.f1 for figures in each if figures.support]
        spikes = {name: float(total) / n for name, total in self.spikes.items()}
        top3 = None
        if k > 3:
            top3 = float((scores.topk(3).indices == target[:, None]).any(dim=1).double().mean())
        return {
            "classes": names,
            "accuracy": float((predicted == target).double().mean()),
            "loss": float(self.loss) / n,
            "confusion": counts.tolist(),
            "per_class": each,
            "macro_f1": sum(known) / len(known),
            "top3": top3,
            "calibration_error": calibration_error(scores, target),
            "spikes": spikes,
            "rates": {name: value / scale[name] for name, value in spikes.items() if name in scale},
        }


def per_class(counts: torch.Tensor, names: Sequence[str]) -> list[ClassFigures]:
    """Return each class's precision, recall and F1 from confusion counts; 0 where undefined."""
    right = counts.diagonal().tolist()
    predicted, support = counts.sum(dim=0).tolist(), counts.sum(dim=1).tolist()
    return [
        ClassFigures(
            name=name,
            precision=hits / max(1, guesses),
            recall=hits / max(1, there),
            f1=2 * hits / max(1, guesses + there),
            support=there,
        )
        for name, hits, guesses, there in zip(names, right, predicted, support, strict=True)
    ]


def calibration_error(scores: torch.Tensor, target: torch.Tensor, bins: int = 15) -> float:
    """Return how far confidence is from accuracy, on average over equal bins of confidence.

    Guo et al. 2017, "On calibration of modern neural networks" (arXiv:1706.04599), eq. 3.
    """
    import torch

    confidence, predicted = scores.softmax(dim=1).max(dim=1)
    right = (predicted == target).double()
    bin_of = (confidence * bins).ceil().long().clamp(1, bins) - 1
    gap = torch.zeros(bins, dtype=torch.float64).index_add(0, bin_of, right - confidence.double())
    return float(gap.abs().sum() / len(target))


def _answers(
    network: torch.nn.Module,
    data: Split,
    batch_size: int,
    place: Place,
    loss: losses.Loss,
    streams: Streams,
    on_progress: Callable[[int, int], None] | None,
    poll: Poll | None,
) -> _Answers:
    answers = _Answers()
    total = len(data.y)

    def take(judged: Judged) -> None:
        answers.scores.append(judged.result.scores)
        answers.targets.append(judged.target)
        answers.loss = answers.loss + judged.loss.double() * len(judged.target)
        for name, spikes in judged.result.activity.items():
            answers.spikes[name] = answers.spikes.get(name, 0.0) + spikes.double()
        answers.done += len(judged.target)
        if on_progress:
            on_progress(answers.done, total)

    over(
        network,
        data,
        np.arange(total),
        take,
        batch_size=batch_size,
        place=place,
        loss=loss,
        streams=streams,
        purpose="evaluate",
        poll=poll,
    )
    return answers


def _latency(
    network: torch.nn.Module, data: Split, place: Place, streams: Streams, poll: Poll | None
) -> Latency:
    """Time single samples, for at most two seconds; the first three warm up."""
    import torch

    times: list[float] = []
    began = time.perf_counter()
    cast = environment.autocast(place.precision, place.device)
    with evaluating(network), torch.no_grad(), cast:
        for index in range(LATENCY_SAMPLES + 3):
            if index > 3 and time.perf_counter() - began > LATENCY_SECONDS:
                break
            x, _ = data.batch(np.array([index % len(data.y)]))
            sample = torch.from_numpy(np.ascontiguousarray(x)).to(place.device, place.dtype)
            generator = streams.set("latency", 0, index)
            _wait(place.device)
            start = time.perf_counter()
            network.run(sample, generator=generator, poll=poll)  # type: ignore[operator]
            _wait(place.device)
            if index >= 3:
                times.append(1000 * (time.perf_counter() - start))
    return Latency(
        median=float(np.median(times)), p95=float(np.percentile(times, 95)), samples=len(times)
    )


def _wait(device: torch.device) -> None:
    """Wait until the device has done what was asked of it."""
    import torch

    if device.type in ("cuda", "mps", "xpu"):
        torch.accelerator.synchronize()


def _split(dataset: Dataset, name: str) -> Split:
    known = list(dataset.info.splits)
    if name not in known:
        raise InvalidError(f'no split "{name}"', where="split", hint=nearest(name, known))
    data = dataset.split(name)
    if len(data.y) == 0:
        raise InvalidError(f'the split "{name}" is empty', where="split")
    return data
