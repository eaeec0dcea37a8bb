"""Lets a click reach the panel while a cell runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import ipywidgets as w


def answer_while_busy(widgets: Iterable[w.Widget]) -> None:
    """Take the page's messages in the subshell that it names, not where we last wrote from.

    JupyterLab sends a widget's messages over a subshell, so that a busy kernel answers. ipykernel
    7.4 sends them instead to the shell that last wrote to the widget, which is the main shell for
    all that a background thread writes: a click would wait for the running cell to end. A panel
    only hands its messages to the feed, so any thread may take them. Kernels without that rerouting
    are left as they are.
    """
    for widget in widgets:
        take_as_named(widget.comm)


def take_as_named(comm: Any) -> None:
    """Do the same for one line to the page."""
    if hasattr(comm, "_reply_subshell_for"):
        comm._reply_subshell_for = _as_named


def _as_named(_data: Any, named: str | None) -> str | None:
    return named
