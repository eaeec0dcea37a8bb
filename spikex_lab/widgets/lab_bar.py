"""The Lab's head in a notebook: the model's name, whether it is saved, and its files."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets as w

from spikex_lab.api.display import esc
from spikex_lab.api.files import stem
from spikex_lab.widgets.export import link

Act = Callable[[Callable[[], object]], None]


class LabBar:
    """Name and dirty mark, Save, Save As, and links to the spec.

    JupyterLab's own tab of a model has all this in its toolbar and hides the bar.

    Parameters
    ----------
    act : does what a button asks for, and shows what goes wrong.
    save, save_as : what the buttons ask for; `save_as` gets the new name.
    """

    def __init__(
        self, act: Act, *, save: Callable[[], object], save_as: Callable[[str], object]
    ) -> None:
        self._name = w.HTML()
        self._links = w.HTML()
        self._message = w.HTML(layout=w.Layout(display="none"))
        self.save = w.Button(
            description="Save", icon="save", tooltip="Keep the model as its next version"
        )
        self.save.on_click(lambda _: act(save))
        self.copy_name = w.Text(placeholder="name of the copy", layout=w.Layout(width="150px"))
        self.copy_name.tooltip = "Name of the copy"
        self.copy = w.Button(description="Save as", tooltip="Keep it as a new model of this name")
        self.copy.on_click(lambda _: act(lambda: save_as(self.copy_name.value)))
        buttons = w.HBox([self.save, self.copy_name, self.copy, self._links])
        buttons.add_class("spx-buttons")
        head = w.HBox([self._name, buttons])
        head.add_class("spx-head")
        self.widget = w.VBox([head, self._message])
        self.widget.add_class("spx-lab-bar")

    def show(self, model: Any) -> None:
        """Show the model's name, whether it is saved, and links to its spec."""
        changed = model.changed
        mark = '<span class="spx-muted">unsaved changes</span>' if changed else ""
        self._name.value = (
            f'<div class="spx-title"><b>{esc(model.name)}</b>{mark}'
            f'<span class="spx-muted">version {model.version}</span></div>'
        )
        self.save.disabled = not changed
        name, spec = stem(model.name), model.spec
        self._links.value = " ".join(
            link(kind.upper(), f"{name}.{kind}", text.encode(), kind)
            for kind, text in (("yaml", spec.to_yaml()), ("json", spec.to_json()))
        )

    def complain(self, text: str) -> None:
        """Show what went wrong; an empty text takes it away."""
        self._message.value = (
            f'<div class="spx-message" role="alert">{esc(text)}</div>' if text else ""
        )
        self._message.layout.display = "" if text else "none"
