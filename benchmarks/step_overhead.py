"""What the trainer adds to a bare training step of the same network on the same batches.

    python benchmarks/step_overhead.py                       # digits; images of MNIST's size, drawn
    python benchmarks/step_overhead.py --from FOLDER         # MNIST itself: the four IDX files
    python benchmarks/step_overhead.py --only digits --rounds 20 --threads 1

Bare: forward, loss, backward and an optimizer step over batches that lie ready, as one would write
it by hand with ``torch.optim`` as it comes. Trainer: an epoch of `spikex_lab.engine` over the same
samples: reading, encoding, the gradient's norm, optimizer, figures, events, control, checkpoints
when due. Both take turns in one process; the ratio is the median over rounds of trainer / bare.
Beside it stands what a step of each takes, and how much of it lies outside forward and backward.
Wall time; with one thread the process's CPU time, which other work on the machine disturbs less.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Clock = Callable[[], float]

BATCHES = 20
"""Batches of an epoch here."""


class Quiet:
    """An event sink and control source that only counts."""

    def __init__(self) -> None:
        self.events = 0

    def emit(self, *_: Any, **__: Any) -> None:
        self.events += 1

    def at(self, *_: int) -> None:
        pass

    def flush(self) -> int:
        return self.events

    def poll(self) -> None:
        return None

    def wait(self, _: float) -> str:
        return "resume"


def perceptron(encoder: str) -> dict[str, Any]:
    """Return 784-1000-10 leaky neurons over 25 steps in batches of 128, as ``accuracy.py`` has."""
    from accuracy import on_mnist

    spec = on_mnist("mnist")
    spec["input"]["encoder"] = encoder
    return spec


def template_of(name: str, shape: tuple[int, ...]) -> dict[str, Any]:
    from spikex_lab.spec.templates import template

    plain: dict[str, Any] = template(name, input_shape=shape).to_dict()
    return plain


WORKLOADS: dict[str, Callable[[], dict[str, Any]]] = {
    "digits": lambda: template_of("snn-mlp", (1, 8, 8)),
    "mnist": lambda: perceptron("encoders/direct"),
    "mnist-rate": lambda: perceptron("encoders/rate"),
    "mnist-conv": lambda: template_of("snn-conv", (1, 28, 28)),
}


def samples(shape: tuple[int, ...], count: int, source: Path | None) -> Any:
    """Return images and labels: the digits, MNIST's first, or as many bytes drawn at random."""
    from spikex_lab.data.builtin import load_digits
    from spikex_lab.data.readers import read_upload

    if shape == (1, 8, 8):
        x, y = load_digits()[1]["train"]
    elif source is not None:
        x, y = read_upload(source, "mnist")[1]["train"]
    else:
        rng = np.random.default_rng(0)
        x = rng.integers(0, 256, (count, *shape), dtype=np.uint8)
        x *= rng.random(x.shape) < 0.19  # as many pixels of MNIST are not black
        y = rng.integers(0, 10, count)
    return x[:count], y[:count]


def session(spec: dict[str, Any], source: Path | None, threads: int, folder: Path) -> Any:
    """Return a training session on `BATCHES` batches, with a fresh network."""
    import torch

    from spikex_lab.data import Dataset, DatasetInfo, arrays
    from spikex_lab.engine.measure import Place
    from spikex_lab.engine.plan import Plan
    from spikex_lab.engine.session import Session
    from spikex_lab.nn.network import build
    from spikex_lab.spec import RunSpec

    shape = tuple(spec["input"]["shape"])
    training = spec.pop("training") | {"validation": 0.0, "epochs": 10**6, "threads": threads}
    x, y = samples(shape, BATCHES * training["batch_size"], source)
    info = DatasetInfo(
        name="samples",
        shape=shape,
        classes=[str(digit) for digit in range(10)],
        splits={"train": len(y)},
        value_range=(0.0, 16.0 if shape == (1, 8, 8) else 255.0),
    )
    arrays.write(folder / "data", info, {"train": (x, y)})
    (folder / "run").mkdir()
    run = RunSpec.parse({"model": spec, "dataset": "samples", "training": training})
    plan = Plan.of(run, Dataset.open(folder / "data"))
    quiet = Quiet()
    return Session(
        plan,
        build(run.model, seed=0),
        Place(torch.device("cpu")),
        sink=quiet,  # type: ignore[arg-type]
        control=quiet,  # type: ignore[arg-type]
        folder=folder / "run",
        threads=threads,
    )


class Inside:
    """Seconds spent in a function that is called from elsewhere."""

    def __init__(self, owner: Any, name: str, clock: Clock) -> None:
        self.seconds = 0.0
        self._clock = clock
        self._function = getattr(owner, name)
        setattr(owner, name, self._timed)

    def _timed(self, *args: Any) -> Any:
        began = self._clock()
        try:
            return self._function(*args)
        finally:
            self.seconds += self._clock() - began


class Bare:
    """The step as one would write it, over batches that lie ready on the device."""

    def __init__(self, session: Any, clock: Clock) -> None:
        import torch

        from spikex_lab.engine import loader, losses

        self.network = copy.deepcopy(session.network)
        training = session.training
        self.loss = losses.build(training, self.network)
        # the templates and MNIST's network all name Adam
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=training.lr)
        plan = session.plan
        self.batches = list(
            loader.batches(
                plan.split,
                plan.order(0),
                training.batch_size,
                device=torch.device("cpu"),
                dtype=torch.float32,
            )
        )
        self.generator = torch.Generator()
        self.inside = Inside(self, "gather", clock)

    def gather(self, x: Any, y: Any) -> None:
        self.loss(self.network.run(x, generator=self.generator), y).backward()

    def epoch(self) -> None:
        self.network.train()
        for x, y in self.batches:
            self.optimizer.zero_grad()
            self.gather(x, y)
            self.optimizer.step()


def measure(name: str, source: Path | None, threads: int, rounds: int) -> None:
    from spikex_lab.engine import environment

    with (
        tempfile.TemporaryDirectory(prefix="spikex-overhead-") as folder,
        environment.fixed(threads, deterministic=False),
    ):
        trainer = session(WORKLOADS[name](), source, threads, Path(folder))
        clock = time.process_time if threads == 1 else time.perf_counter
        bare = Bare(trainer, clock)
        inside = Inside(trainer.stepper.algorithm, "gather", clock)

        def epoch() -> None:
            trainer.batch = 0
            trainer._train_epoch()

        sides = ((bare.epoch, bare.inside), (epoch, inside))
        steps = trainer.plan.batches
        times: list[list[tuple[float, float]]] = []
        for _ in range(rounds + 1):
            row = []
            for run, within in sides:
                within.seconds = 0.0
                began = clock()
                run()
                took = clock() - began
                row.append((1000 * took / steps, 1000 * (took - within.seconds) / steps))
            times.append(row)
        del times[0]  # the first warms up
    middle = statistics.median
    (step, beside), (step_, beside_) = (
        (middle(row[k][0] for row in times), middle(row[k][1] for row in times)) for k in (0, 1)
    )
    ratio = middle(row[1][0] / row[0][0] for row in times)
    print(
        f"{name:12} {threads} thr.  bare {step:8.2f} ms ({beside:5.2f} beside the network)   "
        f"trainer {step_:8.2f} ms ({beside_:5.2f})   trainer / bare {ratio:.3f}",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--from", dest="source", type=Path, help="folder with the four MNIST files")
    parser.add_argument("--only", choices=sorted(WORKLOADS), action="append")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    for name in options.only or WORKLOADS:
        measure(name, options.source, options.threads, options.rounds)


if __name__ == "__main__":
    main()
