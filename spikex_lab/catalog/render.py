"""The files that follow from the equations: written beside them, and kept in step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from spikex_lab.catalog.codegen import cpp, javascript, latex, mathml
from spikex_lab.catalog.codegen import torch as torch_printer
from spikex_lab.catalog.component import Component
from spikex_lab.catalog.library import Library, library

PRINTERS: dict[str, Callable[[Component], str]] = {
    ".py": torch_printer.render,
    ".cpp": cpp.render,
    ".js": javascript.render,
    ".tex": latex.render,
    ".mml": mathml.render,
}
"""What is rendered, by the ending of the file's name. Further printers join here."""


def printable(component: Component) -> bool:
    """Return whether files follow from `component`: whether it is written in equations."""
    return component.has_equations or component.kind == "surrogate"


def rendered(component: Component) -> dict[str, str]:
    """Return the files that follow from `component`'s equations: name and text."""
    if not printable(component):
        return {}
    name = component.id.split("/")[1]
    return {name + ending: printer(component) for ending, printer in PRINTERS.items()}


def stale(component: Component) -> list[Path]:
    """Return the rendered files of `component` that are missing or not what the equations say."""
    if component.folder is None:
        return []
    paths = {component.folder / name: text for name, text in rendered(component).items()}
    return [
        path
        for path, text in paths.items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]


def render_all(*, check: bool = False, among: Library | None = None) -> list[Path]:
    """Write every rendered file that is not in step; return those paths.

    With `check` nothing is written: the list says what would be.
    """
    found: list[Path] = []
    for name in (among or library()).ids():
        component = (among or library()).get(name)
        texts = rendered(component)
        for path in stale(component):
            found.append(path)
            if not check:
                path.write_text(texts[path.name], encoding="utf-8", newline="\n")
    return found
