"""``spikex lab``: JupyterLab on the tutorials."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from spikex_lab.cli import output


def lab(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="Folder for the tutorials; made if it is not there."),
    ] = Path("spikex-tutorials"),
    jupyter: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- ARGUMENTS]", help="Further arguments for JupyterLab."),
    ] = None,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open a browser.")] = True,
    port: Annotated[int | None, typer.Option(min=1, max=65535)] = None,
) -> None:
    """Open JupyterLab with the tutorials in DIR; notebooks that are there stay as they are."""
    from spikex_lab.api import tutorials
    from spikex_lab.errors import WorkError

    if find_spec("jupyterlab") is None:
        raise WorkError("JupyterLab is not installed", hint="pip install 'spikex-lab[lab]'")
    copied = tutorials.copy_to(folder)
    output.note(
        f"{len(copied)} tutorial{'' if len(copied) == 1 else 's'} put into {folder}"
        if copied
        else f"the tutorials are in {folder}"
    )
    command = [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.absolute()}"]
    command += [] if browser else ["--no-browser"]
    command += [f"--port={port}"] if port else []
    command += jupyter or []
    raise typer.Exit(subprocess.call(command))  # noqa: S603 - our own arguments
