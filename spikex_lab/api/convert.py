"""`convert`: a trained network of rectified units as a spiking one, saved with its weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spikex_lab.api import context, refs, start
from spikex_lab.api.dataset import Dataset
from spikex_lab.api.model import Model
from spikex_lab.api.run import Run
from spikex_lab.api.stored import refuse_taken
from spikex_lab.errors import ConflictError, InvalidError, WorkError
from spikex_lab.spec import RunSpec

if TYPE_CHECKING:
    from spikex_lab.spec import ModelSpec


def convert(
    source: Model | Run | str,
    dataset: str | None = None,
    *,
    steps: int = 50,
    percentile: float = 99.9,
    samples: int = 2000,
    to: str | None = None,
    wait: bool = True,
) -> Run:
    """Convert a trained network of rectified units into integrate-and-fire neurons.

    The spiking network is a new model, and the run that is returned holds its weights, as a
    training would: ``run.report()``, ``run.evaluate()``, ``run.export(…)``, and to go on training
    ``Model.open(to).train(weights=run)``. Its accuracy is ``run.summary["test_accuracy"]``, that of
    the network before ``run.summary["accuracy_before"]``.

    Parameters
    ----------
    source : a run whose final weights to take; or a model (or its name): its newest finished run.
    dataset : what to measure activations and accuracy with; default: the run's own.
    steps : time steps of the spiking network; the error falls as 1/steps.
    percentile : which of the activations above 0 counts as a layer's largest; 100 is the very
        largest.
    samples : so many training samples are measured.
    to : the new model's name; default: the old one with ``-snn``.
    wait : return when it is done; interrupting the wait does not end the run.

    Raises
    ------
    InvalidError : the model has a node that cannot be converted (the message names it).
    ConflictError : it has no trained weights, or the new name is taken.
    WorkError : the run failed.

    Examples
    --------
    >>> run = sx.convert("digits-mlp", steps=50)  # doctest: +SKIP
    >>> run.summary["accuracy_before"], run.summary["test_accuracy"]  # doctest: +SKIP
    """
    from spikex_lab.catalog import registry
    from spikex_lab.nn import conversion_plan

    if not isinstance(steps, int) or steps < 1:
        raise InvalidError("at least one step is needed", where="steps")
    trained = source if isinstance(source, Run) else _newest(source)
    spec = trained.spec
    weights = trained._weights_sha()
    data = Dataset.open(dataset or spec.dataset)
    name = to or f"{spec.model.name}-snn"
    refs.new(name, "model")
    refuse_taken(name, "model")
    plan = conversion_plan.plan(spec.model, registry(spec.model), steps=steps, name=name)
    request = _request(plan.spec, spec, data, weights, percentile, samples)
    model = Model.create(name, spec=plan.spec, dataset=data.name, message=f"from {spec.model.name}")
    run = start.start(request, model.id, model.version)
    return _done(run) if wait else run


def _request(
    model: ModelSpec, old: RunSpec, data: Dataset, weights: str, percentile: float, samples: int
) -> RunSpec:
    # what remains of the training says which loss and seed an evaluation has
    return RunSpec.parse(
        {
            "job": "convert",
            "model": model.to_dict(),
            "weights": weights,
            "conversion": {
                "model": old.model.to_dict(),
                "percentile": percentile,
                "samples": samples,
            },
            "dataset": data.name,
            "dataset_digest": data.digest,
            "training": old.training.to_dict(),
        },
        where="convert",
    )


def _newest(model: Model | str) -> Run:
    held = model if isinstance(model, Model) else Model.open(model)
    rows = context.store().runs.list(state="finished", model=held.id, page_size=1).items
    if not rows:
        raise ConflictError(
            f"{held.name} has no trained weights: none of its runs has finished",
            where=held.name,
            hint=f"train it first: spikex train {held.name}",
        )
    return Run(rows[0].id)


def _done(run: Run) -> Run:
    run.wait()
    if run.state == "failed":
        raise WorkError(run.error or "the conversion failed", where=f"run {run.id[:13]}")
    return run
