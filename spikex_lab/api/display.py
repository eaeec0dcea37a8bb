"""How things look in a notebook: small HTML in JupyterLab's colours, every text escaped.

Only inline styles and no script: it survives JupyterLab's sanitiser, so an untrusted notebook
still shows it. Colours are ``--jp-*`` variables with fallbacks, so both themes work.
"""

from __future__ import annotations

import html
import re
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

FONT = "var(--jp-ui-font-family, system-ui, sans-serif)"
TEXT = "var(--jp-ui-font-color1, inherit)"
MUTED = "var(--jp-ui-font-color2, gray)"
LINE = "var(--jp-border-color2, rgba(128,128,128,.4))"
PANEL = "var(--jp-layout-color2, rgba(128,128,128,.1))"
BRAND = "var(--jp-brand-color1, #1976d2)"
STATE_COLOURS = {
    "finished": "var(--jp-success-color1, #388e3c)",
    "failed": "var(--jp-error-color1, #d32f2f)",
    "interrupted": "var(--jp-warn-color1, #f57c00)",
    "stopped": "var(--jp-warn-color1, #f57c00)",
    "paused": "var(--jp-warn-color1, #f57c00)",
}
PLAIN = "mathjax_ignore tex2jax_ignore"
"""Classes that keep JupyterLab's LaTeX renderer away from what users wrote."""
_FIGURE = re.compile(r"-?[\d,]+(\.\d+)?( %)?")
_SHORT = 40
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f]")


class Markup(str):
    """HTML made here, for a cell of a `table`; any other text is escaped."""


class Displayed:
    """Gives an object one HTML form for notebooks; subclasses write `_html`."""

    def _html(self) -> str:
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self._html()

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": self._html()}


def esc(value: Any, limit: int = 2000) -> str:
    """Return `value` as HTML text: escaped, control and ANSI characters removed, cut at `limit`."""
    text = _CONTROL.sub("", str(value))
    if len(text) > limit:
        text = text[: limit - 1] + "…"
    return html.escape(text, quote=True)


def plain(value: Any) -> str:
    """Return `value` as terminal text without control characters."""
    return _CONTROL.sub("", str(value))


def number(value: Any, digits: int = 4) -> str:
    """Return a number to a few digits; an em dash for None."""
    if value is None:
        return "—"
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def percent(value: float | None) -> str:
    """Return a share as per cent with two digits."""
    return "—" if value is None else f"{100 * value:.2f} %"


def duration(seconds: float | None) -> str:
    """Return seconds in words: ``42 s``, ``3 min 05 s``, ``2 h 10 min``."""
    if seconds is None:
        return "—"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def size(count: int | None) -> str:
    """Return a count of bytes in binary units."""
    if count is None:
        return "—"
    value = float(count)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TiB"


def card(title: str, body: str, *, badge: str = "", note: str = "") -> str:
    """Return a framed box. `title` and `note` are text; `badge` and `body` are HTML."""
    small = f'<span style="color:{MUTED};margin-left:8px">{esc(note)}</span>' if note else ""
    return (
        f'<div class="{PLAIN}" style="font-family:{FONT};color:{TEXT};border:1px solid {LINE};'
        f'border-radius:6px;padding:10px 14px;max-width:760px;font-size:13px;line-height:1.5">'
        f'<div style="margin-bottom:6px"><strong style="font-size:15px">{esc(title)}</strong>'
        f"{badge}{small}</div>{body}</div>"
    )


def badge(state: str) -> str:
    """Return a run's state as a coloured word."""
    colour = STATE_COLOURS.get(state, BRAND)
    return (
        f'<span style="margin-left:8px;padding:0 8px;border:1px solid {colour};border-radius:9px;'
        f'color:{colour}">{esc(state)}</span>'
    )


