"""Optimizers by name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from spikex_lab.errors import InvalidError
from spikex_lab.spec import TrainingSpec

if TYPE_CHECKING:
    import torch


def build(
    training: TrainingSpec, parameters: Iterable[torch.nn.Parameter]
) -> torch.optim.Optimizer:
    """Return the optimizer that `training` names, over the parameters that want gradients.

    ``sgd`` has Nesterov momentum 0.9; the others have PyTorch's defaults (Adam: β 0.9, 0.999).

    Raises
    ------
    InvalidError : when there is nothing to train.
    """
    import torch

    wanted = [parameter for parameter in parameters if parameter.requires_grad]
    if not wanted:
        raise InvalidError(
            "the model has no trainable weights",
            where="model",
            hint="add a node with weights, for example synapses/dense",
        )
    lr, decay = training.lr, training.weight_decay
    if training.optimizer == "adam":
        return torch.optim.Adam(wanted, lr=lr, weight_decay=decay)
    if training.optimizer == "adamw":
        return torch.optim.AdamW(wanted, lr=lr, weight_decay=decay)
    if training.optimizer == "sgd":
        return torch.optim.SGD(wanted, lr=lr, momentum=0.9, nesterov=True, weight_decay=decay)
    return torch.optim.RMSprop(wanted, lr=lr, weight_decay=decay)


def set_rate(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Set the learning rate of every group."""
    for group in optimizer.param_groups:
        group["lr"] = lr
