"""Norse: a Python loop over `LIFBoxCell` (its own `Lift` indexes time, which costs O(T²))."""

from __future__ import annotations

import math

import torch
from norse.torch import LIFBoxCell, LIFBoxParameters, LSNNCell, LSNNParameters
from torch import Tensor

from benchmarks.peers import torch_nets
from benchmarks.peers.torch_nets import Cell, Leaky, Series, TorchSubject, Trace
from benchmarks.suite.data import Data
from benchmarks.suite.workloads import Workload

DT = 1e-3


class Neurons:
    def leaky(self, beta: float, trace: Trace) -> Leaky:  # noqa: ARG002 (spikes, see its note)
        # it scales its input by 1 - beta: a threshold of 1 - beta makes that the same neuron
        gain = 1 - beta
        cell = LIFBoxCell(
            LIFBoxParameters(
                tau_mem_inv=torch.tensor(gain / DT),
                v_th=torch.tensor(gain),
                alpha=torch.tensor(2 / gain),
            ),
            dt=DT,
        )

        def run(series: Series) -> Tensor:
            state, kept = None, []
            for x in series.each():
                spikes, state = cell(x, state)
                kept.append(spikes)
            return torch.stack(kept)

        return run

    def adaptive(self) -> Cell:
        leak, sinks = 1 - math.exp(-1 / 20), 1 - math.exp(-1 / 200)
        cell = LSNNCell(
            LSNNParameters(
                tau_syn_inv=torch.tensor(1 / DT),
                tau_mem_inv=torch.tensor(leak / DT),
                tau_adapt_inv=torch.tensor(sinks / DT),
                v_th=torch.tensor(leak),
                beta=torch.tensor(0.17 * leak),
                alpha=2 / leak,
            ),
            dt=DT,
        )
        state = None

        def step(x: Tensor) -> Tensor:
            nonlocal state
            spikes, state = cell(x, state)
            return spikes

        return step


def build(work: Workload, data: Data, variant: str) -> TorchSubject:  # noqa: ARG001 (has but one)
    return torch_nets.build(work, data, Neurons())
