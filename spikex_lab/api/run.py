"""A run as a notebook user holds it: state, progress, figures, control; never its process."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from spikex_lab.api import context, display, refs
from spikex_lab.api.listing import Row, Table
from spikex_lab.api.logs import Logs
from spikex_lab.api.report import Report
from spikex_lab.api.runs import progress_of, summary_of
from spikex_lab.errors import ConflictError, NotFoundError
from spikex_lab.spec import RunSpec
from spikex_lab.spec.run import ENDED, LIVE

if TYPE_CHECKING:
    import pandas as pd
    import torch

_PAGE = 500
_POLL = 0.2
_WEIGHTS = "weights.safetensors"


class Run(display.Displayed):
    """One training. It belongs to nobody's process: the notebook may close, the run goes on.

    Examples
    --------
    >>> run = sx.Model.open("digits").train(epochs=5)  # doctest: +SKIP
    >>> run.wait().metrics()  # doctest: +SKIP
    """

    def __init__(self, run_id: str) -> None:
        self.id = run_id

    @classmethod
    def open(cls, run: str) -> Run:
        """Return the run with this id, or with the only id that begins so.

        Raises
        ------
        NotFoundError : no run has it, or several begin with it.
        """
        return cls(context.store().runs.get(refs.existing(run, "run")).id)

    # what it is

    @property
    def row(self) -> Any:
        """The run's row, reconciled: a run whose process died is not shown as running."""
        return _reconciled(context.store(), self.id)

    @property
    def name(self) -> str:
        """The run's name."""
        return str(self._kept.name)

    @property
    def spec(self) -> RunSpec:
        """Everything that decides the run's numbers."""
        return RunSpec.parse(self._kept.spec)

    @property
    def state(self) -> str:
        """queued, starting, running, paused, stopping, stopped, finished, failed or interrupted."""
        return str(self.row.state)

    @property
    def progress(self) -> Row:
        """How far it is: epoch (finished ones), epochs, batch, batches, fraction, eta (seconds)."""
        return progress_of(self.row)

    @property
    def summary(self) -> Row:
        """The latest figures by name: train_loss, val_accuracy, …, at the end test_accuracy.

        ``seconds`` is the last epoch's until the run has finished, then the whole training's.
        """
        return Row(summary_of(self._kept))

    @property
    def error(self) -> str | None:
        """Why it failed, in one sentence."""
        return self._kept.error or None

    @property
    def folder(self) -> Path:
        """The run's working folder: coordinator log, rolling checkpoint."""
        return Path(context.store().runs.folder(self.id))

    # what it left

    def metrics(self) -> pd.DataFrame:
        """Return one row per finished epoch, indexed by it; spikes of a node in ``spikes.<node>``.

        What an interrupted attempt wrote beyond its checkpoint is left out.
        """
        import pandas as pd

        rows = [_flat(row) for row in context.store().runs.metrics(self.id)]
        frame = pd.DataFrame(rows)
        return frame.set_index("epoch") if "epoch" in frame else frame.rename_axis("epoch")

    def events(
        self,
        after: int = 0,
        limit: int | None = None,
        *,
        types: Sequence[str] | None = None,
        effective: bool = False,
    ) -> list[dict[str, Any]]:
        """Return the events later than `after`, in order; at most `limit`.

        `effective` leaves out what an attempt wrote beyond the point a later one resumed from.
        """
        runs = context.store().runs
        read = runs.effective_events if effective else runs.events
        found: list[dict[str, Any]] = []
        while limit is None or len(found) < limit:
            want = _PAGE if limit is None else min(_PAGE, limit - len(found))
            page = read(self.id, after=after, limit=want, types=list(types) if types else None)
            found.extend(page)
            if len(page) < want:
                break
            after = int(page[-1]["seq"])
        return found

    def logs(self) -> Logs:
        """Return the log lines."""
        return Logs(self.events(types=["log", "error", "state"]))

    def artifacts(self) -> Table:
        """Return the files it left: name, size, sha256, media_type."""
        rows = [
            {"name": a.name, "size": a.size, "sha256": a.sha256, "media_type": a.media_type}
            for a in context.store().runs.artifacts(self.id)
        ]
        return Table(["name", "size", "sha256", "media_type"], rows)

    def artifact(self, name: str) -> Path:
        """Return a read-only file with the artifact `name`.

        Raises
        ------
        NotFoundError : it left no such file; the message names those it left.
        """
        kept = self.artifacts()
        for row in kept:
            if row["name"] == name:
                return Path(context.store().objects.path(row["sha256"]))
        known = ", ".join(row["name"] for row in kept)
        raise NotFoundError(
            f'run {self.id[:8]} left no "{refs.shown(name)}"',
            hint=f"it left {known}" if known else "",
        )

    # control

    def pause(self) -> Run:
        """Ask it to pause; at most one batch later it holds."""
        return self._control("pause")

    def resume(self) -> Run:
        """Let it go on: from its pause, or, where it had ended, from its last checkpoint."""
        return self._control("resume")

    def stop(self) -> Run:
        """Ask it to write a checkpoint and end; `resume` continues it to the same numbers."""
        return self._control("stop")

    def step(self) -> Run:
        """Let a paused run do one batch."""
        return self._control("step")

    def wait(self, timeout: float | None = None) -> Run:
        """Wait until the run has ended, or `timeout` seconds; return the run.

        Interrupting the wait (the stop button, Ctrl-C) does not stop the run.
        """
        end = None if timeout is None else time.monotonic() + timeout
        pause = threading.Event()
        while self.row.state not in ENDED:
            left = _POLL if end is None else min(_POLL, end - time.monotonic())
            if left <= 0:
                break
            pause.wait(left)
        return self

    def delete(self) -> None:
        """Take it out of the list; refused while it is alive."""
        context.store().runs.delete(self.id)

    # afterwards

    def evaluate(
        self,
        split: str = "test",
        *,
        batch_size: int | None = None,
        device: str | None = None,
        weights: str | Path | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> Report:
        """Evaluate the final weights (or those in the file `weights`) on `split`; keep the result.

        The work is done in a child process: this one does not load torch.

        Raises
        ------
        ConflictError : the run has no final weights yet.
        InvalidError : no such split or device; `weights` of another model.
        """
        body = self.measure(
            split, batch_size=batch_size, device=device, weights=weights, progress=progress
        )
        if weights is None:
            context.store().runs.add_evaluation(self.id, body)
        return self._report(body)

    def measure(
        self,
        split: str = "test",
        *,
        batch_size: int | None = None,
        device: str | None = None,
        weights: str | Path | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> dict[str, Any]:
        """Return the figures of an evaluation as data; nothing is kept. As `evaluate`."""
        from spikex_lab.api import checks, child
        from spikex_lab.api.dataset import Dataset

        row = self._kept
        spec = RunSpec.parse(row.spec)
        if weights is None:
            self._finished_weights()
        Dataset.open(spec.dataset).split(split)
        chosen = checks.device(device or "cpu")
        request = {
            "run": self.id,
            "split": split,
            "device": chosen,
            "batch_size": batch_size,
            "weights": str(Path(weights).absolute()) if weights is not None else None,
        }
        figures: dict[str, Any] = child.call("evaluate", request, progress=progress)
        return figures

    def report(self) -> Report:
        """Return the evaluation that the run itself made at its end.

        Raises
        ------
        NotFoundError : the run has not finished.
        """
        return self._report(json.loads(self.artifact("evaluation.json").read_bytes()))

    def evaluations(self) -> list[Report]:
        """Return the results that `evaluate` kept, oldest first."""
        return [self._report(row.body) for row in context.store().runs.evaluations(self.id)]

    def network(self) -> torch.nn.Module:
        """Return the trained network (loads torch)."""
        from spikex_lab.api import networks
        from spikex_lab.engine import weights

        path = self._finished_weights()
        spec = self.spec
        network = networks.build(spec.model, context.store(), backend=spec.backend)
        weights.load(network, path)
        return network

    def export(self, format: str, path: str | Path) -> Path:
        """Write the run's model as `format` to the file `path`; return the path.

        ``safetensors`` and ``pth``: the final weights; ``yaml`` and ``json``: what was asked for;
        ``bundle``: all of it in one ``.spikex`` file.
        """
        from spikex_lab.api import export

        return export.run(self, format, Path(path))

    # inside

    @property
    def _kept(self) -> Any:
        return context.store().runs.get(self.id)

    def _finished_weights(self) -> Path:
        try:
            return self.artifact(_WEIGHTS)
        except NotFoundError:
            raise ConflictError(
                f"run {self.id[:8]} has no final weights: it is {self.state}",
                hint="let it finish first",
            ) from None

    def _weights_sha(self) -> str:
        """Return the hash of the final weights' file."""
        self._finished_weights()
        return next(str(row["sha256"]) for row in self.artifacts() if row["name"] == _WEIGHTS)

    def _report(self, body: dict[str, Any]) -> Report:
        return Report(body, run=self._kept.to_dict(), metrics=context.store().runs.metrics(self.id))

    def _control(self, action: str) -> Run:
        from spikex_lab import compute

        compute.control(context.store(), self.id, action)
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Run) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        row = self.row
        at = progress_of(row)
        name = row.model_name or row.name
        return f"Run({row.id[:13]!r}, {name}: {row.state}, epoch {at.epoch} of {at.epochs})"

    def _html(self) -> str:
        row = self.row
        at = progress_of(row)
        figures = summary_of(row)
        body = display.bar(at.fraction) + display.facts(
            {
                "epoch": f"{at.epoch} of {at.epochs}",
                "left": display.duration(at.eta) if row.state in LIVE and at.eta else "",
                "train loss": _figure(figures, "train_loss"),
                "val accuracy": _share(figures, "val_accuracy"),
                "test accuracy": _share(figures, "test_accuracy"),
                "dataset": row.dataset,
                "target": f"{row.target}, {row.device}",
            }
        )
        history = context.store().runs.metrics(self.id)
        losses = [[m.get("train_loss") for m in history], [m.get("val_loss") for m in history]]
        body += display.sparkline(losses, ["train loss", "validation loss"])
        if row.error:
            colour = display.STATE_COLOURS["failed"]
            body += f'<div style="color:{colour}">{display.esc(row.error)}</div>'
        note = f"run {row.id}"
        return display.card(
            row.model_name or row.name, body, badge=display.badge(row.state), note=note
        )


def _reconciled(store: Any, run_id: str) -> Any:
    from spikex_lab import compute

    row = store.runs.get(run_id)
    if row.state in LIVE or row.state == "queued":
        compute.reconcile(store, row)
        row = store.runs.get(run_id)
    return row


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    skip = {"seq", "run", "type", "attempt", "batch", "time", "progress"}
    flat: dict[str, Any] = {}
    for key, value in row.items():
        if key in skip:
            continue
        flat |= (
            {f"{key}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {key: value}
        )
    return flat


def _figure(figures: dict[str, Any], key: str) -> str:
    return display.number(figures[key]) if figures.get(key) is not None else ""


def _share(figures: dict[str, Any], key: str) -> str:
    return display.percent(figures[key]) if figures.get(key) is not None else ""
