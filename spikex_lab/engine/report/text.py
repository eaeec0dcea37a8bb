"""Text and numbers as HTML. Everything that a user wrote passes through `esc`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from typing import Any

# Control characters and terminal escapes: not allowed in HTML, and never meant
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


def esc(value: Any, limit: int = 4000) -> str:
    """Return `value` as HTML text: escaped, without control characters, cut at `limit`.

    Examples
    --------
    >>> esc("<b onclick='x'>")
    '&lt;b onclick=&#x27;x&#x27;&gt;'
    """
    text = _CONTROL.sub("", str(value))
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return html.escape(text, quote=True)


def percent(share: float | None, digits: int = 2) -> str:
    """Return a share as per cent."""
    return "–" if share is None else f"{100 * share:.{digits}f} %"


def number(value: float | None, digits: int = 3) -> str:
    """Return a number for reading: thousands apart, a few digits, units left to the caller."""
    if value is None:
        return "–"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.{digits}g}"


def duration(seconds: float | None) -> str:
    """Return seconds as ``8.3 s``, ``2 min 05 s`` or ``1 h 12 min``."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return (
        f"{minutes} min {rest:02d} s"
        if minutes < 60
        else f"{minutes // 60} h {minutes % 60:02d} min"
    )


def table(head: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: int = 1) -> str:
    """Return a table of cells that are HTML already, right-aligned from column `numeric` on."""

    def cells(tag: str, row: Sequence[str]) -> str:
        return "".join(
            f"<{tag}{' class=n' if i >= numeric else ''}>{cell}</{tag}>"
            for i, cell in enumerate(row)
        )

    body = "".join(f"<tr>{cells('td', row)}</tr>" for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{cells("th", head)}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def facts(pairs: Iterable[tuple[str, str]]) -> str:
    """Return name and value pairs (values are HTML already)."""
    items = "".join(f"<div><dt>{esc(name)}</dt><dd>{value}</dd></div>" for name, value in pairs)
    return f'<dl class="facts">{items}</dl>'
