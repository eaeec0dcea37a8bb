"""The training panel's five charts, on two tabs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import ipywidgets as w

from spikex_lab.widgets.charts import Chart, Line
from spikex_lab.widgets.story import RunStory
from spikex_lab.widgets.style import SERIES

HIDDEN_INTERVAL = 1.0
"""Seconds between two drawings of the charts that are not in front."""


class Figures:
    """Loss and accuracy (`curves`); spike rates, learning rate, gradient norm (`activity`)."""

    def __init__(self) -> None:
        one, two, three = SERIES[:3]
        self.loss = Chart("Loss", _lines("loss", one, two, three))
        self.accuracy = Chart(
            "Accuracy", _lines("accuracy", one, two, three), y_format=".2%", ticks=".0%"
        )
        self.spikes = Chart("Spike rate", [], note="spikes per neuron and time step")
        self.rate = Chart("Learning rate", [Line("lr", "", one)], y_format=".3g", ticks=".1e")
        self.gradient = Chart("Gradient norm", [Line("grad_norm", "", two)], y_format=".4g")
        self.curves = _grid([self.loss, self.accuracy])
        self.activity = _grid([self.spikes, self.rate, self.gradient])
        self._due = 0.0

    def __iter__(self) -> Iterator[Chart]:
        yield from (self.loss, self.accuracy, self.spikes, self.rate, self.gradient)

    def draw(self, story: RunStory, shown: w.Widget | None, *, every: bool = False) -> None:
        """Draw the grid `shown`, and the other now and then or if `every`.

        The other too, because a busy kernel may not know yet which one is in front.
        """
        if time.monotonic() >= self._due:
            self._due = time.monotonic() + HIDDEN_INTERVAL
            every = True
        if every or shown is self.curves:
            for chart in (self.loss, self.accuracy):
                chart.draw(story.curves)
        if every or shown is self.activity:
            self.spikes.follow("spikes/", story.curves)
            for chart in (self.spikes, self.rate, self.gradient):
                chart.draw(story.curves)

    def save_png(self, stem: str) -> None:
        """Let the browser save the loss and the accuracy."""
        self.loss.save_png(f"{stem}-loss.png")
        self.accuracy.save_png(f"{stem}-accuracy.png")


def _lines(what: str, train: str, validation: str, batch: str) -> list[Line]:
    return [
        Line(f"batch/{what}", "batch", batch, faint=True),
        Line(f"epoch/train_{what}", "train", train, dots=True),
        Line(f"epoch/val_{what}", "validation", validation, dots=True),
    ]


def _grid(charts: Sequence[Chart]) -> w.Box:
    box = w.Box([chart.widget for chart in charts])
    box.add_class("spx-charts")
    return box
