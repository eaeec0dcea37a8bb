"""What a run's events add up to: its state, progress, curves and log. Plain Python, no widgets."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from spikex_lab.api.display import percent, size
from spikex_lab.spec.run import LIVE
from spikex_lab.widgets.curve import Curve

LOG_LINES = 2000
"""Log lines kept in the kernel; the run's log in the store has all of them."""
LEVELS = ("debug", "info", "warning", "error")

Event = Mapping[str, Any]


@dataclass(frozen=True)
class LogLine:
    """One line of the log: the event's number, its time (ISO-8601 UTC), its level, its text."""

    seq: int
    time: str
    level: str
    text: str


@dataclass(frozen=True)
class Progress:
    """How far the run is. `epoch` counts finished epochs; `eta` is in seconds, None if unknown."""

    epoch: int = 0
    epochs: int = 0
    batch: int = 0
    batches: int = 0
    fraction: float = 0.0
    eta: float | None = None


@dataclass
class RunStory:
    """Folds events, in order of `seq`, into what a panel shows; bounded however long the run.

    An attempt that resumes from a checkpoint repeats what came after it: a `state` event with
    `resumed_from` takes the points of the abandoned stretch back, so the curves read as if the
    run had never been interrupted.

    Examples
    --------
    >>> story = RunStory()
    >>> story.apply([{"seq": 1, "type": "state", "state": "queued", "time": ""}])
    >>> story.state
    'queued'
    """

    state: str = ""
    """The run's state; empty while there is no run."""
    error: str = ""
    progress: Progress = Progress()
    resources: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, float] = field(default_factory=dict)
    """Newest figure of each name: train_loss, val_accuracy, test_accuracy, …"""
    artifacts: set[str] = field(default_factory=set)
    log: deque[LogLine] = field(default_factory=lambda: deque(maxlen=LOG_LINES))
    curves: dict[str, Curve] = field(default_factory=lambda: defaultdict(Curve))
    """By name: `batch/loss`, `epoch/val_loss`, `spikes/lif1`, `lr`, `grad_norm`; x is in epochs."""
    last_seq: int = 0
    log_version: int = 0

    @property
    def live(self) -> bool:
        """Whether a coordinator holds the run, or will as soon as one is free."""
        return self.state in LIVE or self.state == "queued"

    def apply(self, events: Iterable[Event]) -> None:
        """Fold `events` in; those already folded are skipped."""
        for event in events:
            seq = int(event["seq"])
            if seq <= self.last_seq:
                continue
            self.last_seq = seq
            fold = getattr(self, f"_on_{event['type']}", None)
            if fold is not None:
                fold(event, seq)

    def _on_state(self, event: Event, seq: int) -> None:
        resumed = event.get("resumed_from")
        if resumed is not None:
            self._take_back(int(resumed.get("seq") or 0))
        state = event.get("state")
        if state:
            self.state = str(state)
            reason = event.get("error") or event.get("reason") or event.get("message") or ""
            self.error = str(reason) if self.state in ("failed", "interrupted") else ""
            level = {"failed": "error", "interrupted": "warning"}.get(self.state, "info")
            reason = reason or _where(event)
            if reason and self.log and self.log[-1].text == reason:
                reason = ""  # an error event has just said it
            self._say(event, seq, level, self.state + (f": {reason}" if reason else ""))
            if self.state == "finished":
                self.progress = replace(self.progress, fraction=1.0, eta=0.0)
        if event.get("progress"):
            self._set_progress(event["progress"])
        elif self.state == "paused":
            self._stand(event)

    def _stand(self, event: Event) -> None:
        """Take the place where the run stands still: thinned `batch` events may tell less."""
        p, epoch, batch = self.progress, event.get("epoch"), event.get("batch")
        if not p.batches or not epoch or batch is None:
            return
        done = (int(epoch) - 1) * p.batches + int(batch)
        share = min(1.0, done / (p.epochs * p.batches))
        self.progress = replace(p, epoch=done // p.batches, batch=done % p.batches, fraction=share)

    def _on_batch(self, event: Event, seq: int) -> None:
        if event.get("progress"):
            self._set_progress(event["progress"])
        at = self._position()
        for name, key in (
            ("batch/loss", "loss"),
            ("batch/accuracy", "accuracy"),
            ("lr", "lr"),
            ("grad_norm", "grad_norm"),
        ):
            self.curves[name].append(at, event.get(key), seq)
        for node, rate in (event.get("spikes") or {}).items():
            self.curves[f"spikes/{node}"].append(at, rate, seq)

    def _on_metrics(self, event: Event, seq: int) -> None:
        epoch, final = int(event.get("epoch") or 0), bool(event.get("final"))
        if event.get("progress"):
            self._set_progress(event["progress"])
        told = []
        for name, value in event.items():
            if name.startswith(("train_", "val_", "test_")) and _is_number(value):
                self.figures[name] = float(value)
                if not final:
                    self.curves[f"epoch/{name}"].append(float(epoch), float(value), seq)
                told.append(figure(name, value))
        what = "final" if final else f"epoch {epoch} of {self.progress.epochs or '?'}"
        self._say(event, seq, "info", f"{what}: {', '.join(told)}")

    def _on_resources(self, event: Event, _seq: int) -> None:
        self.resources = {k: v for k, v in event.items() if k not in ("seq", "run", "type", "time")}

    def _on_log(self, event: Event, seq: int) -> None:
        level = str(event.get("level", "info")).lower()
        self._say(event, seq, level if level in LEVELS else "info", str(event.get("message", "")))

    def _on_error(self, event: Event, seq: int) -> None:
        text = str(event.get("error") or event.get("message") or event.get("what") or "failed")
        self.error = text
        self._say(event, seq, "error", text)

    def _on_artifact(self, event: Event, seq: int) -> None:
        name = str(event.get("name") or "")
        self.artifacts.add(name)
        self._say(event, seq, "info", f"kept {name}, {size(event.get('size'))}")

    def _on_checkpoint(self, event: Event, seq: int) -> None:
        self._say(event, seq, "debug", f"checkpoint, {size(event.get('size'))}")

    def _set_progress(self, body: Mapping[str, Any]) -> None:
        known = {k: body[k] for k in Progress.__dataclass_fields__ if body.get(k) is not None}
        self.progress = Progress(**known)

    def _position(self) -> float:
        """Return where the run is, in epochs."""
        p = self.progress
        return p.epoch + (p.batch / p.batches if p.batches else 0.0)

    def _take_back(self, seq: int) -> None:
        for curve in self.curves.values():
            curve.drop_after(seq)

    def _say(self, event: Event, seq: int, level: str, text: str) -> None:
        self.log.append(LogLine(seq, str(event.get("time", "")), level, text))
        self.log_version += 1


def _where(event: Event) -> str:
    """Return where a run that begins runs: ``on cpu, 2 threads``."""
    if event.get("state") != "running" or not event.get("device"):
        return ""
    threads = event.get("threads")
    return f"on {event['device']}" + (f", {threads} threads" if threads else "")


def figure(name: str, value: float) -> str:
    """Return a figure with its name in words.

    Examples
    --------
    >>> figure("val_accuracy", 0.9514)
    'validation accuracy 95.14 %'
    """
    words = name.replace("val_", "validation ").replace("_", " ")
    return f"{words} {percent(value) if name.endswith('_accuracy') else f'{value:.4f}'}"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
