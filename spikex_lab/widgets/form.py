"""The settings of a training: only choices that exist, each checked where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, get_args

import ipywidgets as w

from spikex_lab.api.display import esc
from spikex_lab.errors import InvalidError
from spikex_lab.spec.training import TrainingSpec

Later = Callable[[Callable[[], None]], None]
PLACES = ("dataset", "target", "device")
"""Fields that belong to the run, not to its `training:` section."""


def choices(key: str) -> list[str]:
    """Return the words that the training key `key` may have.

    Examples
    --------
    >>> choices("optimizer")
    ['adam', 'adamw', 'sgd', 'rmsprop']
    """
    return list(get_args(TrainingSpec.model_fields[key].annotation))


class Field:
    """One labelled control with room for one error under it."""

    def __init__(self, key: str, control: w.DOMWidget, tip: str) -> None:
        self.key = key
        self.control = control
        control.tooltip = tip
        self._error = w.HTML(layout=w.Layout(display="none"))
        self.widget = w.VBox([control, self._error])
        self.widget.add_class("spx-field")
        self.problem = ""

    def complain(self, problem: str) -> None:
        """Show what is wrong with the value; an empty text takes it away."""
        if problem == self.problem:
            return
        self.problem = problem
        self._error.value = (
            f'<div class="spx-error" role="alert">{esc(problem)}</div>' if problem else ""
        )
        self._error.layout.display = "" if problem else "none"
        (self.widget.add_class if problem else self.widget.remove_class)("mod-invalid")


class Form:
    """The settings' fields.

    Parameters
    ----------
    later : runs a function in the thread that owns the widgets.
    on_change : called there after each check.
    on_edit : called there when a person has set a field to a value that would be accepted.
    lists : the names to choose from for ``dataset``, ``loss``, ``target`` and ``device``.
    fits : returns what is wrong with a dataset of this name for the model; empty if it fits.
    """

    def __init__(
        self,
        later: Later,
        on_change: Callable[[], None],
        lists: Mapping[str, Sequence[str]],
        *,
        fits: Callable[[str], str] = lambda _: "",
        on_edit: Callable[[str, Any], None] = lambda *_: None,
    ) -> None:
        self._later, self._on_change, self._fits = later, on_change, fits
        self._on_edit = on_edit
        self._quiet = False
        base = TrainingSpec()
        self.fields = {
            f.key: f
            for f in (
                _choice("dataset", "Dataset", lists["dataset"], "What the model learns"),
                _choice(
                    "algorithm",
                    "Algorithm",
                    choices("algorithm"),
                    "How it learns: bptt, backpropagation through time; others are local rules",
                ),
                _choice(
                    "optimizer",
                    "Optimizer",
                    choices("optimizer"),
                    "How weights follow the gradients",
                ),
                _number(
                    "lr",
                    "Learning rate",
                    f"{base.lr:g}",
                    "Step size of the optimizer, greater than 0",
                ),
                _number(
                    "epochs",
                    "Epochs",
                    str(base.epochs),
                    "Times that the training samples are gone through",
                ),
                _number(
                    "batch_size",
                    "Batch size",
                    str(base.batch_size),
                    "Samples per step of the optimizer",
                ),
                _choice(
                    "loss",
                    "Loss",
                    lists["loss"],
                    "What is made small; auto: what fits the model's readout",
                ),
                _number(
                    "seed",
                    "Seed",
                    str(base.seed),
                    "Keys every random stream: the same seed gives the same numbers",
                ),
                _choice("target", "Target", lists["target"], "The place to compute"),
                _choice("device", "Device", lists["device"], "The processor of that place"),
                _choice(
                    "precision",
                    "Precision",
                    choices("precision"),
                    "Type of the numbers computed with",
                ),
            )
        }
        for field in self.fields.values():
            field.control.observe(partial(self._changed, field), "value")
        self.widget = w.Box([f.widget for f in self.fields.values()])
        self.widget.add_class("spx-form")

    @property
    def valid(self) -> bool:
        """Whether every value would be accepted."""
        return not any(field.problem for field in self.fields.values())

    @property
    def values(self) -> dict[str, Any]:
        """The settings as `Model.train` takes them."""
        return {key: _read(field.control.value) for key, field in self.fields.items()}

    def check(self) -> None:
        """Check every value and show each problem at its field."""
        values = self.values
        problems = dict.fromkeys(self.fields, "")
        try:
            TrainingSpec.parse({k: v for k, v in values.items() if k not in PLACES})
        except InvalidError as error:
            for problem in error.problems:
                problems[problem.pointer.split("/")[1]] = problem.message
        for place in PLACES:
            if values[place] is None:
                problems[place] = f"there is no {place}"
        problems["dataset"] = problems["dataset"] or self._fits(str(values["dataset"]))
        for key, text in problems.items():
            self.fields[key].complain(text)
        self._on_change()

    def load(self, values: dict[str, Any]) -> None:
        """Show these settings, a run's for instance; a choice that is gone is listed too."""
        self._quiet = True
        try:
            for key, value in values.items():
                field = self.fields.get(key)
                if field is None or value is None:
                    continue
                if isinstance(field.control, w.Dropdown):
                    if value not in field.control.options:
                        field.control.options = [*field.control.options, value]
                    field.control.value = value
                else:
                    field.control.value = f"{value:g}" if isinstance(value, float) else str(value)
        finally:
            self._quiet = False
        self.check()

    def offer(self, key: str, options: Sequence[str]) -> None:
        """Set what the choice `key` offers; the value chosen stays."""
        control = self.fields[key].control
        chosen = control.value
        if list(control.options) == list(options):
            return
        self._quiet = True
        try:
            control.options = (
                list(options) if chosen in options or chosen is None else [*options, chosen]
            )
            if chosen is not None:
                control.value = chosen
        finally:
            self._quiet = False

    def enable(self, enabled: bool) -> None:
        """Let the values be changed, or not."""
        for field in self.fields.values():
            if field.control.disabled == enabled:
                field.control.disabled = not enabled

    def _changed(self, field: Field, _change: object) -> None:
        if not self._quiet:
            self._later(partial(self._take, field))

    def _take(self, field: Field) -> None:
        self.check()
        if not field.problem:
            self._on_edit(field.key, _read(field.control.value))


def _choice(key: str, label: str, options: Sequence[str], tip: str) -> Field:
    return Field(key, w.Dropdown(options=list(options), description=label), tip)


def _number(key: str, label: str, value: str, tip: str) -> Field:
    return Field(key, w.Text(value=value, description=label), tip)


def _read(value: Any) -> Any:
    """Return the number that a text field holds, or the text where it holds none."""
    if not isinstance(value, str):
        return value
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
