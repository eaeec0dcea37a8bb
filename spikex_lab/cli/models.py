"""``spikex models …``"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spikex_lab.cli import output

if TYPE_CHECKING:
    from spikex_lab.api import Model

app = typer.Typer(help="Models: named networks with versions.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A model's name or id.")]


@app.command("list")
def list_(
    search: Annotated[str | None, typer.Option(help="A part of the name.")] = None,
    page: Annotated[int, typer.Option(min=1)] = 1,
    page_size: Annotated[int, typer.Option(min=1, max=200)] = 50,
    as_json: output.Json = False,
) -> None:
    """List the models."""
    from spikex_lab.api import models

    output.table(models(search, page=page, page_size=page_size), as_json)


@app.command()
def show(
    name: Name,
    version: Annotated[int | None, typer.Option(min=1, help="An older version.")] = None,
    as_json: output.Json = False,
) -> None:
    """Show a model: its nodes with shapes and parameters, and its versions."""
    from spikex_lab.api import Model

    model = Model.open(name, version)
    summary = model.summary()
    if as_json:
        output.document(
            {
                "model": model.id,
                "name": model.name,
                "version": model.version,
                "parameters": summary.parameters,
                "spec": model.spec.to_dict(),
                "versions": [dict(row) for row in model.versions()],
            }
        )
        return
    output.facts({"model": model.name, "id": model.id, "version": model.version})
    print(f"\n{summary}\n\n{model.versions()}")


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="A new name.")],
    template: Annotated[str | None, typer.Option(help="A template; default: snn-mlp.")] = None,
    dataset: Annotated[str | None, typer.Option(help="Fit the template to this dataset.")] = None,
    source: Annotated[
        Path | None, typer.Option("--from", help="A spec file in place of a template.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Make a model from a template or a file."""
    from spikex_lab.api import Model, export
    from spikex_lab.spec import ModelSpec

    spec = None
    if source is not None:
        spec = ModelSpec.parse({**export.read_spec(source), "name": name}, where=source.name)
    _tell(Model.create(name, template=template, spec=spec, dataset=dataset), as_json)


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(help="A .yaml, .json or .spikex file.")],
    name: Annotated[str | None, typer.Option(help="A name in place of the file's.")] = None,
    as_json: output.Json = False,
) -> None:
    """Make a model from a file."""
    from spikex_lab.api import Model

    _tell(Model.load(path, name), as_json)


@app.command()
def export(
    name: Name,
    path: Annotated[Path, typer.Argument(help="The file to write.")],
    format: Annotated[
        str | None, typer.Option(help="yaml or json; default: by the file's name.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Write a model's spec to a file. Weights belong to a run: `spikex runs export`."""
    from spikex_lab.api import Model

    chosen = format or ("json" if path.suffix == ".json" else "yaml")
    written = Model.open(name).export(chosen, path)
    output.answer({"path": str(written)}, str(written), as_json)


@app.command()
def convert(
    name: Name,
    dataset: Annotated[
        str | None, typer.Option(help="Measure with this one; default: the run's own.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Time steps of the spiking network.")] = 50,
    percentile: Annotated[
        float, typer.Option(help="Which activation counts as a layer's largest; up to 100.")
    ] = 99.9,
    to: Annotated[str | None, typer.Option(help="The new model's name; default: NAME-snn.")] = None,
    as_json: output.Json = False,
) -> None:
    """Turn a trained network of rectified units into a spiking one, saved with its weights."""
    from spikex_lab import api
    from spikex_lab.api.display import percent

    run = api.convert(name, dataset, steps=steps, percentile=percentile, to=to)
    figures = dict(run.summary)
    before, after = figures.get("accuracy_before"), figures.get("test_accuracy")
    facts = {
        "model": run.name, "run": run.id, "state": run.state, "steps": steps,
        "accuracy before": before, "accuracy after": after,
    }  # fmt: skip
    if as_json:
        output.document({key.replace(" ", "_"): value for key, value in facts.items()})
        return
    shown = {"accuracy before": before, "accuracy after": after}
    output.facts(facts | {key: percent(one) for key, one in shown.items() if one is not None})


@app.command()
def rename(
    name: Name,
    new: Annotated[str, typer.Argument(help="The new name.")],
    as_json: output.Json = False,
) -> None:
    """Give a model another name."""
    from spikex_lab.api import Model

    _tell(Model.open(name).rename(new), as_json)


@app.command()
def delete(name: Name, as_json: output.Json = False) -> None:
    """Take a model out of the list; its runs stay."""
    from spikex_lab.api import Model

    model = Model.open(name)
    model.delete()
    output.answer({"deleted": model.id, "name": model.name}, f"deleted {model.name}", as_json)


def _tell(model: Model, as_json: bool) -> None:
    output.answer(
        {"model": model.id, "name": model.name, "version": model.version},
        f"{model.name}: version {model.version}, {model.summary().parameters:,} parameters",
        as_json,
    )
