"""The run's log in a panel: a level filter, a search, the newest lines."""

from __future__ import annotations

from collections.abc import Callable

import ipywidgets as w

from spikex_lab.api.display import esc
from spikex_lab.widgets.story import LEVELS, LogLine, RunStory

SHOWN = 400
"""Lines drawn; the filter and the search go through all that the story keeps."""


class LogView:
    """Shows the log lines at or above a level that contain a text.

    Parameters
    ----------
    later : runs a function in the thread that owns the widgets.
    """

    def __init__(self, later: Callable[[Callable[[], None]], None]) -> None:
        self._story: RunStory | None = None
        self._shown: tuple[object, ...] = ()
        self.level = w.Dropdown(
            options=[(f"{name} and above" if name != "error" else name, name) for name in LEVELS],
            value="info",
            description="Level",
            layout=w.Layout(width="220px"),
            style={"description_width": "44px"},
        )
        self.search = w.Text(
            description="Search",
            placeholder="text to find",
            layout=w.Layout(width="260px"),
            style={"description_width": "52px"},
        )
        self._count = w.HTML()
        self._lines = w.HTML()
        tools = w.HBox([self.level, self.search, self._count])
        tools.add_class("spx-tools")
        self.widget = w.VBox([tools, self._lines])
        for control in (self.level, self.search):
            control.observe(lambda _: later(self._draw), "value")

    def show(self, story: RunStory) -> None:
        """Show the log of `story`."""
        self._story = story
        self._draw()

    def _draw(self) -> None:
        story = self._story
        if story is None:
            return
        key = (id(story), story.log_version, self.level.value, self.search.value)
        if key == self._shown:
            return
        self._shown = key
        found = self.matching(story)
        lines = "".join(_html(line) for line in found[-SHOWN:]) or "<span>no lines</span>"
        self._lines.value = (
            f'<div class="spx-log" tabindex="0" role="log" aria-label="Log of the run"><section>'
            f"{lines}</section></div>"
        )
        more = f", the last {SHOWN} shown" if len(found) > SHOWN else ""
        self._count.value = (
            f'<span class="spx-muted">{len(found)} of {len(story.log)} lines{more}</span>'
        )

    def matching(self, story: RunStory) -> list[LogLine]:
        """Return the lines that the level and the search let through."""
        least = LEVELS.index(self.level.value)
        wanted = self.search.value.strip().lower()
        return [
            line
            for line in story.log
            if LEVELS.index(line.level) >= least and wanted in line.text.lower()
        ]


def _html(line: LogLine) -> str:
    clock = line.time[11:19]
    return (
        f'<div class="{line.level}"><time>{esc(clock)}</time><i>{line.level}</i>'
        f"<span>{esc(line.text)}</span></div>"
    )
