"""What one run is: a model, a dataset, a training, a place (schema ``spikex/run@1``)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.model import ModelSpec
from spikex_lab.spec.names import Name
from spikex_lab.spec.reference import NodeId
from spikex_lab.spec.training import TrainingSpec

Quantity = Annotated[str, Field(max_length=64, pattern=r"^[A-Za-z][A-Za-z0-9_]*$")]
RunState = Literal[
    "queued",
    "starting",
    "running",
    "paused",
    "stopping",
    "stopped",
    "finished",
    "failed",
    "interrupted",
]
LIVE: frozenset[str] = frozenset({"starting", "running", "paused", "stopping"})
"""States in which a coordinator holds the run."""
RESUMABLE: frozenset[str] = frozenset({"stopped", "interrupted", "failed"})
"""States from which a run can be queued again; ``finished`` is final."""
ENDED: frozenset[str] = RESUMABLE | {"finished"}
"""States in which nothing more will happen by itself."""


class ProbeSpec(SpecModel):
    """What to record of which nodes on the first `samples` validation samples of each epoch."""

    nodes: Annotated[list[NodeId], Field(max_length=1000)] = Field(default_factory=list)
    quantities: Annotated[list[Quantity], Field(min_length=1, max_length=100)] = Field(
        default_factory=lambda: ["spikes"]
    )
    samples: Annotated[int, Field(ge=1, le=1024)] = 1


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class ConversionSpec(SpecModel):
    """What a run of the job ``convert`` starts from: a trained network of rectified units.

    Its layers' largest activations are the `percentile` of those of `samples` training samples.
    """

    model: ModelSpec
    percentile: Annotated[float, Field(gt=0, le=100)] = 99.9
    samples: Annotated[int, Field(ge=1, le=1_000_000)] = 2000


class RunSpec(SpecModel):
    """Everything that decides a run's numbers, frozen when the run is made.

    `weights` names a file of weights in the store by its hash: those that training begins with, or
    (job ``convert``) those of the network that `conversion` turns into `model`.
    """

    schema_: Literal["spikex/run@1"] = Field(default="spikex/run@1", alias="schema")
    job: Literal["train", "convert"] = "train"
    model: ModelSpec
    weights: Sha256 | None = None
    conversion: ConversionSpec | None = None
    dataset: Name
    dataset_digest: Sha256 | None = None
    training: TrainingSpec = TrainingSpec()
    target: Name = "local"
    device: Annotated[str, Field(pattern=r"^(cpu|cuda(:\d+)?|mps|xpu(:\d+)?|xla)$")] = "cpu"
    backend: Literal["spikex", "snntorch"] = "spikex"
    probe: ProbeSpec | None = None

    @model_validator(mode="after")
    def _whole(self) -> RunSpec:
        wanted = self.job == "convert"
        if (self.conversion is not None) != wanted or (wanted and self.weights is None):
            raise ValueError("the job convert has a conversion and weights; no other job has one")
        return self
