"""Losses over what a network's run gives: scores, or the output node's membrane at every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from spikex_lab.engine.protocols import NetworkResult
from spikex_lab.errors import InvalidError
from spikex_lab.spec import TrainingSpec

if TYPE_CHECKING:
    import torch

Loss = Callable[[NetworkResult, "torch.Tensor"], "torch.Tensor"]

MEMBRANES = ("mem", "v", "V", "u")
"""Names of the state that is the membrane, looked for in this order; else the last state."""


def cross_entropy(result: NetworkResult, target: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the readout's scores, the mean over the batch."""
    from torch.nn.functional import cross_entropy as entropy

    return entropy(result.scores.to(_at_least_float32(result.scores)), target)


def cross_entropy_over_time(result: NetworkResult, target: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the output node's membrane at every step, summed over the steps.

    It is the loss of snnTorch's tutorial 5 (Eshraghian et al. 2023,
    doi:10.1109/JPROC.2023.3308088): every step is asked for the class, so that the gradient does
    not wait for spikes.
    """
    from torch.nn.functional import cross_entropy as entropy

    trace = membrane(result)
    steps, batch, classes = trace.shape
    flat = trace.reshape(steps * batch, classes).to(_at_least_float32(trace))
    return entropy(flat, target.repeat(steps), reduction="sum") / batch


def mse_count(result: NetworkResult, target: torch.Tensor) -> torch.Tensor:
    """Return the squared error of the output spike counts, as shares of the steps.

    The right class is asked to fire in 90 % of the steps, the others in 10 % (the customary targets
    of rate-coded outputs: a silent neuron would have no gradient).
    """
    from torch.nn.functional import mse_loss, one_hot

    rate = result.output.mean(dim=0)
    rate = rate.to(_at_least_float32(rate))
    wanted = 0.1 + 0.8 * one_hot(target, rate.shape[-1]).to(rate.dtype)
    return mse_loss(rate, wanted)


def membrane(result: NetworkResult) -> torch.Tensor:
    """Return the output node's membrane ``[T, B, K]``; its output where it has no state."""
    for name in MEMBRANES:
        if name in result.states:
            return result.states[name]
    return [*result.states.values()][-1] if result.states else result.output


_BY_NAME: dict[str, Loss] = {
    "cross-entropy": cross_entropy,
    "cross-entropy-over-time": cross_entropy_over_time,
    "mse-count": mse_count,
}


def for_network(training: TrainingSpec, network: torch.nn.Module) -> str:
    """Return the name of the loss that `training` means for `network`.

    ``auto`` is the cross-entropy of what the readout gives: it asks for what is measured (on digits
    with spike counts it ends two points of accuracy above the loss over time).

    Raises
    ------
    InvalidError : for a loss over time where there is no time.
    """
    if training.loss == "auto":
        return "cross-entropy"
    graph = getattr(network, "graph", None)
    if training.loss != "cross-entropy" and graph is not None and not graph.has_time:
        raise InvalidError(
            f'the loss "{training.loss}" needs a network with time',
            where="training/loss",
            hint='this one has neither steps nor neurons: use "cross-entropy"',
        )
    return training.loss


def get(name: str) -> Loss:
    """Return the loss function of a resolved name."""
    return _BY_NAME[name]


def _at_least_float32(tensor: torch.Tensor) -> torch.dtype:
    import torch

    return torch.promote_types(tensor.dtype, torch.float32)
