"""The panels' look, in JupyterLab's own variables, so that both themes fit."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import ipywidgets as w

SERIES = tuple(f"var(--spx-{number})" for number in range(1, 7))
"""Line colours, told apart by people with colour-blindness, one set for each theme."""


@cache
def css() -> str:
    """Return the style sheet."""
    return Path(__file__).with_name("panel.css").read_text("utf-8")


def sheet() -> w.HTML:
    """Return the widget that brings the style; each panel holds one."""
    return w.HTML(f"<style>{css()}</style>", layout=w.Layout(display="none"))
