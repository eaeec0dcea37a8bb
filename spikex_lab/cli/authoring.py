"""``spikex components new | define | submit | allow | review``: components of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from spikex_lab.cli import output

Id = Annotated[str, typer.Argument(metavar="ID", help="For example neurons/mine.")]
FolderOrId = Annotated[
    str, typer.Argument(metavar="FOLDER_OR_ID", help="A folder, or a component of yours.")
]


def new(
    name: Annotated[str, typer.Argument(help="Small letters, digits and -.")],
    kind: Annotated[str, typer.Option(help="neuron, synapse, layer, encoder, …")] = "neuron",
    like: Annotated[
        str | None, typer.Option(help="The component of the library to begin with.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Write a folder to start a component from."""
    from spikex_lab.api import scaffold

    folder = scaffold.new(name, kind, like=like, into=Path())
    line = f"{folder}/component.yaml is yours to change; then: spikex components define {folder}"
    output.answer({"folder": str(folder)}, line, as_json)


def define(
    folder: Annotated[Path, typer.Argument(help="A folder, or its component.yaml.")],
    as_json: output.Json = False,
) -> None:
    """Check a component and keep it in your store, as a new version; models can use it at once."""
    from spikex_lab.api import define as definitions

    _tell(definitions.define(folder), as_json)


def submit(which: FolderOrId, as_json: output.Json = False) -> None:
    """Hand a component in for review: it is checked first, without network and within limits."""
    from spikex_lab.api import define as definitions

    _tell(definitions.submit(which), as_json)


def allow(id: Id, as_json: output.Json = False) -> None:
    """Let the Python of a component run here: this content of it, by its hash."""
    from spikex_lab.api import define as definitions

    sha = definitions.allow(id)
    output.answer({"id": id, "sha256": sha}, f"{id}: the code {sha[:12]} may run here", as_json)


def review(
    id: Id,
    verdict: Annotated[str, typer.Argument(metavar="approve|reject")],
    comment: Annotated[str, typer.Option(help="Why. It is kept with the version.")],
    as_json: output.Json = False,
) -> None:
    """Approve or reject what another person handed in."""
    from spikex_lab.api import define as definitions

    _tell(definitions.review(id, verdict, comment), as_json)


def _tell(row: object, as_json: bool) -> None:
    """Print a kept version: its record, or one line."""
    from spikex_lab.store import ComponentRow

    assert isinstance(row, ComponentRow)  # noqa: S101
    output.answer(row.to_dict(), f"{row.ident} {row.version}: {row.state}", as_json)
