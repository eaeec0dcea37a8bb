"""A component's diagram, made anew from a short list of elements and attributes.

What is not on the list (scripts, styles, links, foreign objects, event handlers, entities) is left
out, whoever drew it; so it may stand inside a notebook's own page.
"""

from __future__ import annotations

import re
from html import escape
from xml.etree.ElementTree import Element, ParseError, fromstring

MAX_BYTES = 32 * 1024
MAX_ELEMENTS = 500
_SVG = "{http://www.w3.org/2000/svg}"
_SHAPES = frozenset({"g", "path", "line", "polyline", "polygon", "rect", "circle", "ellipse"})
_TEXTS = frozenset({"text", "tspan"})
_NUMBERS = frozenset(
    {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "width", "height"}
    | {"opacity", "fill-opacity", "stroke-opacity", "stroke-width", "stroke-dasharray"}
    | {"font-size", "points", "d", "transform"}
)
_WORDS = frozenset(
    {"fill", "stroke", "stroke-linecap", "stroke-linejoin", "text-anchor", "font-family"}
    | {"font-style", "font-weight", "dominant-baseline", "baseline-shift"}
)
_NUMBER = re.compile(r"[A-Za-z0-9.,()+ \n-]{0,8000}")
_WORD = re.compile(r"#[0-9A-Fa-f]{3,8}|[A-Za-z0-9 ,-]{1,60}")
_BOX = re.compile(r"-?[0-9.]+(?:[ ,]+-?[0-9.]+){3}")


def drawing(data: bytes | None) -> str:
    """Return the SVG in `data` as safe HTML; empty where there is none or it cannot be shown.

    Examples
    --------
    >>> drawing(b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2"><script/></svg>')[-7:]
    '></svg>'
    """
    if data is None or len(data) > MAX_BYTES or re.search(rb"<!(DOCTYPE|ENTITY)", data, re.I):
        return ""
    try:
        root = fromstring(data)  # noqa: S314 - no DTD gets here, and the size is bounded
    except (ParseError, ValueError):
        return ""
    box = root.get("viewBox", "")
    count = sum(1 for _ in root.iter())
    if root.tag != f"{_SVG}svg" or not _BOX.fullmatch(box) or count > MAX_ELEMENTS:
        return ""
    title = root.findtext(f"{_SVG}title") or ""
    inside = "".join(_element(child, 0) for child in root)
    return (
        f'<svg role="img" aria-label="{escape(title.strip()[:200])}" viewBox="{box}"'
        f"{_attributes(root, _WORDS | {'stroke-width', 'font-size'})} "
        f'style="width:320px;max-width:100%;height:auto">{inside}</svg>'
    )


def _element(element: Element, depth: int) -> str:
    name = element.tag.removeprefix(_SVG) if isinstance(element.tag, str) else ""
    if name not in _SHAPES | _TEXTS or depth > 8:
        return ""
    inside = _text(element.text) if name in _TEXTS else ""
    for child in element:
        inside += _element(child, depth + 1) + (_text(child.tail) if name in _TEXTS else "")
    return f"<{name}{_attributes(element, _NUMBERS | _WORDS)}>{inside}</{name}>"


def _text(text: str | None) -> str:
    return escape(text or "")


def _attributes(element: Element, allowed: frozenset[str] | set[str]) -> str:
    found = []
    for name, value in element.attrib.items():
        rule = _NUMBER if name in _NUMBERS else _WORD
        if name in allowed and rule.fullmatch(value):
            found.append(f' {name}="{escape(value)}"')
    return "".join(found)
