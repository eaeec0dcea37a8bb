"""``spikex bench``: the benchmarks of a checkout, run as they are."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from spikex_lab.cli import output


def bench(
    workloads: Annotated[
        list[str] | None,
        typer.Argument(metavar="[WORKLOAD]...", help="w1 … w5, w7, scaling; default: all."),
    ] = None,
    rounds: Annotated[int, typer.Option(min=1, help="Times that everybody takes a turn.")] = 9,
    threads: Annotated[str | None, typer.Option(help="Default: 1,2.")] = None,
    peers: Annotated[
        str | None, typer.Option(help="snntorch,spikingjelly,norse,sinabs,spyx; default: all.")
    ] = None,
    cache: Annotated[
        bool, typer.Option(help="Peers a second time, with large buffers cached.")
    ] = True,
    mnist: Annotated[
        Path | None, typer.Option(help="Folder or archive with MNIST's four files, for w7.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the table, the JSON and the plots.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Measure speed and memory against live peers, in one run.

    Works in a checkout, whose folder benchmarks/ it runs. `make bench` sets the peers up; without
    them ours runs alone, the fused kernels against the reference. Exit 1 where something failed or
    somebody who should compute the same does not.
    """
    options: dict[str, object] = {
        "--rounds": rounds, "--threads": threads, "--peers": peers, "--mnist": mnist, "--out": out,
    }  # fmt: skip
    command = [sys.executable, str(script()), *(workloads or [])]
    for name, value in options.items():
        command += [] if value is None else [f"{name}={value}"]
    command += [] if cache else ["--no-cache"]
    command += ["--json"] if as_json else []
    raise typer.Exit(subprocess.call(command))  # noqa: S603 - our own script, arguments as they are


def script(package: Path | None = None) -> Path:
    """Return the benchmarks' script, beside the `package` (default: this one).

    Raises
    ------
    NotFoundError : the package was installed from a wheel, which does not carry them.
    """
    from spikex_lab.errors import NotFoundError

    root = (package or Path(__file__).resolve().parents[1]).parent
    found = root / "benchmarks" / "bench.py"
    if not found.is_file():
        raise NotFoundError(
            "the benchmarks are not part of an installed package",
            where="bench",
            hint="run `make bench` in a checkout of the source",
        )
    return found
