"""The training panel: settings, control, progress, live charts, log and exports of one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import ipywidgets as w

from spikex_lab.api.display import esc
from spikex_lab.widgets import style
from spikex_lab.widgets.bars import Bars, figures_line, resources_line
from spikex_lab.widgets.controls import ALLOWED, Controls
from spikex_lab.widgets.export import Export
from spikex_lab.widgets.feed import Feed, Subscription, explain, feed
from spikex_lab.widgets.figures import Figures
from spikex_lab.widgets.form import Form
from spikex_lab.widgets.log import LogView
from spikex_lab.widgets.route import answer_while_busy
from spikex_lab.widgets.still import Still, replaced
from spikex_lab.widgets.story import RunStory
from spikex_lab.widgets.subject import NewRuns, Subject
from spikex_lab.widgets.tree import free, tree

CHART_INTERVAL = 0.25
"""Seconds between two drawings of the charts; the bars move with every look at the log."""
PENDING_SECONDS = 5.0
"""How long the buttons wait for a request to show in the run's state."""


class TrainingPanel(w.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """Choose settings, start, watch and control the training of a model.

    Parameters
    ----------
    subject : a `Model` (the panel shows its newest run, and moves on to a newer one) or a `Run`.
    on_edit : called in the feed's thread with the key and the value of a setting that a person has
        changed to one that would be accepted. With it the settings are the model's own, but for
        those of a run under way; without, those of the newest run.

    The panel holds no run: closing the notebook or the kernel does not stop one, and a new panel
    shows it whole again, from its event log.

    Examples
    --------
    >>> sx.TrainingPanel(sx.Model.open("digits"))  # doctest: +SKIP
    """

    _sheet: w.HTML
    _head: w.HBox
    _message: w.HTML
    _tabs: w.Tab
    _foot: w.HTML
    _form: Form
    _bars: Bars
    _figures: Figures
    _log: LogView
    _export: Export
    _controls: Controls
    _settings: w.ToggleButton
    _kept: bool
    _open = False

    def __init__(
        self,
        subject: Any,
        *,
        source: Feed | None = None,
        on_edit: Callable[[str, Any], None] | None = None,
    ) -> None:
        self._feed = source or feed()
        self._on_edit = on_edit
        self._subject = Subject.of(subject)
        self._story = RunStory()
        self._still = Still()
        self._following: Subscription | None = None
        self._pending: tuple[str, float] | None = None
        self._charts_due = 0.0
        self._open = True
        self._build()
        parts = (self._sheet, self._head, self._message, self._form.widget, self._bars.widget)
        super().__init__([*parts, self._tabs, self._foot])
        self.add_class("spx-panel")
        answer_while_busy(tree(self))
        answer_while_busy(widget for chart in self._figures for widget in chart.interactive)
        self._follow(self._subject.run)
        self._watch = self._feed.attach(NewRuns(), _Watcher(self._look_for_run, self.fail))
        if not self._subject.run:
            self._subject.probe_devices(
                lambda found: self._later(lambda: self._form.offer("device", found))
            )

    # what a notebook uses

    @property
    def run(self) -> Any:
        """The run shown; None while there is none."""
        return self._subject.run

    @property
    def run_state(self) -> str:
        """The state of the run shown (``"running"``); empty while there is none."""
        return self._story.state

    def follow(self, run: Any) -> TrainingPanel:
        """Show this run and stay with it; return the panel."""
        self._subject.pinned = True
        self._later(lambda: self._follow(run))
        return self

    def take(self, model: Any) -> None:
        """Go on with this model, or this version of it, and its newest run.

        Called in the feed's thread. A run that is shown already is not read again.
        """
        shown = self._subject.run
        self._subject = Subject.of(model)
        for field, names in self._subject.choices().items():
            self._form.offer(field, names)
        run = self._subject.run
        if run is None or shown is None or run.id != shown.id:
            self._follow(run)
            return
        self._title = self._subject.title
        self._load()
        self._draw(whole=True)

    def close(self) -> None:
        """Take the panel away: it follows nothing any more and frees every widget it made."""
        if not self._open:
            return
        self._open = False
        for subscription in (self._following, self._watch):
            if subscription is not None:
                subscription.close()
        self._feed.settle()
        self._still.renew(self._story, self._title, now=True)
        for chart in self._figures:
            chart.close()
            free(chart.widget)
        for child in self.children:
            free(child)
        layout = self.layout
        super().close()
        layout.close()

    def __repr__(self) -> str:
        return f"TrainingPanel({self._title!r})" if self._open else "TrainingPanel(closed)"

    def present(self, widget: w.Widget) -> None:
        """Show `widget`, which holds this panel, with a still picture of the panel beside it."""
        for old in replaced(widget):
            old.close()
        self._still.display(widget, self._story, self._title)

    def _ipython_display_(self, **_: Any) -> None:
        self.present(self)

    # the feed's side: always in its thread

    def receive(self, events: Sequence[dict[str, Any]], state: str | None, /) -> None:
        """Take the run's new events and draw."""
        story = self._story
        before, went_on = story.state, story.live
        story.apply(events)
        if state is not None:
            story.state = state
        if self._on_edit and went_on and not story.live:
            self._load()
        moved = story.state != before or any(event["type"] == "state" for event in events)
        if moved:
            self._pending = None
        self._complain("")
        self._draw(whole=moved)

    def fail(self, error: Exception) -> None:
        """Show that the run could not be read; the feed tries again by itself."""
        self._complain(explain(error))

    def _follow(self, run: Any) -> None:
        if self._following is not None:
            self._following.close()
            self._following = None
        self._story = RunStory(state="" if run is None else "queued")
        self._pending = None
        self._subject.run = run
        self._title = self._subject.title
        self._load()
        self._settings.value = run is None
        self._draw(whole=True)
        if run is not None:  # last: from here on the feed's thread draws
            self._following = self._feed.attach(run, self)

    def _load(self) -> None:
        """Show the settings that hold: of the run, or of the model whose copy is worked at."""
        self._form.load(self._subject.settings(of_run=self._on_edit is None or self._story.live))

    def _look_for_run(self) -> None:
        newer = self._subject.newer_run()
        if newer is not None:
            self._follow(newer)
        if self._pending and time.monotonic() > self._pending[1]:
            self._pending = None
            self._show_controls()

    def _act(self, action: str) -> None:
        if action not in ALLOWED[self._story.state or None]:
            return  # a second click, made before the first one showed
        if action == "start" and not self._form.valid:
            return
        self._pending = (action, time.monotonic() + PENDING_SECONDS)
        self._show_controls()
        try:
            if action == "start":
                self._follow(self._subject.start(self._form.values))
            else:
                getattr(self._subject.run, action)()
        except Exception as error:  # noqa: BLE001 (shown in the panel, with its hint)
            self._pending = None
            self._show_controls()
            self._complain(explain(error), keep=True)
        self._feed.look()

    # drawing: in the feed's thread, or in the constructor before the feed knows the panel

    def _draw(self, *, whole: bool = False) -> None:
        story = self._story
        self._bars.show(story)
        self._log.show(story)
        line = figures_line(story) + (resources_line(story.resources) if story.live else "")
        if self._foot.value != line:
            self._foot.value = line
        if whole:
            self._show_head()
            self._show_controls()
        now = time.monotonic()
        if whole or not story.live or now >= self._charts_due:
            self._charts_due = now + CHART_INTERVAL
            self._draw_tab(every=whole or not story.live)
        self._still.renew(story, self._title)

    def _draw_tab(self, *, every: bool = False) -> None:
        shown = self._tabs.children[self._tabs.selected_index or 0]
        self._figures.draw(self._story, shown, every=every)
        if shown is self._export.widget or not self._story.live:
            self._export.show(self._subject.run, self._story, self._subject.stem)

    def _show_head(self) -> None:
        state = self._story.state
        badge = (
            f'<span class="spx-badge" data-state="{esc(state)}">{esc(state)}</span>'
            if state
            else ""
        )
        self._name.value = (
            f'<div class="spx-title"><b>{esc(self._title)}</b>{badge}'
            f'<span class="spx-muted">{esc(self._subject.note)}</span></div>'
        )

    def _show_controls(self) -> None:
        state = self._story.state or None
        free = "start" in ALLOWED[state]
        self._form.enable(free)
        self._controls.show(state, can_start=self._form.valid, busy=self._pending is not None)

    def _complain(self, text: str, *, keep: bool = False) -> None:
        """Show a message; one about an action stays until the next action (`keep`)."""
        if not text and self._kept:
            return
        self._kept = keep and bool(text)
        value = f'<div class="spx-message" role="alert">{esc(text)}</div>' if text else ""
        if self._message.value != value:
            self._message.value = value
            self._message.layout.display = "" if text else "none"

    # parts

    def _build(self) -> None:
        self._kept = False
        self._title = self._subject.title
        self._sheet = style.sheet()
        self._name = w.HTML()
        self._controls = Controls(self._clicked)
        self._settings = w.ToggleButton(
            value=True, description="Settings", icon="sliders", tooltip="Show or hide the settings"
        )
        self._settings.observe(lambda _: self._later(self._show_form), "value")
        self._controls.widget.children = (*self._controls.widget.children, self._settings)
        self._head = w.HBox([self._name, self._controls.widget])
        self._head.add_class("spx-head")
        self._message = w.HTML(layout=w.Layout(display="none"))
        self._form = Form(
            self._later,
            self._show_controls,
            self._subject.choices(),
            fits=lambda dataset: self._subject.misfit(dataset),
            on_edit=self._on_edit or (lambda *_: None),
        )
        self._bars = Bars()
        self._figures = Figures()
        self._log = LogView(self._later)
        self._export = Export(self._later, self._figures.save_png)
        self._foot = w.HTML()
        self._foot.add_class("spx-foot")
        tabs = {
            "Curves": self._figures.curves,
            "Activity": self._figures.activity,
            "Log": self._log.widget,
            "Export": self._export.widget,
        }
        self._tabs = w.Tab(list(tabs.values()), titles=list(tabs))
        self._tabs.add_class("spx-tabs")
        self._tabs.observe(lambda _: self._later(self._draw_tab), "selected_index")

    def _later(self, function: Callable[[], None]) -> None:
        """Run `function` in the feed's thread, if the panel is still open; show its error."""

        def run() -> None:
            if not self._open:
                return
            try:
                function()
            except Exception as error:  # noqa: BLE001 (shown in the panel)
                self.fail(error)

        self._feed.call(run)

    def _clicked(self, action: str) -> None:
        self._later(lambda: self._act(action))

    def _show_form(self) -> None:
        self._form.widget.layout.display = "" if self._settings.value else "none"


class _Watcher:
    """Lets the panel look for a newer run from time to time."""

    def __init__(self, look: Callable[[], None], fail: Callable[[Exception], None]) -> None:
        self._look, self.fail = look, fail

    def receive(self, _events: Sequence[dict[str, Any]], _state: str | None, /) -> None:
        """Look."""
        self._look()
