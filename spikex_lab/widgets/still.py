"""What a notebook shows of a panel without its kernel: a second output, kept up to date.

A widget's own output holds only an id, so a saved notebook could show nothing. The still picture
is an ordinary output beside it; the panel's style hides it while the live panel is on the page, and
its own style hides the empty place of the missing widget.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from weakref import WeakSet

from spikex_lab.ids import new_id
from spikex_lab.widgets import picture
from spikex_lab.widgets.story import RunStory

INTERVAL = 10.0
"""Seconds between two renewals while the run is live; its end renews at once."""
# Without the live panel, the widget's place says only that it could not be shown.
_STYLE = (
    "<style>.jp-OutputArea-child:not(:has(.spx-panel)):has(+ .jp-OutputArea-child .spx-picture)"
    "{display:none}</style>"
)
_cells: dict[str, tuple[str, WeakSet[Any]]] = {}


class Still:
    """The still pictures of one panel, one for each time it was displayed."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._ids: list[str] = []
        self._due = 0.0
        self._seen: tuple[str, int] = ("", -1)

    @property
    def displayed(self) -> int:
        """How many outputs show the panel."""
        return len(self._ids)

    def display(self, panel: Any, story: RunStory, title: str) -> None:
        """Show the live panel and, beside it, the still picture."""
        display_id = new_id()
        _publish(panel._repr_mimebundle_())
        _publish(_bundle(story, title), transient={"display_id": display_id})
        self._ids.append(display_id)

    def renew(self, story: RunStory, title: str, *, now: bool = False) -> None:
        """Bring the pictures up to date, if they are due or `now`."""
        seen = (story.state, story.last_seq)
        ended = not story.live and seen != self._seen
        if not self._ids or seen == self._seen or not (now or ended or self._clock() >= self._due):
            return
        self._seen, self._due = seen, self._clock() + INTERVAL
        bundle = _bundle(story, title)
        for display_id in self._ids:
            _publish(bundle, transient={"display_id": display_id}, update=True)


def _publish(bundle: dict[str, Any], **how: Any) -> None:
    from IPython.display import publish_display_data

    publish_display_data(bundle, **how)  # type: ignore[no-untyped-call]


def shell() -> Any:
    """Return the notebook's shell; None outside one."""
    import sys

    interactive = sys.modules.get("IPython.core.interactiveshell")
    if interactive is None or not interactive.InteractiveShell.initialized():
        return None
    return interactive.InteractiveShell.instance()


def replaced(panel: Any) -> list[Any]:
    """Note that `panel` is shown in the cell being run; return the panels that cell showed before.

    A cell that is run again makes a new panel in the old one's place; nobody sees the old one any
    more, so it can be closed.
    """
    ip = shell()
    parent = ip.get_parent() if ip is not None and hasattr(ip, "get_parent") else {}
    cell = (parent.get("metadata") or {}).get("cellId")
    execution = (parent.get("header") or {}).get("msg_id", "")
    if not cell:
        return []
    before, shown = _cells.get(cell, ("", WeakSet()))
    if before == execution:
        shown.add(panel)
        return []
    _cells[cell] = (execution, WeakSet([panel]))
    elsewhere = {id(p) for other, (_, panels) in _cells.items() if other != cell for p in panels}
    return [p for p in shown if p is not panel and id(p) not in elsewhere]


def _bundle(story: RunStory, title: str) -> dict[str, Any]:
    note = f"As of {time.strftime('%Y-%m-%d %H:%M:%S')}. Run the cell again for the live panel."
    return {
        "text/html": _STYLE + picture.page(story, title, note),
        "text/plain": picture.text(story, title),
    }
