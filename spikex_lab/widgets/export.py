"""What can be taken away from a run: its weights, its settings, its curves. Only what is there."""

from __future__ import annotations

import base64
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ipywidgets as w

from spikex_lab.api.display import esc, size
from spikex_lab.widgets import picture
from spikex_lab.widgets.feed import explain
from spikex_lab.widgets.story import RunStory

LINK_LIMIT = 4 * 1024**2
"""Bytes that a link may carry into the notebook page; more is written beside the notebook."""
RENEW_SECONDS = 5.0
"""While a run is live its curves grow: how often what is offered follows them."""
WEIGHTS = "weights.safetensors"
REPORT = "report.html"
MEDIA = {
    "yaml": "application/yaml",
    "json": "application/json",
    "csv": "text/csv",
    "svg": "image/svg+xml",
    "html": "text/html",
}


class Export:
    """Links that the browser saves, and buttons for what a link cannot carry.

    Parameters
    ----------
    later : runs a function in the thread that owns the widgets.
    save_png : saves the charts as the browser shows them; gets the names' beginning.
    """

    def __init__(
        self, later: Callable[[Callable[[], None]], None], save_png: Callable[[str], None]
    ) -> None:
        self._run: Any = None
        self._story: RunStory | None = None
        self._stem = "run"
        self._key: tuple[object, ...] = ()
        self._due = 0.0
        self._links = w.HTML()
        self._message = w.HTML()
        self.png = w.Button(
            description="Curves PNG", tooltip="Save the charts as the page shows them"
        )
        self.png.on_click(lambda _: later(lambda: save_png(self._stem)))
        self.weights = w.Button(
            description="Weights",
            tooltip="Write the weights into the folder that this notebook runs in",
            layout=w.Layout(display="none"),
        )
        self.weights.on_click(lambda _: later(self._write_weights))
        row = w.HBox([self._links, self.png, self.weights])
        row.add_class("spx-export")
        self._row = row
        self.widget = w.VBox([row, self._message])

    def show(self, run: Any, story: RunStory, stem: str) -> None:
        """Offer what `run` has now. Cheap where nothing changed since the last call."""
        key = (run and run.id, story.state, len(story.artifacts))
        if key == self._key and not (story.live and time.monotonic() >= self._due):
            return
        self._due = time.monotonic() + RENEW_SECONDS
        self._key, self._run, self._story, self._stem = key, run, story, stem
        drawn = any(len(curve) for curve in story.curves.values())
        self.png.disabled = not drawn
        if run is None:
            self._links.value = (
                '<span class="spx-muted">Nothing to export yet: start a run first.</span>'
            )
            self.weights.layout.display = "none"
            return
        try:
            self._links.value = " ".join(self._all(run, story, drawn))
            self._message.value = ""
        except Exception as error:  # noqa: BLE001 (shown in place; the rest of the panel goes on)
            self._complain(error)

    def _all(self, run: Any, story: RunStory, drawn: bool) -> list[str]:
        stem = self._stem
        parts = [
            link(f"Settings {kind.upper()}", f"{stem}.{kind}", self._exported(kind), kind)
            for kind in ("yaml", "json")
        ]
        if drawn:
            csv = str(run.metrics().to_csv()).encode()
            parts.append(link("Curves CSV", f"{stem}-curves.csv", csv, "csv"))
            parts.append(
                link("Curves SVG", f"{stem}-curves.svg", picture.svg(story).encode(), "svg")
            )
        return parts + self._results(run)

    def _results(self, run: Any) -> list[str]:
        """Return links to the report, the weights and the whole model, where the run left them."""
        sizes = {row["name"]: int(row["size"]) for row in run.artifacts()}
        links = []
        if REPORT in sizes:
            links.append(
                link(
                    "Report", f"{self._stem}-report.html", run.artifact(REPORT).read_bytes(), "html"
                )
            )
        large = sizes.get(WEIGHTS, 0) > LINK_LIMIT
        self.weights.layout.display = "" if large else "none"
        if large:
            self.weights.description = f"Weights ({size(sizes[WEIGHTS])})"
        elif WEIGHTS in sizes:
            weights, bundle = self._exported("safetensors"), self._exported("bundle")
            links.append(
                link(f"Weights ({size(len(weights))})", f"{self._stem}.safetensors", weights)
            )
            links.append(
                link(f"Model and weights ({size(len(bundle))})", f"{self._stem}.spikex", bundle)
            )
        return links

    def _exported(self, format: str) -> bytes:
        with tempfile.TemporaryDirectory(prefix="spikex-export-") as folder:
            return Path(self._run.export(format, Path(folder) / f"export.{format}")).read_bytes()

    def _write_weights(self) -> None:
        """Write large weights into the kernel's folder, under a name that is not taken."""
        try:
            path = _free(Path.cwd() / f"{self._stem}.safetensors")
            self._run.export("safetensors", path)
        except Exception as error:  # noqa: BLE001 (shown in place)
            self._complain(error)
            return
        self._message.value = f'<div class="spx-muted" role="status">Written: {esc(path)}</div>'

    def _complain(self, error: Exception) -> None:
        text = esc(explain(error))
        self._message.value = f'<div class="spx-error" role="alert">{text}</div>'


def _free(path: Path) -> Path:
    number = 1
    chosen = path
    while chosen.exists():
        number += 1
        chosen = path.with_stem(f"{path.stem}-{number}")
    return chosen


def link(label: str, name: str, data: bytes, kind: str = "") -> str:
    """Return HTML of a link that the browser saves as the file `name`."""
    media = MEDIA.get(kind, "application/octet-stream")
    encoded = base64.b64encode(data).decode()
    return (
        f'<a class="spx-save" download="{esc(name)}" '
        f'href="data:{media};base64,{encoded}">{esc(label)}</a>'
    )
