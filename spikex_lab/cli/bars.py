"""Progress bars of a followed run on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from spikex_lab.api.display import duration, percent
from spikex_lab.cli.follow import line_of

if TYPE_CHECKING:
    from spikex_lab.api import Run


class Bars:
    """Two bars (this epoch's batches, the whole run) with loss, accuracy and the time left."""

    def __init__(self, run: Run) -> None:
        self._console = Console(stderr=True)
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            TextColumn("{task.fields[count]}"),
            TextColumn("{task.fields[figures]}"),
            TimeElapsedColumn(),
            console=self._console,
            transient=False,
        )
        self._batch = self._bars.add_task("batch", total=None, count="", figures="")
        self._total = self._bars.add_task("epoch", total=1.0, count="", figures="")
        self._figures = ""
        self._run = run

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def event(self, event: dict[str, Any]) -> None:
        """Print lines above the bars; keep the latest loss and accuracy."""
        if event["type"] == "batch":
            loss, accuracy = event.get("loss"), event.get("accuracy")
            self._figures = "  ".join(
                part
                for part in (
                    f"loss {loss:.4f}" if loss is not None else "",
                    f"accuracy {percent(accuracy)}" if accuracy is not None else "",
                )
                if part
            )
            return
        line = line_of(event)
        if line:
            self._console.print(escape(line), highlight=False)

    def progress(self, progress: dict[str, Any], state: str) -> None:
        """Move the bars."""
        batches = int(progress["batches"] or 0)
        batch = batches if state == "finished" else int(progress["batch"])
        self._bars.update(
            self._batch,
            total=batches or None,
            completed=batch,
            count=f"{batch}/{batches}" if batches else "",
            figures=self._figures,
        )
        eta = progress.get("eta")
        left = f"{duration(float(eta))} left" if eta and state == "running" else state
        self._bars.update(
            self._total,
            completed=float(progress["fraction"] or 0.0),
            count=f"{progress['epoch']}/{progress['epochs']}",
            figures=left,
        )
