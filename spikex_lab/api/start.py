"""Making a run: everything is checked first, then one transaction, then a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from spikex_lab.api import checks, context, shelf
from spikex_lab.api.run import Run
from spikex_lab.errors import InvalidError
from spikex_lab.spec import RunSpec, TrainingSpec

if TYPE_CHECKING:
    from spikex_lab.spec import ModelSpec


def prepare(
    model: ModelSpec,
    *,
    dataset: str | None = None,
    target: str = "local",
    device: str = "cpu",
    backend: str = "spikex",
    probe: Mapping[str, Any] | None = None,
    training: Mapping[str, Any] | None = None,
) -> RunSpec:
    """Return the checked spec of a run; nothing is written (but a built-in dataset installed).

    Raises
    ------
    InvalidError, NotFoundError : see `Model.train`.
    """
    from spikex_lab.api.dataset import Dataset
    from spikex_lab.api.target import Target

    settings = TrainingSpec.parse(
        {**model.training.to_dict(), **(training or {})}, where="training"
    )
    model = shelf.embedded(model.model_copy(update={"training": settings}))
    checks.graph(model)
    name = dataset or model.dataset
    if not name:
        raise InvalidError(
            "no dataset is chosen", where="dataset", hint='for example dataset="digits"'
        )
    data = Dataset.open(name)
    checks.fits(model, data)
    checks.code(model)
    Target.open(target)
    return RunSpec.parse(
        {
            "model": {**model.to_dict(), "training": settings.to_dict()},
            "dataset": data.name,
            "dataset_digest": data.digest,
            "training": settings.to_dict(),
            "target": target,
            "device": checks.device(device),
            "backend": backend,
            **({"probe": dict(probe)} if probe else {}),
        },
        where="run",
    )


def start(request: RunSpec, model_id: str | None, model_version: int | None) -> Run:
    """Create the run (state ``queued``) and hand it to its target; return at once."""
    from spikex_lab import compute
    from spikex_lab.api.dataset import Dataset

    store = context.store()
    row = store.runs.create(
        request.to_dict(),
        model_id=model_id,
        model_version=model_version,
        dataset_id=Dataset.open(request.dataset).id,
        target=request.target,
        digest=request.digest(),
    )
    compute.submit(store, row.id)
    return Run(row.id)
