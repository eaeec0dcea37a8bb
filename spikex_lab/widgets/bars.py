"""Three progress bars (batch, epoch, whole run) with the time left, and the line of resources."""

from __future__ import annotations

from typing import Any

import ipywidgets as w

from spikex_lab.api.display import duration, esc, size
from spikex_lab.widgets.story import RunStory, figure


class Bar:
    """A native progress bar under a line of text: its name on the left, its figure on the right."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._line = w.HTML()
        self._bar = w.FloatProgress(value=0.0, min=0.0, max=1.0)
        self._bar.tooltip = f"{name}, share done"
        self.widget = w.VBox([self._line, self._bar])
        self.widget.add_class("spx-bar")
        self._shown: tuple[float, str] | None = None
        self.show(0.0, "")

    @property
    def fraction(self) -> float:
        """The share shown, 0..1."""
        return float(self._bar.value)

    @property
    def text(self) -> str:
        """The figure shown."""
        return self._shown[1] if self._shown else ""

    def show(self, fraction: float, text: str) -> None:
        """Show a share (0..1) and its figure; writes nothing where nothing changed."""
        fraction = min(max(fraction, 0.0), 1.0)
        if self._shown == (fraction, text):
            return
        self._shown = (fraction, text)
        self._bar.value = fraction
        self._line.value = (
            f'<div class="spx-line"><span class="spx-muted">{self.name}</span>'
            f"<span>{esc(text)}</span></div>"
        )


class Bars:
    """Batch of the epoch, epoch n of N, and the whole run with the time left."""

    def __init__(self) -> None:
        self.batch, self.epoch, self.total = Bar("Batch"), Bar("Epoch"), Bar("Total")
        self.widget = w.Box([self.batch.widget, self.epoch.widget, self.total.widget])
        self.widget.add_class("spx-bars")

    def show(self, story: RunStory) -> None:
        """Show how far the run is."""
        p = story.progress
        if not p.epochs:
            for bar in (self.batch, self.epoch, self.total):
                bar.show(0.0, "")
            return
        whole = p.epoch >= p.epochs
        batch = p.batches if whole else p.batch
        within = batch / p.batches if p.batches else 0.0
        self.batch.show(within, f"{batch} of {p.batches}")
        number = min(p.epoch + 1, p.epochs)
        self.epoch.show((p.epoch + (0 if whole else within)) / p.epochs, f"{number} of {p.epochs}")
        left = ""
        if story.live and p.eta is not None and not whole:
            left = f" · {duration(p.eta)} left"
        self.total.show(p.fraction, f"{100 * p.fraction:.0f} %{left}")


def figures_line(story: RunStory) -> str:
    """Return the newest validation and, at the end, test figures as HTML."""
    names = ("val_loss", "val_accuracy", "test_loss", "test_accuracy")
    told = [figure(name, story.figures[name]) for name in names if name in story.figures]
    return "".join(f"<span>{esc(part)}</span>" for part in told)


def resources_line(body: dict[str, Any]) -> str:
    """Return CPU, memory and GPU of the run's process as HTML; empty where nothing was sampled.

    `body` is a `resources` event: `cpu` in percent of one core, `memory` in bytes, `gpus` a list.
    """
    if not body:
        return ""
    parts = []
    if body.get("cpu") is not None:
        cores = body.get("cpus") or 1
        parts.append(f"CPU {float(body['cpu']) / 100:.1f} of {cores} cores")
    if body.get("memory") is not None:
        total = body.get("system_memory_total")
        parts.append(f"memory {size(body['memory'])}" + (f" of {size(total)}" if total else ""))
    parts.extend(
        f"{gpu.get('device', 'GPU')} {size(gpu.get('memory'))} of {size(gpu.get('memory_total'))}"
        for gpu in body.get("gpus") or []
    )
    if not body.get("gpus"):
        parts.append("no GPU in use")
    return "".join(f"<span>{esc(part)}</span>" for part in parts)
