"""What a coordinator can do: jobs by name, each a function of a `JobContext`.

Looked up here and imported only when one is run, so that this floor stays free of torch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.engine.protocols import ControlSource, EventSink
from spikex_lab.errors import NotFoundError, nearest
from spikex_lab.store import RunRow, Store

if TYPE_CHECKING:
    from spikex_lab.data import Dataset

Job = Callable[["JobContext"], Any]

JOBS: dict[str, str] = {
    "train": "spikex_lab.engine.jobs:train",
    "convert": "spikex_lab.engine.convert:convert",
}
"""Name of a job → ``module:function``. Fixed in the program: no name comes from a user."""


@dataclass(frozen=True)
class JobContext:
    """What a job is handed (`spikex_lab.engine.protocols.JobContext`)."""

    store: Store
    row: RunRow
    sink: EventSink
    control: ControlSource
    folder: Path
    """Working folder of this attempt; it begins with what earlier attempts left to go on from."""

    @property
    def run(self) -> dict[str, Any]:
        """The run's row as plain data."""
        return self.row.to_dict()

    @property
    def spec(self) -> dict[str, Any]:
        """The run's frozen spec as JSON data."""
        return self.row.spec

    @cached_property
    def dataset(self) -> Dataset:
        """The run's dataset, its files verified and mapped into memory."""
        from spikex_lab.data import Dataset

        reference = self.row.dataset_id or self.row.spec["dataset"]
        return Dataset.open(self.store.datasets.files(reference))

    def file(self, sha256: str) -> Path:
        """Return the store's file of that hash, verified, to be read only."""
        return self.store.objects.path(sha256)

    def code(self, sha256: str) -> bytes | None:
        """Return the code object of that hash if its user chose to run it, else None."""
        return self.store.consents.find(sha256)


def find(name: str) -> Job:
    """Return the job called `name`; imports its module.

    Raises
    ------
    NotFoundError
        When there is no such job.
    """
    if name not in JOBS:
        raise NotFoundError(f'no job "{name}"', where="job", hint=nearest(name, list(JOBS)))
    module, _, function = JOBS[name].partition(":")
    job: Job = getattr(import_module(module), function)
    return job
