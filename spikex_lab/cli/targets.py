"""``spikex targets …``"""

from __future__ import annotations

from typing import Annotated

import typer

from spikex_lab.cli import output

app = typer.Typer(help="Targets: places to compute.", no_args_is_help=True)


@app.command("list")
def list_(as_json: output.Json = False) -> None:
    """List the targets."""
    from spikex_lab.api import targets

    output.table(targets(), as_json)


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A target's name.")], as_json: output.Json = False
) -> None:
    """Show a target and its devices."""
    from spikex_lab.api import Target

    target = Target.open(name)
    devices = target.devices()
    if as_json:
        output.document(
            {"target": target.name, "kind": target.kind, "devices": [dict(d) for d in devices]}
        )
        return
    output.facts({"target": target.name, "kind": target.kind})
    output.table(devices, as_json=False)
