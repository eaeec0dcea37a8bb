"""What a run does, worked out and checked before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from spikex_lab.engine import loader
from spikex_lab.errors import InvalidError, nearest
from spikex_lab.spec import RunSpec

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Dataset, Split

Indices = np.ndarray[Any, np.dtype[np.int64]]

SPLIT_SEED = 0
"""The samples held out for validation belong to the dataset: every run holds out the same ones."""
MIN_EVALUATION_BATCH = 256


@dataclass(frozen=True)
class Plan:
    """Samples, batches and order of one run."""

    spec: RunSpec
    split: Split
    """The training split."""
    train: Indices
    validation: Indices
    """May be empty."""
    batches: int
    """Per epoch."""
    identity: dict[str, str]
    """Digests of what a checkpoint must agree with."""

    @classmethod
    def of(cls, spec: RunSpec, dataset: Dataset) -> Plan:
        """Return the plan of `spec` on `dataset`.

        Raises
        ------
        InvalidError : when they do not fit each other, or nothing is left to train on.
        """
        from spikex_lab.data.split import holdout

        _check(spec, dataset)
        split = dataset.split("train")
        labels = np.asarray(split.y)
        share = spec.training.validation
        train, validation = (
            holdout(labels, share, SPLIT_SEED) if share else (np.arange(len(labels)), [])
        )
        train, validation = (
            np.sort(np.asarray(train, np.int64)),
            np.sort(np.asarray(validation, np.int64)),
        )
        if len(train) == 0:
            raise InvalidError("has no sample to train on", where=f"dataset {dataset.info.name}")
        watched = spec.training.early_stopping
        if watched and watched.metric.startswith("val_") and len(validation) == 0:
            raise InvalidError(
                f'watches "{watched.metric}", but no sample is held out for validation',
                where="training/early_stopping",
                hint='raise training.validation, or watch "train_loss"',
            )
        batches = loader.count(len(train), spec.training.batch_size)
        return cls(spec, split, train, validation, batches, identity_of(spec, dataset.digest))

    def order(self, epoch: int) -> Indices:
        """Return the training samples in the order of `epoch` (from 0)."""
        from spikex_lab.data.sampler import epoch_order

        return self.train[epoch_order(len(self.train), self.spec.training.seed, epoch)]

    @property
    def evaluation_batch(self) -> int:
        """Samples per batch where nothing is learned."""
        return max(self.spec.training.batch_size, MIN_EVALUATION_BATCH)


def _check(spec: RunSpec, dataset: Dataset) -> None:
    info = dataset.info
    place = f"dataset {info.name}"
    if tuple(info.shape) != tuple(spec.model.input.shape):
        raise InvalidError(
            f"has samples of {list(info.shape)}, the model takes {list(spec.model.input.shape)}",
            where=place,
            hint="set the model's input.shape, or use another dataset",
        )
    if "train" not in info.splits:
        raise InvalidError(
            'has no split "train"', where=place, hint=f"it has {', '.join(info.splits)}"
        )
    if spec.dataset_digest and spec.dataset_digest != dataset.digest:
        raise InvalidError(
            "is not the one that the run was made for",
            where=place,
            hint="its files have changed since; start a new run",
        )


def identity_of(spec: RunSpec, dataset: str) -> dict[str, str]:
    """Return the digests of what a checkpoint must agree with; `dataset` is the data's."""
    return {
        "model": spec.model.digest(),
        "training": spec.training.digest(),
        "dataset": dataset,
        "backend": spec.backend,
    }


def check_network(spec: RunSpec, network: torch.nn.Module, dataset: Dataset) -> None:
    """Refuse a network with fewer scores than classes, and probes of nodes that are not there."""
    graph = getattr(network, "graph", None)
    if graph is None:
        return
    classes = len(dataset.info.classes)
    if graph.classes < classes:
        raise InvalidError(
            f"gives {graph.classes} scores, dataset {dataset.info.name} has {classes} classes",
            where="model",
            hint="widen the last layer",
        )
    for node in spec.probe.nodes if spec.probe else ():
        if node not in graph.nodes:
            raise InvalidError(
                f'no node "{node}"', where="probe", hint=nearest(node, list(graph.nodes))
            )
