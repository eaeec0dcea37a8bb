"""A component's papers as HTML: every text escaped, links only to doi.org and https addresses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from spikex_lab.api import display

if TYPE_CHECKING:
    from spikex_lab.catalog.schema import ReferenceSpec

_LINK = "color:var(--jp-content-link-color, #1976d2)"
_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+")
_ADDRESS = re.compile(r"https://[A-Za-z0-9][-A-Za-z0-9.]*(/[-._~;()/:A-Za-z0-9%?=&+#]*)?")


def papers(references: Sequence[ReferenceSpec]) -> str:
    """Return `references` as a list; empty where there is none."""
    lines = []
    for one in references:
        venue = f" {one.venue}." if one.venue else ""
        text = display.esc(f"{one.authors} ({one.year}). {one.title}.{venue}")
        if one.doi is not None and _DOI.fullmatch(one.doi):
            text += " " + _link(f"https://doi.org/{one.doi}", f"doi:{one.doi}")
        elif one.url is not None and _ADDRESS.fullmatch(one.url):
            text += " " + _link(one.url, one.url)
        if one.note:
            text += f'<div style="color:{display.MUTED}">{display.esc(one.note)}</div>'
        lines.append(f"<li>{text}</li>")
    return f'<ul style="margin:6px 0;padding-left:18px">{"".join(lines)}</ul>' if lines else ""


def _link(address: str, shown: str) -> str:
    how = f'style="{_LINK}" target="_blank" rel="noopener noreferrer"'
    return f'<a href="{display.esc(address)}" {how}>{display.esc(shown)}</a>'
