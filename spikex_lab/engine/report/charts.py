"""Charts as inline SVG in the page's CSS variables, so that they follow its theme."""

from __future__ import annotations

import math
from collections.abc import Sequence

from spikex_lab.engine.report.text import esc, number

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 460.0, 280.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 12.0, 14.0, 40.0
_MAX_POINTS = 400
_MAX_DOTS = 60


def lines(
    series: Sequence[tuple[str, Points]],
    *,
    label: str,
    x_label: str = "epoch",
    as_percent: bool = False,
    log: bool = False,
) -> str:
    """Return a line chart of named series; each point tells its value under the pointer.

    Parameters
    ----------
    label : what the chart shows, for screen readers.
    as_percent : the values are shares.
    log : logarithmic y axis (values must be above 0).
    """
    series = [(name, _thin([p for p in points if math.isfinite(p[1])])) for name, points in series]
    flat = [point for _, points in series for point in points]
    if not flat:
        return ""
    x_low, x_high = min(x for x, _ in flat), max(x for x, _ in flat)
    x_ticks = _whole_ticks(x_low, x_high)
    y_ticks = _ticks(min(y for _, y in flat), max(y for _, y in flat))
    y_low, y_high = y_ticks[0], y_ticks[-1]
    if log:
        y_low, y_high = min(y for _, y in flat), max(y for _, y in flat)
        y_ticks = _log_ticks(y_low, y_high)
        y_low, y_high = min(y_low, y_ticks[0]), max(y_high, y_ticks[-1])

    def x_at(x: float) -> float:
        share = (x - x_low) / (x_high - x_low) if x_high > x_low else 0.5
        return _LEFT + share * (_WIDTH - _LEFT - _RIGHT)

    def y_at(y: float) -> float:
        if log:
            share = math.log(y / y_low) / (math.log(y_high / y_low) or 1.0)
        else:
            share = (y - y_low) / (y_high - y_low)
        return _HEIGHT - _BOTTOM - share * (_HEIGHT - _TOP - _BOTTOM)

    def value(y: float) -> str:
        return f"{100 * y:.4g} %" if as_percent else number(y, 4)

    parts = [_open(_WIDTH, _HEIGHT, label)]
    for tick in y_ticks:
        y = y_at(tick)
        parts.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
            f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value(tick)}</text>'
        )
    base = _HEIGHT - _BOTTOM
    parts.append(
        f'<line class="axis" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{base}" y2="{base}"/>'
    )
    parts += [
        f'<text x="{x_at(t):.1f}" y="{base + 16}" text-anchor="middle">{t:g}</text>'
        for t in x_ticks
    ]
    parts.append(
        f'<text x="{(_LEFT + _WIDTH - _RIGHT) / 2}" y="{_HEIGHT - 6}" text-anchor="middle">'
        f"{esc(x_label)}</text>"
    )
    for i, (name, points) in enumerate(series):
        parts.append(
            _series(
                i,
                name,
                [(x_at(x), y_at(y)) for x, y in points],
                [value(y) for _, y in points],
                points,
            )
        )
    return "".join([*parts, "</svg>", _legend([name for name, _ in series])])


def bars(values: Sequence[tuple[str, float, str]], *, label: str) -> str:
    """Return horizontal bars of (name, length, text beside it)."""
    if not values:
        return ""
    row, left, width = 26.0, 120.0, 620.0
    longest = max(length for _, length, _ in values) or 1.0
    parts = [_open(width, row * len(values) + 4, label)]
    for i, (name, length, beside) in enumerate(values):
        y = i * row + 3
        span = (width - left - 190) * length / longest
        parts.append(
            f'<text class="strong" x="{left - 8}" y="{y + 15}" text-anchor="end">'
            f"{esc(_short(name))}</text>"
            f'<rect x="{left}" y="{y + 2}" width="{max(span, 1):.1f}" height="16" rx="2" '
            f'fill="var(--c0)"/>'
            f'<text x="{left + span + 8:.1f}" y="{y + 15}">{esc(beside)}</text>'
        )
    return "".join([*parts, "</svg>"])


