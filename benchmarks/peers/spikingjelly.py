"""SpikingJelly: `LIFNode` in multi-step mode."""

from __future__ import annotations

import math

from spikingjelly.activation_based import functional, neuron, surrogate
from torch import Tensor

from benchmarks.peers import torch_nets
from benchmarks.peers.torch_nets import Cell, Leaky, Series, TorchSubject, Trace
from benchmarks.suite.data import Data
from benchmarks.suite.workloads import Workload


def _node(beta: float, mode: str) -> neuron.LIFNode:
    return neuron.LIFNode(
        tau=1 / (1 - beta),
        decay_input=False,
        v_reset=None,
        surrogate_function=surrogate.ATan(alpha=2.0),
        detach_reset=True,
        step_mode=mode,
    )


class Neurons:
    def leaky(self, beta: float, trace: Trace) -> Leaky:  # noqa: ARG002 (spikes, see its note)
        layer = _node(beta, "m")

        def run(series: Series) -> Tensor:
            functional.reset_net(layer)
            spikes: Tensor = layer(series.whole())
            return spikes

        return run

    def adaptive(self) -> Cell:
        layer: Cell = _node(math.exp(-1 / 20), "s")
        return layer


def build(work: Workload, data: Data, variant: str) -> TorchSubject:  # noqa: ARG001 (has but one)
    return torch_nets.build(work, data, Neurons())
