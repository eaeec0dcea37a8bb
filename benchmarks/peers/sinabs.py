"""Sinabs: its layers, one step per call (over whole sequences they index time: O(T²))."""

from __future__ import annotations

import math

import sinabs.layers
import torch
from sinabs.activation import SingleSpike
from torch import Tensor

from benchmarks.peers import torch_nets
from benchmarks.peers.torch_nets import Cell, Leaky, Series, TorchSubject, Trace
from benchmarks.suite.data import Data
from benchmarks.suite.workloads import Workload


class Neurons:
    def leaky(self, beta: float, trace: Trace) -> Leaky:  # noqa: ARG002 (spikes, see its note)
        layer = sinabs.layers.LIF(tau_mem=-1 / math.log(beta), norm_input=False)
        layer.requires_grad_(False)

        def run(series: Series) -> Tensor:
            layer.reset_states()
            layer.zero_grad()
            kept = [layer(x.unsqueeze(1)) for x in series.each()]
            return torch.cat(kept, 1).transpose(0, 1)

        return run

    def adaptive(self) -> Cell:
        sinks = math.exp(-1 / 200)
        layer = sinabs.layers.ALIF(
            tau_mem=20.0,
            tau_adapt=200.0,
            adapt_scale=0.17 / (1 - sinks),
            spike_fn=SingleSpike,
            norm_input=False,
        )
        layer.requires_grad_(False)
        return lambda x: layer(x.unsqueeze(1)).squeeze(1)


def build(work: Workload, data: Data, variant: str) -> TorchSubject:  # noqa: ARG001 (has but one)
    return torch_nets.build(work, data, Neurons())
