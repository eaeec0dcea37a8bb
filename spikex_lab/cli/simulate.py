"""``spikex components simulate``: one element on the bench."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from spikex_lab.cli import output

if TYPE_CHECKING:
    from spikex_lab.api.trace import Trace


def simulate(
    id: Annotated[str, typer.Argument(metavar="ID", help="For example neurons/lif.")],
    input: Annotated[
        float | None, typer.Option(help="Constant input in the component's unit.")
    ] = None,
    duration: Annotated[float | None, typer.Option(help="Milliseconds.")] = None,
    dt: Annotated[float | None, typer.Option(help="Length of a step in ms.")] = None,
    preset: Annotated[str | None, typer.Option(help="Named parameters of the component.")] = None,
    integrator: Annotated[
        str | None, typer.Option(help="exact, exponential_euler, euler or rk4.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="Parameter or further input, e.g. tau_m=20. May be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Of the random numbers, where there are any.")] = 0,
    plot: Annotated[
        Path | None, typer.Option(help="Write a picture to this file (.png, .svg, .pdf).")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Simulate one element of a component from rest; print when it fires."""
    from spikex_lab.api import Component

    trace = Component.open(id).simulate(
        input, duration, dt, preset=preset, integrator=integrator, seed=seed, **_given(set_ or [])
    )
    if plot is not None:
        _draw(trace, plot)
    if as_json:
        output.document(trace.to_dict())
    else:
        _print(trace)


def _given(settings: list[str]) -> dict[str, Any]:
    from spikex_lab.errors import InvalidError
    from spikex_lab.spec.documents import load_document

    given: dict[str, Any] = {}
    for setting in settings:
        where = f"--set {setting[:80]}"
        name, equals, text = (part.strip() for part in setting.partition("="))
        if not equals or not name.isidentifier():
            raise InvalidError("is not of the form name=value", where=where)
        if name in _OPTIONS:
            raise InvalidError(f"{name} is no parameter", where=where, hint="see --help")
        given[name] = load_document(text, where=where)
    return given


_OPTIONS = frozenset({"I", "duration", "dt", "preset", "record", "integrator", "seed", "compiled"})


def _draw(trace: Trace, path: Path) -> None:
    from spikex_lab.errors import InvalidError

    figure = trace.plot()
    known = sorted(figure.canvas.get_supported_filetypes())
    if path.suffix.lstrip(".").lower() not in known:
        raise InvalidError(
            f'no picture is written to "{path.suffix}"', where="--plot", hint=", ".join(known)
        )
    if not path.parent.is_dir():
        raise InvalidError(f'there is no folder "{path.parent}"', where="--plot")
    figure.savefig(path, dpi=150)
    output.note(f"picture: {path}")


def _print(trace: Trace) -> None:
    facts = {
        "component": trace.component,
        "duration": f"{trace.t[-1]:g} ms in steps of {trace.dt:g} ms",
    }
    if trace.fires:
        facts["spikes"] = str(len(trace.spike_times))
        if len(trace.spike_times):
            facts["at ms"] = " ".join(f"{time:g}" for time in trace.spike_times)
    for name, series in trace.states.items():
        unit = trace.units.get(name, "1")
        what = f"{series.min():.6g} … {series.max():.6g}, at the end {series[-1]:.6g}"
        facts[name] = what if unit == "1" else f"{what} {unit}"
    if not trace.fires:
        facts["output"] = f"{trace.output.min():.6g} … {trace.output.max():.6g}"
    output.facts(facts)
