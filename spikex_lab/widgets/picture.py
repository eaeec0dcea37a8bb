"""A still picture of a run, drawn without any library: what a notebook shows without its kernel.

The SVG carries its own colours, chosen to be readable on white and on black, and the HTML round it
holds nothing that JupyterLab's sanitiser takes out, so an untrusted notebook shows it as well.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence

from spikex_lab.api.display import MUTED, badge, duration, esc
from spikex_lab.widgets.curve import Curve
from spikex_lab.widgets.story import RunStory, figure

WIDTH, HEIGHT = 460, 220
_POINTS = 300
_LEFT, _RIGHT, _TOP, _BOTTOM = 48, 10, 26, 30
_GREY = "#808080"
_BATCH, _TRAIN, _VALIDATION = "#8fa3b5", "#2f86c8", "#d5722a"
LOSS = (
    ("batch/loss", "batch", _BATCH),
    ("epoch/train_loss", "train", _TRAIN),
    ("epoch/val_loss", "validation", _VALIDATION),
)
FIGURES = [f"{split}_{what}" for what in ("loss", "accuracy") for split in ("train", "val", "test")]
ACCURACY = (
    ("batch/accuracy", "batch", _BATCH),
    ("epoch/train_accuracy", "train", _TRAIN),
    ("epoch/val_accuracy", "validation", _VALIDATION),
)


def svg(story: RunStory) -> str:
    """Return the loss and the accuracy side by side as one SVG document."""
    left = _plot("Loss", LOSS, story.curves)
    right = _plot("Accuracy", ACCURACY, story.curves, share=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {2 * WIDTH} {HEIGHT}" font-family="sans-serif" font-size="11">'
        f"<title>Loss and accuracy over the epochs</title>"
        f'{left}<g transform="translate({WIDTH} 0)">{right}</g></svg>'
    )


def figures(story: RunStory) -> str:
    """Return the newest figures in one line of text."""
    if not story.state:
        return "not trained yet"
    at = story.progress
    parts = [f"epoch {at.epoch} of {at.epochs}"] if at.epochs else []
    parts.extend(figure(name, story.figures[name]) for name in FIGURES if name in story.figures)
    if story.live and at.eta is not None:
        parts.append(f"{duration(at.eta)} left")
    return " · ".join(parts)


def page(story: RunStory, title: str, note: str = "") -> str:
    """Return the picture, the state and the newest figures as HTML for a saved notebook."""
    state = badge(story.state) if story.state else ""
    error = (
        f'<div style="color:var(--jp-error-color1, #d32f2f)">{esc(story.error)}</div>'
        if story.error
        else ""
    )
    return (
        f'<div class="spx-picture"><div><strong>{esc(title)}</strong>{state}</div>'
        f"<div>{esc(figures(story))}</div>{error}{_image(story, title)}"
        f'<div style="color:{MUTED};font-size:12px">{esc(note)}</div></div>'
    )


def _image(story: RunStory, title: str) -> str:
    if not story.state:
        return ""
    data = base64.b64encode(svg(story).encode()).decode()
    return (
        f'<img alt="Loss and accuracy of {esc(title)} over the epochs" width="{2 * WIDTH}" '
        f'style="max-width:100%" src="data:image/svg+xml;base64,{data}"/>'
    )


def text(story: RunStory, title: str) -> str:
    """Return the same as one line of plain text."""
    return ", ".join(
        part for part in (f"{title}: {story.state}".strip(": "), figures(story)) if part
    )


def _plot(
    title: str,
    lines: Sequence[tuple[str, str, str]],
    curves: Mapping[str, Curve],
    *,
    share: bool = False,
) -> str:
    drawn = [
        (label, colour, *curves[name].thinned(_POINTS))
        for name, label, colour in lines
        if name in curves
    ]
    drawn = [line for line in drawn if len(line[2])]
    wide, high = WIDTH - _LEFT - _RIGHT, HEIGHT - _TOP - _BOTTOM
    if not drawn:
        return _text(WIDTH / 2, HEIGHT / 2, f"{title}: nothing yet")
    x_end = max(1e-9, *(float(x.max()) for _, _, x, _ in drawn))
    y_low = min(float(y.min()) for _, _, _, y in drawn)
    y_high = max(float(y.max()) for _, _, _, y in drawn)
    margin = 0.05 * (y_high - y_low) or 0.05 * abs(y_high) or 0.5
    y_low, y_high = y_low - margin, y_high + margin
    parts = [f'<text x="{_LEFT}" y="15" fill="{_GREY}" font-weight="bold">{title}</text>']
    for tick in ticks(y_low, y_high):
        at_y = _TOP + high * (y_high - tick) / (y_high - y_low)
        label = f"{100 * tick:.0f} %" if share else f"{tick:.4g}"
        parts.append(f'<path d="M{_LEFT} {at_y:.1f}h{wide}" stroke="{_GREY}" stroke-opacity=".3"/>')
        parts.append(_text(_LEFT - 6, at_y + 4, label, "end"))
    parts.extend(
        _text(_LEFT + wide * tick / x_end, HEIGHT - 14, f"{tick:.4g}") for tick in ticks(0.0, x_end)
    )
    parts.append(_text(_LEFT + wide / 2, HEIGHT - 2, "epoch"))
    for index, (label, colour, xs, ys) in enumerate(drawn):
        points = " ".join(
            f"{_LEFT + wide * a / x_end:.1f},{_TOP + high * (y_high - b) / (y_high - y_low):.1f}"
            for a, b in zip(xs, ys, strict=True)
        )
        width = 1 if colour == _BATCH else 2
        parts.append(
            f'<polyline fill="none" stroke="{colour}" stroke-width="{width}" points="{points}"/>'
        )
        if len(xs) == 1:
            at = points.split(",")
            parts.append(f'<circle cx="{at[0]}" cy="{at[1]}" r="3" fill="{colour}"/>')
        key = _LEFT + 80 + 92 * index
        parts.append(f'<path d="M{key} 11h14" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(key + 19, 15, label, "start"))
    return "".join(parts)


def _text(x: float, y: float, words: str, anchor: str = "middle") -> str:
    at = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {at} fill="{_GREY}">{words}</text>'


def ticks(low: float, high: float, wanted: int = 5) -> list[float]:
    """Return about `wanted` round numbers between `low` and `high`.

    Examples
    --------
    >>> ticks(0.0, 10.0)
    [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    """
    if not high > low:
        return [low]
    rough = (high - low) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [round(n * step, 12) for n in range(first, last + 1)]