def facts(pairs: Mapping[str, Any]) -> str:
    """Return ``name: value`` pairs in a flowing line; values are text."""
    parts = [
        f'<span style="margin-right:18px;white-space:nowrap"><span style="color:{MUTED}">{esc(k)}'
        f"</span> {esc(v)}</span>"
        for k, v in pairs.items()
        if v not in (None, "")
    ]
    return f'<div style="margin:4px 0">{" ".join(parts)}</div>'


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, note: str = "") -> str:
    """Return an HTML table of text cells (or `Markup`); numbers are aligned to the right."""
    head = "".join(
        f'<th scope="col" style="text-align:left;padding:3px 12px 3px 0;color:{MUTED};'
        f'font-weight:normal;border-bottom:1px solid {LINE}">{esc(c)}</th>'
        for c in columns
    )
    body = []
    for row in rows:
        cells = "".join(
            f'<td style="padding:3px 12px 3px 0;{_align(v)}">{_shown(v)}</td>' for v in row
        )
        body.append(f"<tr>{cells}</tr>")
    foot = f'<div style="color:{MUTED};margin-top:4px">{esc(note)}</div>' if note else ""
    return (
        f'<table class="{PLAIN}" style="border-collapse:collapse;font-family:{FONT};'
        f'color:{TEXT};font-size:13px;background:transparent"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(body)}</tbody></table>{foot}"
    )


def bar(fraction: float) -> str:
    """Return a progress bar for 0..1."""
    share = 100 * min(max(fraction, 0.0), 1.0)
    return (
        f'<div role="progressbar" aria-valuenow="{share:.0f}" aria-valuemin="0" '
        f'aria-valuemax="100" '
        f'style="background:{PANEL};border-radius:4px;height:8px;margin:6px 0;overflow:hidden">'
        f'<div style="width:{share:.1f}%;height:8px;background:{BRAND}"></div></div>'
    )


def code(text: str) -> str:
    """Return preformatted text."""
    return (
        f'<pre style="font-family:var(--jp-code-font-family, monospace);font-size:12px;'
        f'margin:4px 0;padding:6px 8px;background:{PANEL};color:{TEXT};overflow-x:auto">'
        f"{esc(text, 100_000)}</pre>"
    )


def details(summary: str, body: str) -> str:
    """Return a fold: `summary` is text, `body` HTML."""
    return (
        f'<details style="margin:4px 0"><summary style="cursor:pointer;color:{MUTED}">'
        f"{esc(summary)}</summary>{body}</details>"
    )


def sparkline(series: Sequence[Sequence[float | None]], labels: Sequence[str]) -> str:
    """Return one small SVG line chart; at most two lines, each scaled over all values."""
    values = [v for line in series for v in line if v is not None]
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    strokes = [BRAND, "var(--jp-warn-color1, #f57c00)"]
    lines = []
    for line, stroke in zip(series, strokes, strict=False):
        step = 220 / max(len(line) - 1, 1)
        points = " ".join(
            f"{i * step:.1f},{46 - 40 * (v - low) / span:.1f}"
            for i, v in enumerate(line)
            if v is not None
        )
        lines.append(
            f'<polyline fill="none" stroke-width="1.5" style="stroke:{stroke}" points="{points}"/>'
        )
    title = ", ".join(labels)
    legend = " ".join(
        f'<span style="color:{stroke};margin-right:10px">{esc(label)}</span>'
        for label, stroke in zip(labels, strokes, strict=False)
    )
    return (
        f'<div><svg role="img" aria-label="{esc(title)}" width="220" height="50" '
        f'viewBox="0 0 220 50">'
        f"{''.join(lines)}</svg><div>{legend}</div></div>"
    )


def png(pixels: np.ndarray) -> bytes:
    """Return `pixels` (uint8 [H, W] or [H, W, 3]) as a PNG file."""
    height, width = pixels.shape[:2]
    kind = 2 if pixels.ndim == 3 else 0
    raw = b"".join(b"\0" + pixels[row].tobytes() for row in range(height))

    def chunk(tag: bytes, data: bytes) -> bytes:
        body = tag + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(raw))
        + chunk(b"IEND", b"")
    )


def _shown(value: Any) -> str:
    return value if isinstance(value, Markup) else esc(_cell(value))


def _cell(value: Any) -> str:
    return number(value) if value is None or isinstance(value, (int, float)) else str(value)


def _align(value: Any) -> str:
    """Return the style of a cell: figures to the right, short words on one line, text wrapped."""
    figure = isinstance(value, (int, float)) or _FIGURE.fullmatch(str(value)) is not None
    side = "right" if figure and not isinstance(value, bool) else "left"
    short = len(str(value)) <= _SHORT or isinstance(value, Markup)
    return f"text-align:{side};vertical-align:baseline" + (";white-space:nowrap" if short else "")
