"""``spikex doctor`` and ``spikex store verify``."""

from __future__ import annotations

import typer

from spikex_lab.cli import output

store_app = typer.Typer(help="What is kept.", no_args_is_help=True)


def doctor(as_json: output.Json = False) -> None:
    """Examine this installation; each finding with its remedy. Exit 1 where something is wrong."""
    from spikex_lab.api import context

    checks = context.store().doctor()
    fine = all(check.ok for check in checks)
    if as_json:
        output.document(
            {
                "ok": fine,
                "checks": [
                    {"name": c.name, "ok": c.ok, "detail": c.detail, "hint": c.hint} for c in checks
                ],
            }
        )
    else:
        width = max(len(c.name) for c in checks)
        for c in checks:
            print(f"{'ok  ' if c.ok else 'FAIL'}  {c.name.ljust(width)}  {c.detail}")
            if c.hint and not c.ok:
                print(f"      {' ' * width}  → {c.hint}")
    if not fine:
        raise typer.Exit(1)


@store_app.command()
def verify(as_json: output.Json = False) -> None:
    """Compare every kept file with its checksum. Exit 1 where one is damaged or gone."""
    from spikex_lab.api import context

    report = context.store().verify()
    if as_json:
        output.document(report.to_dict())
    else:
        print(report)
    if not report.ok:
        raise typer.Exit(1)


@store_app.command()
def collect(as_json: output.Json = False) -> None:
    """Remove kept files that nothing names any more: older than a day, or deleted a month ago."""
    from dataclasses import asdict

    from spikex_lab.api import context
    from spikex_lab.api.display import size

    gone = context.store().collect()
    if as_json:
        output.document(asdict(gone))
    else:
        print(f"{gone.objects + gone.orphans + gone.temporary} files removed, {size(gone.bytes)}")
