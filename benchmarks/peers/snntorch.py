"""snnTorch: a Python loop over `Leaky`."""

from __future__ import annotations

import math

import snntorch
import torch
from torch import Tensor

from benchmarks.peers import torch_nets
from benchmarks.peers.torch_nets import Cell, Leaky, Series, TorchSubject, Trace
from benchmarks.suite.data import Data
from benchmarks.suite.workloads import Workload


class Neurons:
    def leaky(self, beta: float, trace: Trace) -> Leaky:
        layer = snntorch.Leaky(beta=_all_digits(beta))

        def run(series: Series) -> Tensor:
            membrane, kept = layer.init_leaky(), []
            for x in series.each():
                spikes, membrane = layer(x, membrane)
                # its spikes are float32 whatever goes in
                kept.append((spikes if trace == "spikes" else membrane).to(x.dtype))
            return torch.stack(kept)

        return run

    def adaptive(self) -> Cell:
        layer = snntorch.Leaky(beta=_all_digits(math.exp(-1 / 20)))
        membrane = layer.init_leaky()

        def step(x: Tensor) -> Tensor:
            nonlocal membrane
            spikes, membrane = layer(x, membrane)
            return spikes

        return step


def _all_digits(value: float) -> Tensor:
    """Return `value` for float64 as well: a plain number it would keep in float32."""
    return torch.tensor(value, dtype=torch.float64)


def build(work: Workload, data: Data, variant: str) -> TorchSubject:  # noqa: ARG001 (has but one)
    return torch_nets.build(work, data, Neurons())
