"""Runs: what they are asked for, how far they are, what they leave."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from spikex_lab.server.operations import Number, Paged
from spikex_lab.server.schemas.common import Answer, As, PageOf, Unpaged
from spikex_lab.spec.base import SpecModel
from spikex_lab.spec.names import Name
from spikex_lab.spec.run import ProbeSpec, RunState

Training = Annotated[dict[str, Any], As("spikex_lab.spec.training:TrainingSpec", check=True)]
Sort = Literal["-created", "created", "-ended", "ended", "-started", "started", "state", "-state",
               "name", "-name"]  # fmt: skip
StateOrLive = Literal["live", RunState]
LAST = 10**15


class RunsQuery(Paged):
    """Which runs: in a state, or "live" (any that may still change); of a model (id or name)."""

    state: StateOrLive | None = None
    model: Annotated[str, Field(max_length=100)] | None = None
    sort: Sort = "-created"


class Progress(Answer):
    """How far a run is: finished epochs, batches of the present one, share of the whole (0 to 1),
    seconds left (None while unknown)."""

    epoch: int
    epochs: int
    batch: int
    batches: int
    fraction: float
    eta: float | None


class RunItem(Answer):
    """A run as an entry of a list; `summary` holds its latest figures by name."""

    id: str
    name: str
    state: RunState
    job: str
    model_id: str | None
    model_name: str | None
    model_version: int | None
    dataset: str | None
    target: str
    device: str
    attempt: int
    last_seq: int
    progress: Progress
    summary: dict[str, Any]
    error: str | None
    created: str
    started: str | None
    ended: str | None


class Run(RunItem):
    """A run whole, with everything that decides its numbers."""

    spec: Annotated[dict[str, Any], As("spikex_lab.spec.run:RunSpec")]


class NewRun(SpecModel):
    """A run to make: of a model (id or name; its newest version unless one is named).

    `training` holds what differs from the model's own section; `weights` names the run whose
    weights it begins with.
    """

    model: Name
    version: Annotated[int, Field(ge=1)] | None = None
    dataset: Name | None = None
    target: Name = "local"
    device: Annotated[str, Field(max_length=20)] = "cpu"
    backend: Literal["spikex", "snntorch"] = "spikex"
    probe: ProbeSpec | None = None
    training: Annotated[dict[str, Any], As("spikex_lab.spec.training:TrainingSpec", check=True)] = (
        Field(default_factory=dict)
    )
    weights: Name | None = None


class Control(SpecModel):
    """What to do with a run."""

    action: Literal["pause", "resume", "stop", "step", "kill"]


class EventsQuery(SpecModel):
    """Which events: those later than `after`, at most `limit`."""

    after: Annotated[Number, Field(ge=0, le=LAST)] = 0
    limit: Annotated[Number, Field(ge=1, le=1000)] = 500


class Event(Answer, extra="allow"):
    """One event of a run; what else it holds depends on its type."""

    seq: int
    run: str
    time: str
    type: str


class Events(Answer):
    """A page of events, and the number of the newest one there is."""

    items: list[Event]
    last_seq: int


class EpochFigures(Answer, extra="allow"):
    """The figures of one finished epoch, by name."""

    epoch: int


class Artifact(Answer):
    """A file that a run has left, without its bytes."""

    name: str
    size: int
    sha256: str
    media_type: str
    created: str


class RunExport(SpecModel):
    """The form to take away what a run made."""

    format: Literal["safetensors", "pth", "yaml", "json", "bundle"]


class NewEvaluation(SpecModel):
    """An evaluation to make of a run's final weights."""

    split: Annotated[str, Field(min_length=1, max_length=100)] = "test"
    batch_size: Annotated[int, Field(ge=1, le=100_000)] | None = None
    device: Annotated[str, Field(max_length=20)] = "cpu"


class Evaluation(Answer):
    """An evaluation that is kept."""

    id: str
    run: str
    created: str
    figures: Annotated[dict[str, Any], As("spikex_lab.engine.evaluation:Evaluation")]


class RunPage(PageOf[RunItem]):
    """One page of runs."""


class ArtifactList(Unpaged[Artifact]):
    """What a run has left."""


class MetricsList(Unpaged[EpochFigures]):
    """A run's epochs."""


class EvaluationList(Unpaged[Evaluation]):
    """The evaluations of a run."""