def confusion(counts: Sequence[Sequence[int]], names: Sequence[str]) -> str:
    """Return the confusion matrix, a row per true class; mistakes are orange."""
    k = len(names)
    cell = max(10.0, min(46.0, 560.0 / k))
    left, top = 96.0, 74.0 if max(map(len, names)) > 2 else 40.0
    size = cell * k
    parts = [_open(left + size + 8, top + size + 8, f"Confusion matrix of {k} classes")]
    parts.append(f'<text x="{left + size / 2}" y="12" text-anchor="middle">the network said</text>')
    parts.append(f'<text x="0" y="{top - 8}">it was</text>')
    every = max(1, round(14 / cell))
    for i, name in enumerate(names):
        if i % every:
            continue
        middle = (i + 0.5) * cell
        short = esc(_short(name, 11))
        x, y = left + middle, top - 8
        turn = f' transform="rotate(-45 {x:.1f} {y})"' if len(name) > 2 else ""
        anchor = "start" if turn else "middle"
        parts.append(
            f'<text class="strong" x="{left - 8}" y="{top + middle + 4:.1f}" '
            f'text-anchor="end">{short}</text>'
            f'<text class="strong" x="{x:.1f}" y="{y}" text-anchor="{anchor}"{turn}>{short}</text>'
        )
    for i, row in enumerate(counts):
        total = sum(row) or 1
        for j, count in enumerate(row):
            if count:
                parts.append(
                    _cell(
                        left + j * cell,
                        top + i * cell,
                        cell,
                        count,
                        total,
                        names[i],
                        names[j],
                        i == j,
                    )
                )
    parts.append(
        f'<rect x="{left}" y="{top}" width="{size}" height="{size}" fill="none" '
        'stroke="var(--line)"/></svg>'
    )
    return "".join(parts)


def _cell(
    x: float, y: float, cell: float, count: int, total: int, true: str, said: str, right: bool
) -> str:
    share = count / total
    # mistakes are few: a root makes them visible
    strength = 0.95 * share if right else min(0.85, 0.12 + 1.2 * math.sqrt(share) * 0.6)
    colour = "--heat" if right else "--wrong"
    text = ""
    if cell >= 24:
        ink = "on" if strength > 0.5 else "strong"
        text = (
            f'<text class="{ink}" x="{x + cell / 2:.1f}" y="{y + cell / 2 + 4:.1f}" '
            f'text-anchor="middle">{count}</text>'
        )
    told = f"{esc(true)} taken for {esc(said)}" if not right else f"{esc(true)} recognised"
    return (
        f'<g><title>{told}: {count} of {total}</title><rect x="{x:.1f}" y="{y:.1f}" '
        f'width="{cell:.1f}" height="{cell:.1f}" fill="rgba(var({colour}), {strength:.2f})"/>'
        f"{text}</g>"
    )


def _series(
    index: int, name: str, places: list[tuple[float, float]], told: list[str], points: Points
) -> str:
    colour = f"var(--c{index % 6})"
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dash = ' stroke-dasharray="6 4"' if index % 2 else ""
    out = f'<polyline class="line" stroke="{colour}"{dash} points="{path}"/>'
    if len(places) <= _MAX_DOTS:
        for (x, y), text, point in zip(places, told, points, strict=True):
            out += (
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2" fill="{colour}">'
                f"<title>{esc(name)}, {point[0]:g}: {text}</title></circle>"
            )
    return out


def _legend(names: Sequence[str]) -> str:
    marks = (
        f'<span style="color:var(--c{i % 6})">{"━━" if i % 2 == 0 else "╍╍"}</span> {esc(name)}'
        for i, name in enumerate(names)
    )
    return f"<figcaption>{' &nbsp; '.join(marks)}</figcaption>"


def _open(width: float, height: float, label: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" '
        f'style="max-width:{width * 1.3:.0f}px" role="img" aria-label="{esc(label)}">'
    )


def _thin(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return at most a few hundred of the points, the first and the last among them."""
    if len(points) <= _MAX_POINTS:
        return points
    step = (len(points) - 1) / (_MAX_POINTS - 1)
    return [points[round(i * step)] for i in range(_MAX_POINTS)]


def _ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Return round numbers that enclose low…high."""
    if high <= low:
        margin = abs(low) * 0.1 or 1.0
        low, high = low - margin, high + margin
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(i * step, 12) for i in range(first, last + 1)]


def _whole_ticks(low: float, high: float) -> list[float]:
    step = max(1, math.ceil((high - low) / 8))
    nice = next(n for n in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 10**5, 10**9) if n >= step)
    first = math.ceil(low / nice) * nice
    return [float(t) for t in range(int(first), int(high) + 1, nice)] or [low]


def _log_ticks(low: float, high: float) -> list[float]:
    exponents = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [10.0**e for e in exponents]


def _short(name: str, limit: int = 16) -> str:
    return name if len(name) <= limit else name[: limit - 1] + "…"
