"""Peak memory of training against the number of steps, and against what was forecast.

    python benchmarks/memory.py                    # a table, and benchmarks/results/memory.json
    python benchmarks/memory.py --steps 10,30,100,300,1000 --batch 16,64 --json memory.json

Every figure comes from a fresh process of its own: the growth of its resident memory at its peak
over two training steps, after a short one of the same network, which loads the libraries. Linux
only: it reads `/proc`.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "memory.json"
NETWORKS = ("mlp", "conv", "recurrent")
MIB = 1 << 20


def model(name: str, steps: int) -> dict[str, Any]:
    """Return the spec of 784-1000-10, 12C5-MP2-64C5-MP2-10, or 700-256-20 that hears itself."""
    leaky = {"component": "neurons/leaky", "params": {"beta": 0.9}}

    def dense(node: str, features: int) -> dict[str, Any]:
        return {"id": node, "component": "synapses/dense", "params": {"features": features}}

    def conv(node: str, channels: int) -> dict[str, Any]:
        params = {"channels": channels, "kernel": 5}
        return {"id": node, "component": "synapses/conv2d", "params": params}

    def pool(node: str) -> dict[str, Any]:
        return {"id": node, "component": "layers/max-pool2d", "params": {"kernel": 2}}

    first, out = {"id": "lif1", **leaky}, {"id": "out", **leaky}
    flat = {"id": "flatten", "component": "layers/flatten"}
    edges: Any = "sequential"
    shape = [1, 28, 28]
    if name == "mlp":
        nodes = [flat, dense("fc1", 1000), first, dense("fc2", 10), out]
    elif name == "conv":
        nodes = [conv("conv1", 12), first, pool("pool1"), conv("conv2", 64)]
        nodes += [{"id": "lif2", **leaky}, pool("pool2"), flat, dense("fc", 10), out]
    else:
        shape = [700]
        nodes = [dense("fc1", 256), dense("rec", 256), first, dense("fc2", 20), out]
        edges = [["input", "fc1"], ["fc1", "lif1"], ["rec", "lif1"], ["lif1", "fc2"]]
        edges += [["fc2", "out"], {"from": "lif1", "to": "rec", "delay": 1}]
    return {
        "name": name,
        "input": {"shape": shape, "encoder": "encoders/rate"},
        "time": {"steps": steps},
        "nodes": nodes,
        "edges": edges,
        "readout": "decoders/spike-count",
    }


def measure(name: str, steps: int, batch: int, memory: str) -> dict[str, Any]:
    """Train two batches in this process; return its peak growth and the forecast, in bytes."""
    import torch

    from spikex_lab import nn
    from spikex_lab.engine import algorithms, losses
    from spikex_lab.engine.measure import Place
    from spikex_lab.engine.rng import Streams
    from spikex_lab.engine.step import Stepper
    from spikex_lab.nn import buffers
    from spikex_lab.nn.forecast import forecast
    from spikex_lab.spec import ModelSpec, TrainingSpec

    torch.set_num_threads(1)
    place = Place(torch.device("cpu"))
    training = TrainingSpec(memory=memory, loss="mse-count")  # type: ignore[arg-type]

    def train(steps: int, batch: int, times: int) -> Any:
        network = nn.build(ModelSpec.parse(model(name, steps)), seed=0)
        expected = forecast(network, batch, memory=memory)
        network.chunk = expected.chunk
        loss = losses.build(training, network)
        setting = algorithms.Setting(network, training, loss, place, lambda: None)
        stepper = Stepper(network, algorithms.build(setting), Streams(0, place.device))
        drawn = torch.Generator().manual_seed(0)
        for index in range(times):
            x = torch.rand(batch, *network.graph.input_shape, generator=drawn)
            stepper.learn(x, torch.arange(batch) % 10, 1e-3, 0, index)
        return expected

    if memory == "low":
        buffers.give_back_large()
    train(10, 64, 1)
    gc.collect()
    buffers.pool.clear()
    ctypes.CDLL(None).malloc_trim(0)  # what is free already would hide as much of the growth
    before = _status("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")
    expected = train(steps, batch, 2)
    return {
        "measured": _status("VmHWM") - before,
        "forecast": expected.total,
        "chunk": expected.chunk,
    }


def _status(key: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) << 10 for line in lines if line.startswith(f"{key}:"))


def fresh(name: str, steps: int, batch: int, memory: str) -> dict[str, Any]:
    """Return what `measure` gives in a process of its own."""
    command = [sys.executable, __file__, "--one", name, str(steps), str(batch), memory]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def slope(rows: list[dict[str, Any]]) -> float:
    """Return the exponent of T in the growth from the second shortest series to the longest."""
    one, other = rows[-2], rows[-1]
    ratio = other["measured"] / max(1, one["measured"])
    return math.log(ratio) / math.log(other["steps"] / one["steps"])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--networks", default=",".join(NETWORKS))
    parser.add_argument("--steps", default="10,100,1000")
    parser.add_argument("--batch", default="32")
    parser.add_argument("--json", type=Path, default=RESULTS)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        name, steps, batch, memory = options.one
        print(json.dumps(measure(name, int(steps), int(batch), memory)))
        return 0
    rows = []
    head = ("network", "B", "T", "memory", "chunk", "measured", "forecast", "off by")
    print("{:10} {:>4} {:>5} {:>7} {:>6} {:>10} {:>10} {:>8}".format(*head))
    for name in options.networks.split(","):
        for batch in map(int, options.batch.split(",")):
            for memory in ("fast", "low"):
                series = []
                for steps in map(int, options.steps.split(",")):
                    found = fresh(name, steps, batch, memory)
                    row = {"network": name, "batch": batch, "steps": steps, "memory": memory}
                    series.append(row | found)
                    off = found["forecast"] / max(1, found["measured"]) - 1
                    print(
                        f"{name:10} {batch:4} {steps:5} {memory:>7} {found['chunk'] or '-':>6} "
                        f"{found['measured'] / MIB:6.0f} MiB {found['forecast'] / MIB:6.0f} MiB "
                        f"{100 * off:+7.0f}%",
                        flush=True,
                    )
                rows += series
                if len(series) > 1:
                    print(f"{'':10} {memory} grows as T^{slope(series):.2f} at its end")
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps({"rows": rows}, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
