"""ANN to SNN: weights scaled so that no neuron would have to fire more than once a step.

A rectified unit's activation becomes the firing rate of an integrate-and-fire neuron that is reset
by subtraction: what it integrates is its activation, and after T steps it has sent that many spikes
to less than one. It can send one a step at most; so each layer's weights are divided by its largest
activation ``l`` and multiplied by that of the layer before, its biases divided:

    W <- W l_before / l,      b <- b / l.

As the largest one taken is a percentile over training samples: single outliers would make all
others slow (Rueckauer).

P.U. Diehl, D. Neil, J. Binas, M. Cook, S.-C. Liu, M. Pfeiffer, "Fast-classifying, high-accuracy
spiking deep networks through weight and threshold balancing", IJCNN 2015,
doi:10.1109/IJCNN.2015.7280696.
B. Rueckauer, I.-A. Lungu, Y. Hu, M. Pfeiffer, S.-C. Liu, "Conversion of continuous-valued deep
networks to efficient event-driven networks for image classification", Frontiers in Neuroscience 11,
682, 2017, doi:10.3389/fnins.2017.00682.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import torch
from torch import Tensor

from spikex_lab.nn.cell import Poll
from spikex_lab.nn.conversion_plan import Conversion
from spikex_lab.nn.network import Network

BINS = 2**16
"""A percentile is exact to this share of the largest value."""
Batches = Callable[[], Iterable[Tensor]]


def activations(
    network: Network,
    units: Iterable[str],
    batches: Batches,
    percentile: float = 99.9,
    *,
    poll: Poll | None = None,
) -> dict[str, float]:
    """Return the largest activation of each of `units`: a percentile of those above 0.

    Parameters
    ----------
    batches : gives the same samples ``[B, …]`` every time it is called; it is called twice.
    percentile : 100 is the very largest (Diehl); 99.9 leaves outliers out (Rueckauer).
    """
    units = list(units)
    top = dict.fromkeys(units, 0.0)
    for values in _recorded(network, units, batches, poll):
        top = {name: max(top[name], float(values[name].max())) for name in units}
    counts = {name: torch.zeros(BINS, dtype=torch.float64) for name in units}
    for values in _recorded(network, units, batches, poll):
        for name in units:
            if top[name] > 0:
                positive = values[name][values[name] > 0].float()
                counts[name] += torch.histc(positive, BINS, min=0, max=top[name]).double().cpu()
    return {name: _quantile(counts[name], top[name], percentile / 100) for name in units}


def normalised(
    state: Mapping[str, Tensor], plan: Conversion, largest: Mapping[str, float]
) -> dict[str, Tensor]:
    """Return the weights of the spiking network: `state` is the trained one's, by name."""
    new = dict(state)
    for node, (before, after) in plan.scales.items():
        came = 1.0 if before is None else largest[before]
        goes = 1.0 if after is None else largest[after]
        new[f"{node}.weight"] = state[f"{node}.weight"] * (came / goes)
        if f"{node}.bias" in state:
            new[f"{node}.bias"] = state[f"{node}.bias"] / goes
    return new


def _recorded(
    network: Network, units: list[str], batches: Batches, poll: Poll | None
) -> Iterable[dict[str, Tensor]]:
    record = {name: ["output"] for name in units}
    with torch.no_grad():
        for x in batches():
            recorded = network.run(x, record=record, poll=poll).recorded
            yield {name: recorded[name]["output"][0] for name in units}


def _quantile(counts: Tensor, top: float, share: float) -> float:
    """Return the value up to which `share` of the counted ones lie; 1 where there are none."""
    total = float(counts.sum())
    if not total:
        return 1.0
    place = int(torch.searchsorted(counts.cumsum(0), torch.tensor(share * total).double()))
    return top * (min(place, BINS - 1) + 1) / BINS
