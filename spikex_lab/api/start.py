"""Making a run: everything is checked first, then one transaction, then a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
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
    weights: Run | str | Path | None = None,
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
            **({"weights": _kept(weights, model)} if weights is not None else {}),
        },
        where="run",
    )


def _kept(weights: Run | str | Path, model: ModelSpec) -> str:
    """Return the hash of weights to begin with: a run's, or those of a file, which is kept."""
    if isinstance(weights, Run):
        _check_same(weights.spec.model, model)
        return weights._weights_sha()
    path = Path(weights)
    if not path.is_file():
        raise InvalidError("no such file", where=str(weights)[:200], hint="give a run or a file")
    return str(context.store().objects.put_file(path).sha256)


def _check_same(old: ModelSpec, new: ModelSpec) -> None:
    """Refuse weights of a network that has others than `new`."""
    theirs, mine = checks.graph(old), checks.graph(new)
    if theirs is None or mine is None:  # a torch module: the run finds out
        return
    wanted = {name: node.weights for name, node in mine.nodes.items() if node.weights}
    given = {name: node.weights for name, node in theirs.nodes.items() if node.weights}
    if given != wanted:
        names = sorted(n for n in wanted.keys() | given.keys() if wanted.get(n) != given.get(n))
        raise InvalidError(
            f"the weights are those of {old.name}, which differs from this model in "
            f"{', '.join(names)}",
            where="weights",
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
