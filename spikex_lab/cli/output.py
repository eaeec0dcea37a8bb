"""Where words go: results to stdout, everything else to stderr, one JSON document where asked."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from spikex_lab.api.listing import Table

Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON document on stdout, nothing else.")
]


def error(text: str) -> None:
    """Print one line on stderr, whatever is in `text`."""
    from spikex_lab.api.display import plain

    line = " ".join(plain(text).split())
    print(f"spikex: {line}", file=sys.stderr, flush=True)


def note(text: str) -> None:
    """Print a message on stderr."""
    print(text, file=sys.stderr, flush=True)


def document(data: Any) -> None:
    """Print the one JSON document."""
    print(json.dumps(_finite(data), indent=2, default=str), flush=True)


def answer(data: Any, line: str, as_json: bool) -> None:
    """Print what was done: the document, or one line."""
    if as_json:
        document(data)
    else:
        print(line)


def table(found: Table, as_json: bool) -> None:
    """Print a list: a table, or ``{"items": […], "total": n}``."""
    if as_json:
        document(found.to_dict())
    elif fancy(sys.stdout):
        from rich.console import Console
        from rich.markup import escape
        from rich.table import Table as Rich

        from spikex_lab.api.display import number, plain

        drawn = Rich(*found.columns, box=None, header_style="bold", pad_edge=False)
        for row in found:
            drawn.add_row(*(escape(plain(number(row.get(c)))) for c in found.columns))
        Console().print(drawn if len(found) else "(none yet)")
        if found.total != len(found):
            print(f"{len(found)} of {found.total}")
    else:
        print(found)


def facts(pairs: dict[str, Any]) -> None:
    """Print ``name  value`` lines, aligned."""
    from spikex_lab.api.display import plain

    shown = {k: v for k, v in pairs.items() if v not in (None, "")}
    width = max(map(len, shown), default=0)
    for key, value in shown.items():
        print(f"{key.ljust(width)}  {plain(value)}")


def fancy(stream: Any) -> bool:
    """Return whether `stream` is a terminal that can draw."""
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def _finite(value: Any) -> Any:
    """Return `value` with non-finite numbers as None: JSON has none."""
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(v) for v in value]
    return value
