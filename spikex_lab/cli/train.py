"""``spikex train``: from a model or a file to a run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spikex_lab.cli import output

if TYPE_CHECKING:
    from spikex_lab.api import Model, Run
    from spikex_lab.spec import ModelSpec

FILES = (".yaml", ".yml", ".json", ".spikex")


def train(
    model: Annotated[
        str, typer.Argument(help="A model's name, or a spec file (.yaml, .json, .spikex).")
    ],
    dataset: Annotated[str | None, typer.Option(help="Dataset; default: the model's own.")] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Override, e.g. training.epochs=3. May be repeated."),
    ] = None,
    target: Annotated[str, typer.Option(help="Where to compute.")] = "local",
    device: Annotated[str, typer.Option(help="cpu, cuda:0, mps, …")] = "cpu",
    weights: Annotated[
        str | None, typer.Option(help="Begin with these: a run's id, or a file of weights.")
    ] = None,
    detach: Annotated[
        bool,
        typer.Option("--detach/--follow", help="Return at once, or follow the run to its end."),
    ] = False,
    as_json: output.Json = False,
) -> None:
    """Train MODEL. The run goes on by itself; Ctrl-C only stops following it."""
    from spikex_lab.api import Model, start

    file = Path(model) if Path(model).suffix.lower() in FILES else None
    saved = None if file else Model.open(model)
    spec = _read(file) if file else saved.spec  # type: ignore[union-attr]
    request = start.prepare(
        _overridden(spec, set_ or []),
        dataset=dataset,
        target=target,
        device=device,
        weights=None if weights is None else _weights(weights),
    )
    held = saved or upsert(spec, f"from {file.name}" if file else "")
    run = start.start(request, held.id, held.version)
    if detach:
        _tell_detached(run, as_json)
    else:
        finish(run, as_json)


def _weights(given: str) -> Run | Path:
    from spikex_lab.api import Run

    return Path(given) if Path(given).is_file() else Run.open(given)


def finish(run: Run, as_json: bool) -> None:
    """Follow `run` to its end, print its result; exit 1 where it did not finish."""
    from spikex_lab.cli.follow import follow

    begin = time.monotonic()
    state = follow(run)
    result = result_of(run, state, time.monotonic() - begin)
    if as_json:
        output.document(result)
    else:
        tell(result, run.error)
    if state != "finished":
        raise typer.Exit(1)


def result_of(run: Run, state: str, seconds: float) -> dict[str, Any]:
    """Return the JSON that scripts rely on; the report is put beside the run's other files."""
    from spikex_lab.api import files

    summary = dict(run.summary)
    report = None
    if any(kept["name"] == "report.html" for kept in run.artifacts()):
        report = str(
            files.write(run.folder / "report.html", run.artifact("report.html").read_bytes())
        )
    return {
        "run": run.id,
        "state": state,
        "metrics": {k: v for k, v in summary.items() if is_figure(v)},
        "seconds": round(float(summary.get("seconds") or seconds), 3),
        "report": report,
    }


def is_figure(value: Any) -> bool:
    """Return whether a value of a run's summary is a number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def tell(result: dict[str, Any], error: str | None) -> None:
    """Print the result for a person."""
    from spikex_lab.api.display import duration, percent

    metrics = result["metrics"]
    output.facts(
        {
            "run": result["run"],
            "state": result["state"],
            "error": error if result["state"] == "failed" else None,
            "test accuracy": percent(metrics["test_accuracy"])
            if "test_accuracy" in metrics
            else None,
            "training": duration(result["seconds"]),
            "report": result["report"],
        }
    )


def upsert(spec: ModelSpec, message: str) -> Model:
    """Create the model of that name, or add a version where the spec differs from its newest."""
    from spikex_lab.api import Model
    from spikex_lab.errors import NotFoundError

    try:
        held = Model.open(spec.name)
    except NotFoundError:
        return Model.create(spec.name, spec=spec, message=message)
    held.spec = spec
    return held.save(message)


def _read(path: Path) -> ModelSpec:
    from spikex_lab.api import export
    from spikex_lab.spec import ModelSpec

    return ModelSpec.parse(export.read_spec(path), where=path.name)


def _overridden(spec: ModelSpec, assignments: list[str]) -> ModelSpec:
    if not assignments:
        return spec
    from spikex_lab.spec import ModelSpec
    from spikex_lab.spec.overrides import apply

    return ModelSpec.parse(apply(spec.to_dict(), assignments), where="--set")


def _tell_detached(run: Run, as_json: bool) -> None:
    if as_json:
        output.document({"run": run.id, "state": "queued"})
    else:
        output.facts({"run": run.id, "state": "queued", "follow": f"spikex runs follow {run.id}"})
