"""Convolutional networks with channels last against images as they lie: forward and backward.

    python benchmarks/conv_layout.py
    python benchmarks/conv_layout.py --rounds 40 --threads 2

Both layouts take turns in one process, in random order; medians, and the median of the ratios.
With one thread the process's CPU time, with more the wall's.
"""

from __future__ import annotations

import argparse
import random
import statistics
import time
from typing import Any

import torch


def tutorial() -> dict[str, Any]:
    """Return 12C5-MP2-64C5-MP2-10 over 25 steps (snnTorch's tutorial 6)."""
    from spikex_lab.spec.templates import template

    plain: dict[str, Any] = template("snn-conv", input_shape=(1, 28, 28)).to_dict()
    plain["time"]["steps"] = 25
    for node in plain["nodes"]:
        if node["id"] in ("conv1", "conv2"):
            channels = 12 if node["id"] == "conv1" else 64
            node["params"].update(channels=channels, kernel=5, padding=0)
    return plain


def workloads() -> dict[str, tuple[dict[str, Any], int]]:
    """Return specs and batch sizes by name."""
    from spikex_lab.spec.templates import template

    return {
        "snn-conv 8x8": (template("snn-conv", input_shape=(1, 8, 8)).to_dict(), 64),
        "snn-conv 28x28": (template("snn-conv", input_shape=(1, 28, 28)).to_dict(), 64),
        "12C5-MP2-64C5-MP2-10": (tutorial(), 16),
    }


def measure(name: str, plain: dict[str, Any], batch: int, rounds: int, threads: int) -> None:
    from spikex_lab.nn.network import build
    from spikex_lab.spec import ModelSpec

    clock = time.process_time if threads == 1 else time.perf_counter
    network = build(ModelSpec.parse(plain), seed=0)
    x = torch.rand(batch, *plain["input"]["shape"])
    weights = torch.arange(10.0)
    onednn = torch.backends.mkldnn.is_available

    def step(last: bool) -> float:
        # where torch has no oneDNN, weights are left as they lie: see `spikex_lab.nn.layout`
        torch.backends.mkldnn.is_available = onednn if last else lambda: False
        network.zero_grad()
        began = clock()
        (network.run(x).scores * weights).sum().backward()
        return 1000 * (clock() - began)

    times: dict[bool, list[float]] = {False: [], True: []}
    for number in range(rounds + 2):
        for last in random.sample((False, True), 2):
            took = step(last)
            if number > 1:  # the first two warm up
                times[last].append(took)
    torch.backends.mkldnn.is_available = onednn
    ratio = statistics.median(a / b for a, b in zip(times[False], times[True], strict=True))
    print(
        f"{name:22} {threads} thr.  as they lie {statistics.median(times[False]):8.2f} ms   "
        f"channels last {statistics.median(times[True]):8.2f} ms   {ratio:.2f} times as fast",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    for name, (plain, batch) in workloads().items():
        measure(name, plain, batch, options.rounds, options.threads)


if __name__ == "__main__":
    main()
