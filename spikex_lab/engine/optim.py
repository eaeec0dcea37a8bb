"""Optimizers by name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from spikex_lab.errors import InvalidError
from spikex_lab.spec import TrainingSpec

if TYPE_CHECKING:
    import torch

FUSED = {"adam", "adamw", "sgd"}
FUSED_ON = {"cpu", "cuda", "mps", "xpu"}
FOREACH_ON = {"cpu", "cuda", "xpu"}
"""What PyTorch has kernels for (2.13)."""


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
    common: dict[str, Any] = {"lr": training.lr, "weight_decay": training.weight_decay}
    common |= form(training.optimizer, wanted)
    if training.optimizer == "adam":
        return torch.optim.Adam(wanted, **common)
    if training.optimizer == "adamw":
        return torch.optim.AdamW(wanted, **common)
    if training.optimizer == "sgd":
        return torch.optim.SGD(wanted, momentum=0.9, nesterov=True, **common)
    return torch.optim.RMSprop(wanted, **common)


def form(optimizer: str, parameters: Sequence[torch.Tensor]) -> dict[str, bool]:
    """Return how an optimizer goes over its weights: in one kernel, else in lists, else one by one.

    ``fused`` reads and writes each number once and never waits for the device; ``foreach`` takes
    all weights with one call per operation. Which it is belongs to a run: it is kept with the
    optimizer's state, so that a resumed run takes the same steps, last digits too.
    """
    devices = {parameter.device.type for parameter in parameters}
    if optimizer in FUSED and devices <= FUSED_ON:
        return {"fused": True}
    return {"foreach": True} if devices <= FOREACH_ON else {}


def set_rate(optimizer: torch.optim.Optimizer, lr: float) -> None:
    """Set the learning rate of every group."""
    for group in optimizer.param_groups:
        group["lr"] = lr
