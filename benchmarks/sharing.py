"""What two trainings at once cost each other: ``python benchmarks/sharing.py``.

Each trains the same network (784-1000-10, 25 steps, batches of 128 of random spikes) in a process
of its own, first alone, then both at once, in turn. On two cores a training with one thread should
not notice the other, and one with two threads should take twice as long, not more: its threads then
wait for each other without burning the other's time.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time

ROUNDS, STEPS = 5, 15


def train(threads: int) -> None:
    """Build, say so, and train `STEPS` steps for every line that comes in; say how long it took."""
    import torch

    import spikex_lab as sx
    from spikex_lab.engine import losses, optim
    from spikex_lab.spec import TrainingSpec
    from spikex_lab.spec.templates import template

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    body = template("snn-mlp").to_dict()
    body["input"]["shape"] = [1, 28, 28]
    body["nodes"][1]["params"]["features"] = 1000
    body["time"]["steps"] = 25
    network = sx.nn.build(sx.spec.ModelSpec.parse(body), seed=0)
    training = TrainingSpec()
    loss, optimizer = losses.build(training, network), optim.build(training, network.parameters())
    x, y = (torch.rand(25, 128, 1, 28, 28) < 0.1).float(), torch.randint(10, (128,))

    def step() -> None:
        optimizer.zero_grad()
        loss(network.run(x), y).backward()
        optimizer.step()

    for _ in range(3):
        step()
    print("ready", flush=True)
    for _ in sys.stdin:
        began = time.perf_counter()
        for _ in range(STEPS):
            step()
        print(json.dumps((time.perf_counter() - began) / STEPS), flush=True)


class Trainer:
    """A process that trains when told to."""

    def __init__(self, threads: int) -> None:
        environment = {**os.environ, "OMP_WAIT_POLICY": "PASSIVE"}  # as for every run
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self._answer()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("a training ended by itself")
        return line

    def go(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write("go\n")
        self._process.stdin.flush()

    def seconds(self) -> float:
        return float(json.loads(self._answer()))

    def close(self) -> None:
        self._process.communicate()


def main() -> int:
    """Print what a step takes alone and beside another, and the ratio."""
    print("| threads each | alone, ms | both at once, ms | ratio |\n| ---: | ---: | ---: | ---: |")
    for threads in (1, 2):
        one, other = Trainer(threads), Trainer(threads)
        alone, beside = [], []
        for _ in range(ROUNDS):
            one.go()
            alone.append(one.seconds())
            one.go()
            other.go()
            beside += [one.seconds(), other.seconds()]
        for trainer in (one, other):
            trainer.close()
        first, second = (1000 * statistics.median(times) for times in (alone, beside))
        print(f"| {threads} | {first:.1f} | {second:.1f} | {second / first:.2f} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(train(int(sys.argv[1])) if len(sys.argv) > 1 else main())
