"""Whether a layer's events are few enough: from shapes and counts alone, never from a clock.

The limits lie well below the activity at which both ways took the same time where that was measured
(``benchmarks/events.py even``: one thread, CPU time, AVX-512, MKL and oneDNN of torch 2.13 at 110
GFlop/s, a load of 8 on two cores; 100 %: events were faster up to half of all entries at least):

======================================  =======  ======  =====
rows × inputs × outputs                 forward  weight  input
======================================  =======  ======  =====
64 × 512 × 128                          0 %      0 %     37 %
64 × 512 × 512                          34 %     24 %    40 %
64 × 2048 × 2048                        0 %      100 %   100 %
128 × 512 × 128                         24 %     15 %    100 %
128 × 2048 × 2048                       46 %     100 %   100 %
512 × 512 × 32                          0 %      0 %     47 %
512 × 512 × 64                          19 %     9 %     100 %
512 × 512 × 512                         46 %     37 %    47 %
2048 × 512 × 32                         8 %      4 %     100 %
2048 × 512 × 128                        41 %     24 %    100 %
2048 × 2048 × 2048                      100 %    50 %    49 %
images × channels × size × kernel × outputs
1600 × 12 × 12 × 5 × 64                 26 %     31 %    9 %
256 × 64 × 16 × 3 × 128                 29 %     28 %    23 %
400 × 16 × 14 × 3 × 16                  0 %      0 %     2 %
400 × 32 × 14 × 3 × 32                  18 %     8 %     24 %
64 × 256 × 8 × 3 × 256                  31 %     32 %    29 %
======================================  =======  ======  =====

An Ice Lake at the same rate and with kernels of an earlier make gave 22 to 27 % for linear layers
and 15 to 20 % for convolutions: the limits hold there too. Where dense products run at
more than twice the rate (`spikex_lab.nn.dense.held_back`) a linear layer's limits are half as high.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from spikex_lab.nn import dense

Direction = Literal["forward", "weight", "input"]
"""The output, the weights' gradient, the inputs' gradient."""
Kind = Literal["dense", "events"]


@dataclass(frozen=True)
class Work:
    """The size of one layer's work.

    Attributes
    ----------
    samples : time steps × batch.
    inputs, outputs : channels; of a linear layer, neurons.
    plane, out : places of the input and of the output (1: a linear layer).
    field : places of the field of weights.
    """

    samples: int
    inputs: int
    outputs: int
    plane: int = 1
    out: int = 1
    field: int = 1

    def entries(self, direction: Direction) -> int:
        """Return of how many numbers events are counted."""
        if direction == "input":
            return self.samples * self.outputs * self.out
        return self.samples * self.inputs * self.plane


@dataclass(frozen=True)
class _Even:
    """A share of events at which they still pay.

    Fewer numbers to add per event make finding it dearer beside adding; fewer rows do so with
    laying out the weights.
    """

    most: float
    per_added: float
    per_row: float

    def share(self, rows: int, added: int) -> float:
        """Return it for `rows` places of the result, with `added` numbers to add per event."""
        return self.most - self.per_added / added - self.per_row / rows


_LEAST = 1 << 24
"""Multiplications of the dense way below which calling for anything else costs too much."""
_LINEAR: dict[Direction, _Even] = {
    "forward": _Even(0.25, 8, 16),
    "weight": _Even(0.25, 12, 12),
    "input": _Even(0.25, 8, 4),
}
_CONVOLUTION: dict[Direction, _Even] = {
    "forward": _Even(0.18, 3, 16),
    "weight": _Even(0.18, 3.6, 16),
    "input": _Even(0.15, 2.4, 16),
}


def limit(direction: Direction, work: Work) -> int:
    """Return the greatest number of events at which they are worth their lists; 0: never."""
    rows = work.samples * (work.plane if direction == "input" else work.out)
    if work.samples * work.out * work.field * work.inputs * work.outputs < _LEAST:
        return 0
    linear = work.plane * work.field == 1
    even = (_LINEAR if linear else _CONVOLUTION)[direction]
    added = work.inputs if direction == "input" else work.outputs
    share = even.share(rows, added) * (0.5 if linear and dense.held_back() else 1)
    return max(0, int(share * work.entries(direction)))


def choose(direction: Direction, work: Work, events: int) -> Kind:
    """Return what `direction` runs on where `events` entries are not 0."""
    most = limit(direction, work)
    return "events" if most and events <= most else "dense"
