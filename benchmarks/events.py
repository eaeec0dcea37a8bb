"""Event-driven linear layers and convolutions against dense ones; one run, interleaved rounds.

    python benchmarks/events.py                # speed-up by activity, every direction
    python benchmarks/events.py layers         # a whole layer, forward and backward
    python benchmarks/events.py even           # at which activity both cost the same

Ratios above 1: events are faster. Dense linear layers write into memory that is there already;
the event-driven ones ask for theirs. On one thread time is the process's CPU time, which other work
on the machine hardly changes; on more (`--threads`) it is the clock's.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from spikex_lab.nn import events, use_kernels
from spikex_lab.nn.events import directions, native
from spikex_lab.nn.events.choose import Direction

ACTIVITY = (0.01, 0.02, 0.05, 0.10, 0.20)
EVEN = (0.01, 0.02, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30, 0.40, 0.50)
LINEAR = (
    (1600, 2048, 2048), (128, 2048, 2048), (16, 2048, 2048), (128, 8192, 8192), (8000, 2048, 2048),
    (8000, 512, 512), (3200, 784, 1000), (3200, 1000, 10),
)  # fmt: skip
"""Rows (time steps × batch), inputs, outputs."""
CONV = ((1600, 12, 12, 5, 64), (256, 64, 16, 3, 128), (1600, 1, 28, 5, 12))
"""Images, channels, height = width, kernel, output channels."""
EVEN_LINEAR = (
    *(
        (rows, inputs, outputs)
        for rows in (32, 64, 128, 512, 2048)
        for inputs, outputs in ((512, 32), (512, 64), (512, 128), (512, 512), (2048, 2048))
    ),
    (128, 8192, 8192),
)
EVEN_CONV = (
    *CONV,
    (32, 64, 16, 3, 128),
    (400, 16, 14, 3, 16),
    (400, 32, 14, 3, 32),
    (64, 256, 8, 3, 256),
)
DIRECTIONS: tuple[Direction, ...] = ("forward", "weight", "input")


def ratio(rounds: int, dense: Callable[[], object], sparse: Callable[[], object]) -> float:
    """Return the median over rounds of how many times longer `dense` takes."""
    clock = time.process_time if torch.get_num_threads() == 1 else time.perf_counter
    dense(), sparse()
    began = clock()
    dense(), sparse()
    often = max(1, round(0.02 / max(clock() - began, 1e-9)))  # short work is timed in bunches
    found = []
    for _ in range(rounds):
        took = []
        for work in (dense, sparse):
            began = clock()
            for _ in range(often):
                work()
            took.append(clock() - began)
        found.append(took[0] / took[1])
    return statistics.median(found)


def spikes(share: float, *shape: int) -> Tensor:
    return (torch.rand(shape) < share).float()


@dataclass
class Case:
    """One layer's work in one direction, dense and by events."""

    shape: tuple[int, ...]
    direction: Direction
    share: float

    def ratio(self, rounds: int) -> float:
        make = self._linear if len(self.shape) == 3 else self._conv
        return ratio(rounds, *make())

    def _linear(self) -> tuple[Callable[[], object], Callable[[], object]]:
        rows, inputs, outputs = self.shape
        x, weight = spikes(self.share, rows, inputs), torch.randn(outputs, inputs)
        grad = torch.randn(rows, outputs)
        field, most = directions.Field(), x.numel() + grad.numel()
        plane = [one[:, :, None, None] for one in (x, weight)]
        if self.direction == "forward":
            out = torch.empty(rows, outputs)
            return (
                lambda: torch.mm(x, weight.t(), out=out),
                lambda: directions.forward(*plane, None, field, most),
            )
        if self.direction == "weight":
            out = torch.empty(outputs, inputs)
            there = grad[:, :, None, None]
            return (
                lambda: torch.mm(grad.t(), x, out=out),
                lambda: directions.weight_gradient(plane[0], there, (1, 1), field, most),
            )
        out = torch.empty(rows, inputs)
        grad *= spikes(self.share, *grad.shape)
        there = grad[:, :, None, None]
        return (
            lambda: torch.mm(grad, weight, out=out),
            lambda: directions.input_gradient(there, plane[1], (1, 1), field, most),
        )

    def _conv(self) -> tuple[Callable[[], object], Callable[[], object]]:
        images, channels, size, kernel, outputs = self.shape
        last = torch.channels_last
        x = spikes(self.share, images, channels, size, size).contiguous(memory_format=last)
        weight = torch.randn(outputs, channels, kernel, kernel)
        fast = weight.contiguous(memory_format=last)
        field = directions.Field()
        grad = torch.randn_like(functional.conv2d(x, fast))
        most = x.numel() + grad.numel()
        if self.direction == "forward":
            return (
                lambda: functional.conv2d(x, fast),
                lambda: directions.forward(x, weight, None, field, most),
            )
        if self.direction == "input":
            grad *= spikes(self.share, *grad.shape)
        wanted = [self.direction == "input", self.direction == "weight", False]

        def dense() -> object:
            ones, none = [1, 1], [0, 0]
            return torch.ops.aten.convolution_backward(
                grad, x, fast, None, ones, none, ones, False, none, 1, wanted
            )

        if self.direction == "input":
            return dense, lambda: directions.input_gradient(grad, weight, (size, size), field, most)
        return dense, lambda: directions.weight_gradient(x, grad, (kernel, kernel), field, most)


