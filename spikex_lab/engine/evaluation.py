"""What an evaluation found, as plain data. No torch here: reports and panels read it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ClassFigures(BaseModel):
    """How well one class is told from the others."""

    name: str
    precision: float
    recall: float
    f1: float
    support: int
    """Samples of this class."""


class Latency(BaseModel):
    """Milliseconds from one sample in to its scores out, one sample at a time."""

    median: float
    p95: float
    samples: int


class Evaluation(BaseModel):
    """One network measured on one split.

    Examples
    --------
    >>> Evaluation.model_fields["accuracy"].annotation
    <class 'float'>
    """

    model_config = ConfigDict(extra="ignore")

    split: str
    samples: int
    classes: list[str]
    accuracy: float
    loss: float
    loss_name: str
    confusion: list[list[int]]
    """A row per true class, a column per predicted class."""
    per_class: list[ClassFigures]
    macro_f1: float
    top3: float | None = None
    """Share of samples whose class has one of the three highest scores (more than 3 classes)."""
    calibration_error: float | None = None
    """Expected calibration error (15 bins) of the softmax of the scores."""
    spikes: dict[str, float] = {}
    """Spikes of each spiking node per sample."""
    rates: dict[str, float] = {}
    """The same per neuron and step, where the node's size is known."""
    synops: float | None = None
    """Synaptic operations per sample: each spike counted once for every weight that it meets."""
    macs: float | None = None
    """Multiply-accumulates per sample at weights whose input is not spikes."""
    throughput: float
    """Samples per second in batches of `batch_size`."""
    batch_size: int
    latency: Latency
    device: str
    seconds: float
