"""How a model is trained: the ``training:`` section of a spec, a run or an experiment."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from spikex_lab.spec.base import SpecModel


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


class TrainingSpec(SpecModel):
    """Training of one run; every key has a default that trains the templates well.

    `lr` is per optimizer step; `clip` the largest gradient norm; `checkpoint_every` seconds;
    `validation` the share of the training split held out; `threads` CPU threads (part of the
    run: it changes the sums' order); `seed` keys every random stream of the run.
    """

    algorithm: Literal["bptt"] = "bptt"
    epochs: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    batch_size: Annotated[int, Field(ge=1, le=1_000_000)] = 64
    lr: Annotated[float, Field(gt=0, le=1000)] = 2e-3
    optimizer: Literal["adam", "adamw", "sgd", "rmsprop"] = "adam"
    weight_decay: Annotated[float, Field(ge=0)] = 0.0
    loss: Literal["auto", "cross-entropy", "cross-entropy-over-time", "mse-count"] = "auto"
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
