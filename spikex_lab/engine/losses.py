"""The losses of the library as functions of what a network's run gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from spikex_lab.catalog import Component, library
from spikex_lab.engine.protocols import NetworkResult
from spikex_lab.errors import InvalidError
from spikex_lab.spec import TrainingSpec

if TYPE_CHECKING:
    import torch

Loss = Callable[[NetworkResult, "torch.Tensor"], "torch.Tensor"]

_OTHER_NAMES = {"auto": "cross-entropy", "cross-entropy-over-time": "ce-membrane"}
"""``auto`` is the cross-entropy of what the readout gives: it asks for what is measured (on digits
with spike counts it ends two points of accuracy above the loss over time)."""


def chosen(training: TrainingSpec) -> tuple[Component, dict[str, Any]]:
    """Return the loss that `training` names, and its parameters with defaults.

    Raises
    ------
    InvalidError : no such loss (the nearest is named), or a bad parameter.
    """
    given = training.loss
    name, params = (given, {}) if isinstance(given, str) else (given.component, given.params)
    where = "training/loss"
    found = library().find(_OTHER_NAMES.get(name, name), "loss", where=where)
    return found, found.resolve(params, where=where)


def for_network(training: TrainingSpec, network: torch.nn.Module) -> str:
    """Return the name of the loss that `training` means for `network`.

    Raises
    ------
    InvalidError : for a loss over time where there is no time.
    """
    name = chosen(training)[0].id.split("/")[1]
    graph = getattr(network, "graph", None)
    if name != "cross-entropy" and graph is not None and not graph.has_time:
        raise InvalidError(
            f'the loss "{name}" needs a network with time',
            where="training/loss",
            hint='this one has neither steps nor neurons: use "cross-entropy"',
        )
    return name


def build(training: TrainingSpec, network: torch.nn.Module) -> Loss:
    """Return the loss of `training` for `network`: ``loss(result, target)``, a scalar."""
    from spikex_lab.nn.scripts import Script

    for_network(training, network)
    component, params = chosen(training)
    return Script(component, "loss", params)
