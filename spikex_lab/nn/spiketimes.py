"""EventProp on a grid of time steps: a layer of neurons whose gradient is that of spike times.

Forward it is ``neurons/synaptic`` with ``reset: zero`` and no delay of the reset. Backward no
surrogate is used. The incoming gradient G(t) says what more of a spike at t would do to the
loss; moving the spike by one step then does what G changes from step to step. So the layers
between neurons (dense, convolution, delay) stay as they are. As the steps get finer the gradient
approaches the exact one (`spikex_lab.nn.eventprop`) in proportion to their length.

T.C. Wunderlich, C. Pehle, Scientific Reports 11, 12829, 2021, doi:10.1038/s41598-021-91786-z.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from spikex_lab.nn.cell import Cell, Poll, Scanned

LEAST_SLOPE = 1e-2
"""A crossing counts as at least this steep, in units of how fast the potential leaks at the
threshold: where it merely touches the threshold the gradient has no bound."""


class SpikeTimes(torch.autograd.Function):
    """Spikes and states ``[T, B, …]`` of current-based neurons, from their input of that shape."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, alpha: Tensor, beta: Tensor, threshold: Tensor, poll: Poll | None
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Run through time; see the module."""
        syn = mem = torch.zeros_like(x[0])
        spikes, currents, potentials = [], [], []
        for drive in x.unbind(0):
            if poll is not None:
                poll()
            syn = alpha * syn + drive
            mem = beta * mem + syn
            spike = (mem > threshold).to(x.dtype)
            mem = mem * (1 - spike)
            spikes.append(spike)
            currents.append(syn)
            potentials.append(mem)
        fired, current = torch.stack(spikes), torch.stack(currents)
        ctx.save_for_backward(fired, current, alpha, beta, threshold)
        potential = torch.stack(potentials)
        ctx.mark_non_differentiable(current, potential)
        return fired, current, potential

    @staticmethod
    def backward(ctx: Any, gradient: Tensor, *_: Any) -> Any:
        """Run the adjoint back through time, with a jump at each spike."""
        fired, current, alpha, beta, threshold = ctx.saved_tensors
        # what moving a spike means, read off before it: losses and later layers tell it there
        moved = torch.zeros_like(gradient)
        moved[2:] = gradient[1:-1] - gradient[:-2]
        leak = (1 - beta) * threshold
        before = torch.maximum(current - leak, LEAST_SLOPE * leak)  # slope on the way up
        mem = syn = torch.zeros_like(gradient[0])
        result = []
        for t in range(len(gradient) - 1, -1, -1):
            after = beta * mem
            jump = (current[t] * after - moved[t]) / before[t]
            mem = torch.where(fired[t] > 0, jump, after)
            syn = mem + alpha * syn
            result.append(syn)
        return torch.stack(result[::-1]), None, None, None, None


def scan(cell: Cell, x: Tensor, keep: Iterable[str], poll: Poll | None) -> Scanned:
    """Run `cell` over `x` ``[T, B, …]`` from fresh states, as `Cell.scan` does."""
    values = [torch.tensor(cell.params[name]).to(x) for name in ("alpha", "beta", "threshold")]
    spikes, syn, mem = SpikeTimes.apply(x, *values, poll)  # type: ignore[no-untyped-call]
    kept = {"syn": syn, "mem": mem}
    return Scanned(spikes, [syn[-1], mem[-1]], {name: kept[name] for name in keep})
