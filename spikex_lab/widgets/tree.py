"""A widget with all that is in it."""

from __future__ import annotations

from collections.abc import Iterator

import ipywidgets as w


def tree(widget: w.Widget) -> Iterator[w.Widget]:
    """Yield a widget and all that is in it."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from tree(child)


def free(widget: w.Widget) -> None:
    """Close a widget with all that is in it; nothing happens where that is done already."""
    for part in reversed(list(tree(widget))):
        part.unobserve_all()
        for piece in (part.layout, getattr(part, "style", None), part):
            if piece is not None:
                piece.close()
