"""``spikex datasets …``"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spikex_lab.cli import output

if TYPE_CHECKING:
    from spikex_lab.api import Dataset

app = typer.Typer(help="Datasets: built in, downloaded, uploaded.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="A dataset's name or id.")]


@app.command("list")
def list_(as_json: output.Json = False) -> None:
    """List the datasets in the store."""
    from spikex_lab.api import datasets

    output.table(datasets(), as_json)


@app.command()
def show(name: Name, as_json: output.Json = False) -> None:
    """Show a dataset."""
    from spikex_lab.api import Dataset

    _tell(Dataset.open(name), as_json)


@app.command()
def delete(name: Name, as_json: output.Json = False) -> None:
    """Take a dataset out of the list."""
    from spikex_lab.api import Dataset

    found = Dataset.open(name)
    found.delete()
    output.answer({"deleted": found.id, "name": found.name}, f"deleted {found.name}", as_json)


@app.command()
def download(
    name: Annotated[str, typer.Argument(help="mnist, fashion-mnist, kmnist or cifar-10.")],
    source: Annotated[
        Path | None,
        typer.Option(
            "--from", help="A folder or archive with the same files, in place of the network."
        ),
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Fetch a known dataset; checksums are verified, an interrupted download is taken up again."""
    from spikex_lab.api import Dataset
    from spikex_lab.cli.transfer import Transfer

    with Transfer(sys.stderr) as shown:
        found = Dataset.download(name, source=source, progress=shown)
    _tell(found, as_json)


@app.command()
def upload(
    path: Annotated[Path, typer.Argument(help="A .npz file, or a folder of IDX files.")],
    name: Annotated[str, typer.Option(help="A new name.")],
    classes: Annotated[
        str | None, typer.Option(help="Names of the classes, separated by commas.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Keep your own data as a dataset."""
    from spikex_lab.api import Dataset

    words = [word.strip() for word in classes.split(",")] if classes else None
    _tell(Dataset.upload(path, name, classes=words), as_json)


def _tell(found: Dataset, as_json: bool) -> None:
    if as_json:
        output.document(
            {"dataset": found.id, **found.info, "name": found.name, "digest": found.digest}
        )
        return
    info: dict[str, Any] = found.info
    output.facts(
        {
            "dataset": found.name,
            "id": found.id,
            "shape": " × ".join(map(str, found.shape)),
            "classes": ", ".join(found.classes[:20]),
            **{k: f"{v:,} samples" for k, v in found.splits.items()},
            "source": info.get("source"),
            "licence": info.get("licence"),
            "citation": info.get("citation"),
        }
    )
