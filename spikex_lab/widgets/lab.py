"""The Lab of one model: its panels as tabs, and what is unsaved of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import ipywidgets as w

from spikex_lab.errors import InvalidError, nearest
from spikex_lab.widgets import style
from spikex_lab.widgets.feed import Feed, Subscription, explain, feed
from spikex_lab.widgets.lab_bar import LabBar
from spikex_lab.widgets.route import answer_while_busy
from spikex_lab.widgets.subject import NewRuns
from spikex_lab.widgets.training import TrainingPanel
from spikex_lab.widgets.tree import free, tree

PANELS: Mapping[str, tuple[str, Callable[..., Any]]] = {"training": ("Training", TrainingPanel)}
"""The panels in the order of their tabs: title, and what makes one of a model."""

State = dict[str, Any]
_T = TypeVar("_T")


class Lab(w.VBox):  # type: ignore[misc]  # ipywidgets has no types
    """All of one model, in tabs, over one working copy of it.

    What is set in a panel changes the working copy; `save` keeps it as the model's next version.

    Parameters
    ----------
    model : the model.

    Examples
    --------
    >>> sx.Lab(sx.Model.open("digits"))  # doctest: +SKIP
    """

    _open = False

    def __init__(self, model: Any, *, source: Feed | None = None) -> None:
        from spikex_lab.api import Model

        if not isinstance(model, Model):
            raise InvalidError(
                f"a {type(model).__name__} is no model",
                where="Lab",
                hint="give a model: sx.Lab(sx.Model.open(name))",
            )
        self._feed = source or feed()
        self._model = model
        self._listeners: list[Callable[[State], None]] = []
        self._told: State = {}
        self._open = True
        self._sheet = style.sheet()
        self._bar = LabBar(self._act, save=self.save, save_as=self.save_as)
        self._panels: dict[str, Any] = {
            name: make(model, source=self._feed, on_edit=self._edited)
            for name, (_, make) in PANELS.items()
        }
        titles = [PANELS[name][0] for name in self._panels]
        self._tabs = w.Tab(list(self._panels.values()), titles=titles)
        self._tabs.add_class("spx-lab-tabs")
        super().__init__([self._sheet, self._bar.widget, self._tabs])
        self.add_class("spx-panel")
        self.add_class("spx-lab")
        self._bar.show(model)
        answer_while_busy([*tree(self._bar.widget), self._tabs])
        self._tabs.observe(lambda _: self._feed.call(self._tell), "selected_index")
        self._watch: Subscription = self._feed.attach(NewRuns(), self)

    # what a notebook uses

    @property
    def model(self) -> Any:
        """The working copy."""
        return self._model

    @property
    def state(self) -> State:
        """What there is to say about it: the model's `id`, `name` and `version`, whether it is
        `changed`, the state of its newest `run`, its `panels` (`name`, `title`) and the one
        `shown`."""
        return {
            "id": self._model.id,
            "name": self._model.name,
            "version": self._model.version,
            "changed": self._model.changed,
            "run": self._panels["training"].run_state,
            "panels": [{"name": name, "title": PANELS[name][0]} for name in self._panels],
            "shown": list(self._panels)[self._tabs.selected_index or 0],
        }

    def save(self, message: str = "") -> int:
        """Keep the working copy as the model's next version; return the version's number.

        Raises
        ------
        StaleError : somebody else has saved meanwhile: `reopen` takes theirs, `overwrite` yours.
        """
        return self._changing(lambda: int(self._model.save(message).version))

    def save_as(self, name: str) -> str:
        """Keep the working copy as a new model called `name` and go on with that; return its id.

        Raises
        ------
        ConflictError : the name is taken.
        """

        def copy() -> str:
            made = self._model.save_as(name)
            self._go_on_with(made)
            return str(made.id)

        return self._changing(copy)

    def overwrite(self) -> int:
        """Keep the working copy as the next version over whatever was saved meanwhile."""

        def save() -> int:
            newest = self._newest()
            newest.spec = self._model.spec
            self._model = newest.save()
            self._go_on_with(self._model)
            return int(self._model.version)

        return self._changing(save)

    def reopen(self) -> int:
        """Take the newest saved version and forget what was not saved; return its number."""

        def take() -> int:
            self._go_on_with(self._newest())
            return int(self._model.version)

        return self._changing(take)

    def select(self, panel: str) -> None:
        """Show the panel of this name (``"training"``)."""
        names = list(self._panels)
        if panel not in names:
            raise InvalidError(f'no panel "{panel[:40]}"', hint=nearest(panel, names))
        self._tabs.selected_index = names.index(panel)

    def on_change(self, function: Callable[[State], None]) -> Callable[[], None]:
        """Call `function` with the state whenever it changes; return what ends that."""
        self._listeners.append(function)
        return lambda: self._listeners.remove(function) if function in self._listeners else None

    def close(self) -> None:
        """Take the Lab away with its panels; what was not saved is gone, runs go on."""
        if not self._open:
            return
        self._open = False
        self._watch.close()
        for panel in self._panels.values():
            panel.close()
        self._feed.settle()
        for child in self.children:
            free(child)
        layout = self.layout
        super().close()
        layout.close()

    def __repr__(self) -> str:
        return f"Lab({self._model.name!r})" if self._open else "Lab(closed)"

    def _ipython_display_(self, **_: Any) -> None:
        self._panels["training"].present(self)

    # the feed's side: always in its thread

    def receive(self, _events: Sequence[dict[str, Any]], _state: str | None, /) -> None:
        """Look whether a run goes on, or a panel has saved the model (starting a run does)."""
        self._tell()

    def fail(self, error: Exception) -> None:
        """Show what went wrong."""
        self._bar.complain(explain(error))

    def _tell(self) -> None:
        if not self._open:
            return
        state = self.state
        if state == self._told:
            return
        self._bar.show(self._model)
        for function in list(self._listeners):
            function(state)
        self._told = state  # last: what failed on its way is told again

    def _edited(self, key: str, value: Any) -> None:
        """Take a training setting into the working copy."""
        spec = self._model.spec
        if key == "dataset":
            self._model.spec = {**spec.to_dict(), "dataset": value}
        elif key in type(spec.training).model_fields:
            training = {**spec.training.to_dict(), key: value}
            self._model.spec = {**spec.to_dict(), "training": training}
        self._tell()

    # in the feed's thread, or in the constructor before the feed knows the Lab

    def _newest(self) -> Any:
        from spikex_lab.api import Model

        return Model.open(self._model.id)

    def _go_on_with(self, model: Any) -> None:
        self._model = model
        for panel in self._panels.values():
            panel.take(model)

    # from anywhere

    def _changing(self, function: Callable[[], _T]) -> _T:
        """Do it in the feed's thread, where the panels edit too, and tell what came of it."""

        def do() -> _T:
            result = function()
            self._tell()
            return result

        return self._feed.ask(do)

    def _act(self, action: Callable[[], object]) -> None:
        """Do what a button asks for; show its error in place."""

        def act() -> None:
            self._bar.complain("")
            try:
                action()
            except Exception as error:  # noqa: BLE001 (shown in the Lab, with its hint)
                self.fail(error)

        self._feed.call(act)
