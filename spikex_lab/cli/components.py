"""``spikex components …``"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from spikex_lab.cli import output

app = typer.Typer(help="The neural component library.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="For example neurons/lif.")]


@app.command("list")
def list_(
    search: Annotated[str | None, typer.Option(help="Words in names, summaries and tags.")] = None,
    kind: Annotated[str | None, typer.Option(help="neuron, synapse, layer, encoder, …")] = None,
    as_json: output.Json = False,
) -> None:
    """List the components."""
    from spikex_lab.api import library

    output.table(library(search, kind=kind), as_json)


@app.command()
def show(
    id: Id,
    code: Annotated[
        bool, typer.Option("--code", help="Print its readable PyTorch code instead.")
    ] = False,
    as_json: output.Json = False,
) -> None:
    """Show a component: equations, parameters, references."""
    from spikex_lab.api import Component

    component = Component.open(id)
    if as_json:
        output.document(component.to_dict())
    elif code:
        print(component.code())
    else:
        _print(component)


@app.command()
def check(
    id: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="One component; default: all.")
    ] = None,
    as_json: output.Json = False,
) -> None:
    """Check schema, references and rendered files; exit 1 where one is wrong."""
    from spikex_lab.cli.component_checks import check_all

    result = check_all(id)
    if as_json:
        output.document(result)
    else:
        for component in result["components"]:
            words = [
                f"{c['name']}{'' if c['ok'] else ': ' + c['message']}" for c in component["checks"]
            ]
            print(f"{'ok  ' if component['ok'] else 'FAIL'}  {component['id']}  {'; '.join(words)}")
    if not result["ok"]:
        raise typer.Exit(1)


@app.command()
def render(
    check: Annotated[
        bool, typer.Option("--check", help="Only say what is not in step; exit 1.")
    ] = False,
    as_json: output.Json = False,
) -> None:
    """Write the files that follow from the equations anew."""
    from spikex_lab.catalog.render import render_all

    changed = [str(path) for path in render_all(check=check)]
    if as_json:
        output.document({"changed": changed, "ok": not (check and changed)})
    else:
        print("\n".join(changed) if changed else "all in step")
    if check and changed:
        raise typer.Exit(1)


def _print(component: Any) -> None:
    from spikex_lab.api.component import equations

    data = component.to_dict()
    output.facts(
        {
            "component": data["id"],
            "name": data.get("name"),
            "kind": data.get("kind"),
            "version": data.get("version"),
            "summary": data.get("summary"),
            "tags": ", ".join(data.get("tags") or []),
        }
    )
    for title, lines in (
        ("equations", equations(data)),
        (
            "parameters",
            [
                " ".join(
                    filter(None, [f"{name} = {p.get('value')}", _unit(p), f" {p.get('doc', '')}"])
                )
                for name, p in (data.get("parameters") or {}).items()
            ],
        ),
        (
            "references",
            [
                f"{r.get('authors')} ({r.get('year')}). {r.get('title')}. doi:{r.get('doi')}"
                for r in data.get("references") or []
            ],
        ),
    ):
        if lines:
            print(f"\n{title}")
            for line in lines:
                print(f"  {line}")


def _unit(parameter: dict[str, Any]) -> str:
    unit = str(parameter.get("unit", "1"))
    return "" if unit == "1" else unit
