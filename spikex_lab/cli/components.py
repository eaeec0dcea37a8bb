"""``spikex components …``"""

from __future__ import annotations

from typing import Annotated, Any

import typer

from spikex_lab.cli import authoring, check, output, simulate

app = typer.Typer(help="The neural component library.", no_args_is_help=True)
app.command("simulate")(simulate.simulate)
app.command("check")(check.check)
for _command in (authoring.new, authoring.define, authoring.submit, authoring.allow,
                 authoring.review):  # fmt: skip
    app.command(_command.__name__)(_command)
Id = Annotated[str, typer.Argument(metavar="ID", help="For example neurons/lif.")]


@app.command("list")
def list_(
    search: Annotated[
        str | None, typer.Option(help="Words, or their beginnings; best match first.")
    ] = None,
    kind: Annotated[str | None, typer.Option(help="neuron, synapse, layer, encoder, …")] = None,
    tag: Annotated[str | None, typer.Option(help="Only those with this tag.")] = None,
    page: Annotated[int, typer.Option(help="Page of 200.")] = 1,
    facets: Annotated[
        bool, typer.Option("--facets", help="In JSON too: the counts by kind and by tag.")
    ] = False,
    as_json: output.Json = False,
) -> None:
    """List the components, and how many there are by kind and by tag."""
    from spikex_lab.api import library

    found = library(search, kind, tag, page=page)
    if as_json and facets:
        output.document({**found.to_dict(), "facets": found.facets})
        return
    output.table(found, as_json)
    if not as_json and found.total:
        for title, counts in found.facets.items():
            shown = [f"{word} {count}" for word, count in list(counts.items())[:12]]
            print(f"{title}: {', '.join(shown)}")


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
            "state": component.state,
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
