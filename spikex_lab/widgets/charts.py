"""Live line charts (bqplot): thinned lines, hover tooltips, pan and zoom, both themes."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass

import bqplot as bq
import ipywidgets as w

from spikex_lab.widgets.curve import Curve
from spikex_lab.widgets.style import SERIES

HOVER_POINTS = 240
"""Points of a line that show their values under the pointer."""


@dataclass(frozen=True)
class Line:
    """One line of a chart: the curve's name in the story, its label, its look."""

    curve: str
    label: str
    colour: str
    dots: bool = False
    faint: bool = False


class _Drawn:
    """A line's two marks: the line, and its points, which carry the tooltip."""

    def __init__(self, line: Line, scales: dict[str, bq.Scale], y_name: str, y_format: str) -> None:
        self.line = line
        self.version = -1
        look = {"colors": [line.colour], "labels": [line.label]}
        self.path = bq.Lines(
            scales=scales,
            stroke_width=1.2 if line.faint else 2,
            opacities=[0.55 if line.faint else 1.0],
            **look,
        )
        self.tooltip = bq.Tooltip(
            fields=["x", "y"],
            labels=["epoch", f"{line.label} {y_name}".strip()],
            formats=[".2f", y_format],
            show_labels=True,
        )
        self.points = bq.Scatter(
            scales=scales,
            colors=[line.colour],
            default_size=24 if line.dots else 48,
            opacities=[1.0 if line.dots else 0.0],
            hovered_style={"opacity": "1", "stroke": line.colour},
            tooltip=self.tooltip,
        )

    def draw(self, curve: Curve) -> None:
        if curve.version == self.version:
            return
        self.version = curve.version
        with self.path.hold_sync():
            self.path.x, self.path.y = curve.x, curve.y
        with self.points.hold_sync():
            self.points.x, self.points.y = curve.thinned(HOVER_POINTS)


class Chart:
    """One figure with its legend and toolbar (pan and zoom, reset, save as PNG).

    Parameters
    ----------
    title : what the ordinate is; `note` says it more exactly, with its unit.
    lines : the lines known from the start; `add` brings more.
    y_format : d3 format of the ordinate (``".3f"``, ``".1%"``).
    """

    def __init__(
        self,
        title: str,
        lines: list[Line],
        *,
        y_format: str = ".4f",
        ticks: str = ".3~g",
        note: str = "",
    ) -> None:
        self.title, self._note = title, note
        self._y_format = y_format
        self._scales = {"x": bq.LinearScale(min=0.0, allow_padding=False), "y": bq.LinearScale()}
        self._drawn: dict[str, _Drawn] = {}
        axis = {"grid_lines": "solid", "grid_color": "var(--spx-grid)"}
        self.figure = bq.Figure(
            marks=[],
            axes=[
                bq.Axis(
                    scale=self._scales["x"],
                    label="epoch",
                    tick_format=".4~g",
                    label_offset="28px",
                    **axis,
                ),
                bq.Axis(
                    scale=self._scales["y"],
                    side="left",
                    tick_format=ticks,
                    **axis,
                ),
            ],
            fig_margin={"top": 8, "bottom": 38, "left": 48, "right": 14},
            padding_y=0.04,
            display_toolbar=False,
            layout=w.Layout(width="100%", height="230px", min_width="0"),
        )
        self._legend = w.HTML()
        self.toolbar = bq.Toolbar(figure=self.figure)
        head = w.HBox([self._legend, self.toolbar])
        head.add_class("spx-chart-head")
        self.widget = w.VBox([head, self.figure])
        self.widget.add_class("spx-chart")
        for line in lines:
            self.add(line)
        self._write_legend()

    def add(self, line: Line) -> None:
        """Add a line."""
        drawn = _Drawn(line, self._scales, self.title.lower(), self._y_format)
        self._drawn[line.curve] = drawn
        self.figure.marks = [*self.figure.marks, drawn.path, drawn.points]
        self._write_legend()

    def follow(self, prefix: str, curves: Mapping[str, Curve]) -> None:
        """Add a line for each curve whose name begins with `prefix` and has none yet."""
        for name in sorted(curves):
            if name.startswith(prefix) and name not in self._drawn:
                colour = SERIES[len(self._drawn) % len(SERIES)]
                self.add(Line(name, name.removeprefix(prefix), colour))

    def draw(self, curves: Mapping[str, Curve]) -> None:
        """Bring every line whose curve has changed up to date."""
        for name, drawn in self._drawn.items():
            curve = curves.get(name)
            if curve is not None:
                drawn.draw(curve)
            elif drawn.version >= 0:
                drawn.draw(Curve(4))
                drawn.version = -1

    @property
    def interactive(self) -> list[w.Widget]:
        """The widgets that send messages from the page."""
        return [self.figure, self.toolbar, *self._scales.values()]

    def save_png(self, name: str) -> None:
        """Let the browser save the figure, at twice the screen's size."""
        self.figure.save_png(name, scale=2)

    def close(self) -> None:
        """Take every widget of the chart away."""
        for drawn in self._drawn.values():
            drawn.tooltip.layout.close()
            for widget in (drawn.path, drawn.points, drawn.tooltip):
                widget.close()
        for axis in self.figure.axes:
            axis.close()
        for scale in (*self._scales.values(), self.figure.scale_x, self.figure.scale_y):
            scale.close()

    def _write_legend(self) -> None:
        keys = "".join(
            f'<span><span class="spx-key" style="border-color:{d.line.colour}'
            f'{";opacity:.55" if d.line.faint else ""}"></span>{html.escape(d.line.label)}</span>'
            for d in self._drawn.values()
            if d.line.label
        )
        title = f'<b title="{html.escape(self._note)}">{html.escape(self.title)}</b>'
        self._legend.value = f'<div class="spx-legend">{title}{keys}</div>'
