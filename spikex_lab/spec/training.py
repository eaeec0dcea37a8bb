"""How a model is trained: the ``training:`` section of a spec, a run or an experiment."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.reference import ComponentRef
from spikex_lab.spec.rules import LabelsSpec, RuleSpec


class EarlyStopping(SpecModel):
    """Stop when `metric` has not improved by `min_delta` for `patience` epochs."""

    patience: Annotated[int, Field(ge=1, le=10_000)] = 5
    metric: Literal["val_loss", "val_accuracy", "train_loss"] = "val_loss"
    min_delta: Annotated[float, Field(ge=0)] = 0.0


class Schedule(SpecModel):
    """Learning rate over the run, stepped per batch.

    `kind`: cosine or linear down to `final`·lr, or ×`gamma` every `every` epochs; `warmup` is the
    share of the run over which it rises from 0.
    """

    kind: Literal["constant", "cosine", "step", "linear"] = "constant"
    warmup: Annotated[float, Field(ge=0, le=1)] = 0.0
    final: Annotated[float, Field(ge=0, le=1)] = 0.0
    gamma: Annotated[float, Field(gt=0, le=1)] = 0.1
    every: Annotated[int, Field(ge=1)] = 10


def _form_of_loss(value: Any) -> str:
    return "word" if isinstance(value, str) else "reference"


LossName = Annotated[str, Field(max_length=130, pattern=r"^([a-z]+/)?[a-z0-9][a-z0-9-]*$")]
Loss = Annotated[
    Annotated[LossName, Tag("word")] | Annotated[ComponentRef, Tag("reference")],
    Discriminator(_form_of_loss),
]


Algorithm = Literal[
    "bptt", "perceptron", "stdp", "triplet-stdp", "r-stdp", "hebb", "oja", "bcm", "homeostasis",
    "e-prop", "eventprop", "local",
]  # fmt: skip
"""Last parts of ids under ``learning/``; ``local``: the rules of `TrainingSpec.rules`."""


class TrainingSpec(SpecModel):
    """Training of one run; every key has a default that trains the templates well.

    `lr` is per optimizer step; `clip` the largest gradient norm; `checkpoint_every` seconds;
    `validation` the share of the training split held out; `threads` CPU threads (part of the
    run: it changes the sums' order); `memory` keeps what the way back needs (``fast``) or computes
    it once more, in stretches of about the root of the steps (``low``); ``auto`` goes by what is
    free at the run's start; `workers` threads that read batches ahead (0: one where it pays, which
    changes no number); `seed` keys every random stream of the run. `loss` names a
    loss of the library (``mse-count``) or holds its parameters as well; ``auto`` suits the model.
    `rules` are the local learning rules at work, one after the other, and `labels` says how their
    answers become classes; `algorithm` alone stands for that rule on all weights. A rule has a rate
    of its own, which `schedule` lowers; `lr`, `optimizer`, `weight_decay`, `clip` and `memory`
    belong to gradients and do nothing to it.
    """

    algorithm: Algorithm = "bptt"
    rules: Annotated[list[RuleSpec], Field(min_length=1, max_length=100)] | None = None
    labels: LabelsSpec | None = None
    epochs: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 64
    lr: Annotated[float, Field(gt=0, le=1000)] = 2e-3
    optimizer: Literal["adam", "adamw", "sgd", "rmsprop"] = "adam"
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    loss: Loss = "auto"
    schedule: Schedule = Schedule()
    clip: Annotated[float, Field(gt=0)] | None = None
    early_stopping: EarlyStopping | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    deterministic: bool = False
    precision: Literal["float32", "float64", "bfloat16"] = "float32"
    memory: Literal["auto", "fast", "low"] = "auto"
    workers: Annotated[int, Field(ge=0, le=256)] = 0
    threads: Annotated[int, Field(ge=1, le=1024)] | None = None
    checkpoint_every: Annotated[float, Field(gt=0, le=86_400)] = 10.0
    validation: Annotated[float, Field(ge=0, lt=1)] = 0.1
