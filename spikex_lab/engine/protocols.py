"""What the engine is handed by the floor above: a place for events, a source of commands, a run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    import torch

    from spikex_lab.data import Dataset
    from spikex_lab.spec import ModelSpec

Command = Literal["pause", "resume", "stop", "step"]


class EventSink(Protocol):
    """Where a job writes what happens, in order; `emit` never blocks on the disk for long."""

    def emit(self, type: str, *, state: str | None = None, **body: Any) -> None:
        """Append one event; with `state`, the run's state changes in the same transaction."""

    def at(self, epoch: int, batch: int) -> None:
        """Set the position that following events carry."""

    def flush(self) -> int:
        """Wait until everything emitted is kept; return the sequence number of the last event."""

    def artifact(self, name: str, path: Path, *, media_type: str) -> None:
        """Keep the file at `path` as the run's artifact `name` (and emit an ``artifact`` event)."""

    def frame(self, path: Path, **body: Any) -> None:
        """Keep the file at `path` as an object and emit a ``frame`` event that names it."""


class ControlSource(Protocol):
    """Where commands come from. Cheap to poll: it limits itself how often it really looks."""

    def poll(self) -> Command | None:
        """Return the oldest command not yet taken, or None."""

    def wait(self, timeout: float) -> Command | None:
        """Wait at most `timeout` seconds for a command."""


class JobContext(Protocol):
    """One job as the coordinator hands it over; compute implements it."""

    @property
    def run(self) -> Mapping[str, Any]:
        """Return the run's row as plain data: id, name, created, attempt, spec, …"""

    @property
    def spec(self) -> Mapping[str, Any]:
        """Return the run's frozen spec (``spikex/run@1``)."""

    @property
    def dataset(self) -> Dataset:
        """Return the run's dataset, opened."""

    @property
    def sink(self) -> EventSink:
        """Return the place for events."""

    @property
    def control(self) -> ControlSource:
        """Return the source of commands."""

    @property
    def folder(self) -> Path:
        """Return the run's working folder."""

    def file(self, sha256: str) -> Path:
        """Return the store's file of that hash, to be read only."""

    def code(self, sha256: str) -> bytes | None:
        """Return the code object of that hash if its user chose to run it, else None."""


class NetworkResult(Protocol):
    """What one pass of a network gives; see `spikex_lab.nn`."""

    scores: torch.Tensor
    """``[B, K]``: one score per class."""
    output: torch.Tensor
    """``[T, B, K]``: what the output node emitted."""
    states: Mapping[str, torch.Tensor]
    """State variables of the output node, each ``[T, B, K]``."""
    activity: Mapping[str, torch.Tensor]
    """Total spikes of each spiking node, a scalar each."""
    recorded: Mapping[str, Mapping[str, torch.Tensor]]
    """What was asked to be recorded: node → quantity → ``[T, B, …]``."""


class Backend(Protocol):
    """Turns a spec into a ``torch.nn.Module`` with ``run`` as `spikex_lab.nn.Network` has it."""

    name: str

    def build(self, spec: ModelSpec, seed: int | None = None) -> torch.nn.Module:
        """Return the network with its weights drawn from `seed`."""


Record = Mapping[str, Sequence[str]]
Poll = Callable[[], None]