def speed(rounds: int) -> None:
    print(f"{'':26}{'':9}" + "".join(f"{share:>8.0%}" for share in ACTIVITY))
    for shape in (*LINEAR, *CONV):
        for direction in DIRECTIONS:
            found = [Case(shape, direction, share).ratio(rounds) for share in ACTIVITY]
            row = "".join(f"{one:>8.2f}" for one in found)
            print(f"{' × '.join(map(str, shape)):26}{direction:9}{row}", flush=True)


def crossing(shares: Sequence[float], ratios: Sequence[float]) -> float:
    """Return the activity at which the ratio is 1: between those measured, else 0 or 1."""
    if ratios[0] <= 1:
        return 0.0
    for low, high, before, after in zip(shares, shares[1:], ratios, ratios[1:], strict=False):
        if after <= 1:
            return low + (high - low) * (before - 1) / (before - after)
    return 1.0


def even(rounds: int) -> None:
    print(f"{'':26}" + "".join(f"{direction:>9}" for direction in DIRECTIONS))
    for shape in (*EVEN_LINEAR, *EVEN_CONV):
        row = ""
        for direction in DIRECTIONS:
            found = [Case(shape, direction, share).ratio(rounds) for share in EVEN]
            row += f"{crossing(EVEN, found):>9.0%}"
        print(f"{' × '.join(map(str, shape)):26}{row}", flush=True)


def layers(rounds: int) -> None:
    """Compare torch's linear layer and ours, forward and backward, as a user calls them."""
    print(f"{'':26}{'':18}" + "".join(f"{share:>8.0%}" for share in ACTIVITY))
    for rows, inputs, outputs in ((8000, 2048, 2048), (8000, 512, 512), (3200, 784, 1000)):
        name = " × ".join(map(str, (rows, inputs, outputs)))
        for first in (True, False):
            found = [layer(rounds, rows, inputs, outputs, share, first) for share in ACTIVITY]
            row = "".join(f"{one:>8.2f}" for one in found)
            print(f"{name:26}{'first layer' if first else 'a later one':18}{row}", flush=True)


def layer(
    rounds: int, rows: int, inputs: int, outputs: int, share: float, first: bool
) -> float:  # fmt: skip
    """Return the ratio; a later layer gives gradients back, as sparse as what comes in."""
    weight = torch.randn(outputs, inputs, requires_grad=True)
    x = spikes(share, rows, inputs).requires_grad_(not first)
    grad = torch.randn(rows, outputs)
    if not first:
        grad *= spikes(share, rows, outputs)

    def step(linear: Callable[..., Tensor]) -> None:
        weight.grad = x.grad = None
        linear(x, weight).backward(grad)

    return ratio(rounds, lambda: step(functional.linear), lambda: step(events.linear))


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("what", nargs="?", choices=("speed", "layers", "even"), default="speed")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    if not native.here():
        print("no C++ compiler here: there is nothing to compare")
        return 1
    with use_kernels("fused"):
        {"speed": speed, "layers": layers, "even": even}[options.what](options.rounds)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
