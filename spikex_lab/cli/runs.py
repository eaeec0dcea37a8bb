"""``spikex runs …``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spikex_lab.cli import output

if TYPE_CHECKING:
    from spikex_lab.api import Run

app = typer.Typer(help="Runs: trainings, live and past.", no_args_is_help=True)
RunId = Annotated[
    str, typer.Argument(metavar="RUN", help="A run's id, or a beginning that only it has.")
]


@app.command("list")
def list_(
    state: Annotated[str | None, typer.Option(help="Only runs in this state.")] = None,
    model: Annotated[str | None, typer.Option(help="Only runs of this model.")] = None,
    page: Annotated[int, typer.Option(min=1)] = 1,
    page_size: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: output.Json = False,
) -> None:
    """List the runs, newest first."""
    from spikex_lab.api import Model, runs

    chosen = Model.open(model).id if model else None
    output.table(runs(state=state, model=chosen, page=page, page_size=page_size), as_json)


@app.command()
def show(run: RunId, as_json: output.Json = False) -> None:
    """Show a run: state, progress, figures, files."""
    from spikex_lab.api import Run

    found = Run.open(run)
    data = described(found)
    if as_json:
        output.document(data)
        return
    progress = data["progress"]
    output.facts(
        {
            "run": data["run"],
            "model": f"{data['model']} version {data['version']}" if data["model"] else None,
            "dataset": data["dataset"],
            "state": data["state"],
            "error": data["error"],
            "pid": data["pid"],
            "target": f"{data['target']}, {data['device']}",
            "epoch": f"{progress['epoch']} of {progress['epochs']} ({progress['fraction']:.0%})",
            **{k: _figure(k, v) for k, v in data["metrics"].items()},
        }
    )
    for kept in data["artifacts"]:
        print(f"  {kept['name']}  {kept['size']:,} bytes")


def described(run: Run) -> dict[str, Any]:
    """Return the JSON of ``runs show`` that scripts rely on."""
    from spikex_lab.api.runs import progress_of, summary_of
    from spikex_lab.cli.train import is_figure
    from spikex_lab.spec.run import LIVE

    row = run.row
    who = row.who or {}
    live = row.state in LIVE and who.get("role") != "starter"
    return {
        "run": row.id,
        "state": row.state,
        "pid": who.get("pid") if live else None,
        "model": row.model_name,
        "version": row.model_version,
        "dataset": row.dataset,
        "target": row.target,
        "device": row.device,
        "attempt": row.attempt,
        "progress": dict(progress_of(row)),
        "metrics": {k: v for k, v in summary_of(row).items() if is_figure(v)},
        "error": row.error,
        "created": row.created,
        "started": row.started,
        "ended": row.ended,
        "artifacts": [{k: kept[k] for k in ("name", "size", "sha256")} for kept in run.artifacts()],
    }


@app.command()
def logs(run: RunId, as_json: output.Json = False) -> None:
    """Print a run's log."""
    from spikex_lab.api import Run

    found = Run.open(run).logs()
    if as_json:
        output.document({"items": [dict(row) for row in found], "total": len(found)})
    else:
        print(found)


@app.command()
def follow(run: RunId, as_json: output.Json = False) -> None:
    """Follow a run to its end."""
    from spikex_lab.api import Run
    from spikex_lab.cli.train import finish

    finish(Run.open(run), as_json)


@app.command()
def pause(run: RunId, as_json: output.Json = False) -> None:
    """Hold a run after its current batch."""
    _control(run, "pause", as_json)


@app.command()
def resume(
    run: RunId,
    follow: Annotated[
        bool, typer.Option("--follow/--detach", help="Follow it, or return at once.")
    ] = False,
    as_json: output.Json = False,
) -> None:
    """Let a run go on: from its pause, or from its last checkpoint."""
    if not follow:
        _control(run, "resume", as_json)
        return
    from spikex_lab.api import Run
    from spikex_lab.cli.train import finish

    finish(Run.open(run).resume(), as_json)


@app.command()
def stop(run: RunId, as_json: output.Json = False) -> None:
    """End a run with a checkpoint; `resume` continues it to the same numbers."""
    _control(run, "stop", as_json)


@app.command()
def evaluate(
    run: RunId,
    split: Annotated[str, typer.Option(help="train or test.")] = "test",
    device: Annotated[str | None, typer.Option(help="Default: cpu.")] = None,
    batch_size: Annotated[int | None, typer.Option(min=1, max=1_000_000)] = None,
    weights: Annotated[
        Path | None, typer.Option(help="Weights in a file in place of the run's own.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report to this file too.")] = None,
    as_json: output.Json = False,
) -> None:
    """Evaluate a run's network on a split of its dataset."""
    from spikex_lab.api import Run

    report = Run.open(run).evaluate(split, device=device, batch_size=batch_size, weights=weights)
    if html is not None:
        report.to_html(html)
    if as_json:
        output.document(
            {"run": run, **report.data, "report": str(html.absolute()) if html else None}
        )
        return
    print(report)
    print(report.per_class.to_string(float_format=lambda v: f"{v:.4f}"))


@app.command()
def export(
    run: RunId,
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    format: Annotated[
        str | None,
        typer.Option(help="safetensors, pth, yaml, json or bundle; default: by the file's name."),
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Write a run's network to a file."""
    from spikex_lab.api import Run

    by_name = {".spikex": "bundle", ".yml": "yaml", ".pt": "pth"}
    chosen = format or by_name.get(path.suffix, path.suffix.lstrip("."))
    written = Run.open(run).export(chosen, path)
    output.answer({"path": str(written), "format": chosen}, str(written), as_json)


@app.command()
def delete(run: RunId, as_json: output.Json = False) -> None:
    """Take a run out of the list; refused while it is alive."""
    from spikex_lab.api import Run

    found = Run.open(run)
    found.delete()
    output.answer({"deleted": found.id}, f"deleted {found.id}", as_json)


def _control(run: str, action: str, as_json: bool) -> None:
    from spikex_lab.api import Run

    found = Run.open(run)
    getattr(found, action)()
    output.answer(
        {"run": found.id, "action": action, "state": found.state},
        f"{action} asked of run {found.id}",
        as_json,
    )


def _figure(name: str, value: Any) -> str:
    from spikex_lab.api.display import number, percent

    return percent(value) if name.endswith("accuracy") else number(value)
