"""``spikex components check``: what the checker found, as a table or as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from spikex_lab.cli import output

if TYPE_CHECKING:
    from spikex_lab.conformance.report import Check, Report


def check(
    id: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="One component, or a folder; default: the library."),
    ] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Leave conformance.json beside each component.")
    ] = False,
    as_json: output.Json = False,
) -> None:
    """Check components: units, papers, files, C++ and JavaScript, gradients, other simulators.

    Exit 1 where one is wrong. Parts whose tools are missing here (a C++ compiler, node) are skipped
    and say so.
    """
    from spikex_lab.conformance.report import to_dict

    found: list[Report] = []
    for report in _reports(id):
        found.append(report)
        if write:
            from spikex_lab.conformance.check import write as leave

            leave(report)
        if not as_json:
            _print(report, whole=id is not None)
    if as_json:
        output.document(to_dict(found))
    else:
        bad = sum(not report.ok for report in found)
        print(f"\n{len(found)} checked, {f'{bad} not ok' if bad else 'all ok'}")
    if not all(report.ok for report in found):
        raise typer.Exit(1)


def _reports(id: str | None) -> Iterator[Report]:
    from spikex_lab.catalog import library
    from spikex_lab.conformance import check

    if id is None:
        yield from check.check_all()
    elif id in library():
        yield check.check(id)
    else:
        from spikex_lab.api import define, shelf

        if define.is_folder(id):
            yield check.check(define.read(Path(id))[0])
        else:
            yield check.check(shelf.find(id) or library().get(id))


def _print(report: Report, *, whole: bool) -> None:
    """Print one component: what failed, was skipped or measured; with `whole` everything."""
    word = "ok  " if report.ok else "FAIL"
    print(f"{word}  {report.id}  {len(report.checks)} checks", flush=True)
    rows = [check for check in report.checks if whole or _notable(check)]
    width = max((len(_what(check)) for check in rows), default=0)
    for check in rows:
        print(f"      {_what(check).ljust(width)}  {_figure(check)}")


def _notable(check: Check) -> bool:
    return not check.ok or check.skipped or check.quantity not in ("", "faults")


def _what(check: Check) -> str:
    return f"{check.name}: {check.against}" if check.against else check.name


def _figure(check: Check) -> str:
    if check.skipped:
        return f"skipped: {check.message}"
    if check.quantity == "faults":
        return "ok" if check.ok else check.message
    sign = "<=" if check.ok else "> "
    figure = f"{check.error:.3g} {sign} {check.tolerance:.3g}"
    return f"{figure}  {check.message or check.quantity}"
