"""The end of a run: test it once, write what it leaves."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spikex_lab.engine import best, files, report, weights
from spikex_lab.engine.evaluate import evaluate
from spikex_lab.engine.evaluation import Evaluation
from spikex_lab.engine.session import Session

WEIGHTS = "weights.safetensors"
BEST = "best.safetensors"
_SAFETENSORS = "application/octet-stream"


def finish(session: Session, dataset: Any, run: Mapping[str, Any]) -> dict[str, Any]:
    """Evaluate the final weights on the test split, keep the artifacts, return the run's figures.

    With early stopping the final weights are the best epoch's. Nothing is kept before the
    evaluation is done: a run that is stopped in it does it again when it is resumed.
    """
    training = session.training
    best_epoch = best.index(session.history, training) + 1
    if training.early_stopping and session.best.get("epoch") == best_epoch:
        weights.restore(session.network, session.best["model"], where=BEST)
    evaluation = _test(session, dataset)
    tested: dict[str, Any] = {}
    if evaluation is not None:
        tested = {"test_loss": evaluation.loss, "test_accuracy": evaluation.accuracy}
    session.sink.at(session.epoch, session.plan.batches)
    session.sink.emit(
        "metrics",
        **session.history[-1],  # whole: it stands for the last epoch's from now on
        **tested,
        best_epoch=best_epoch,
        training_seconds=round(session.clock.total, 3),
        final=True,
        progress={**session.progress.body(session.epoch, 0), "fraction": 1.0, "eta": 0.0},
    )
    _artifacts(session, evaluation, run)
    return _figures(session, best_epoch) | tested


def _figures(session: Session, best_epoch: int) -> dict[str, Any]:
    names = ("epoch", "train_loss", "train_accuracy", "val_loss", "val_accuracy")
    chosen = best_epoch if session.training.early_stopping else len(session.history)
    row = session.history[chosen - 1]
    return {
        **{name: row[name] for name in names},
        "epoch": len(session.history),
        "best_epoch": best_epoch,
        "parameters": sum(p.numel() for p in session.network.parameters() if p.requires_grad),
        "seconds": round(session.clock.total, 3),
    }


def _test(session: Session, dataset: Any) -> Evaluation | None:
    if not dataset.info.splits.get("test"):
        session.sink.emit(
            "log", level="info", message="the dataset has no test split: not evaluated"
        )
        return None
    return evaluate(
        session.network,
        dataset,
        "test",
        batch_size=session.plan.evaluation_batch,
        device=str(session.place.device),
        training=session.training,
        poll=session.governor.poll,
    )


def _artifacts(session: Session, evaluation: Evaluation | None, run: Mapping[str, Any]) -> None:
    keep = _Keeper(session)
    keep(WEIGHTS, weights.save(session.network), _SAFETENSORS)
    keep(BEST, weights.dump(session.best["model"]), _SAFETENSORS)
    keep("spec.json", session.plan.spec.to_json().encode(), "application/json")
    keep("metrics.csv", metrics_csv(session.history).encode(), "text/csv")
    if evaluation is not None:
        keep("evaluation.json", as_json(evaluation), "application/json")
        page = report.html(_as_it_ran(session, run), session.history, evaluation)
        keep("report.html", page.encode(), "text/html")


def _as_it_ran(session: Session, run: Mapping[str, Any]) -> dict[str, Any]:
    """Return the run with the thread count it had: whoever repeats it needs the same."""
    spec = session.plan.spec.to_dict()
    return {**run, "spec": {**spec, "training": {**spec["training"], "threads": session.threads}}}


class _Keeper:
    """Writes a file whole, hands it to the sink, takes it away again."""

    def __init__(self, session: Session) -> None:
        self._folder: Path = session.folder
        self._sink = session.sink

    def __call__(self, name: str, data: bytes, media_type: str) -> None:
        path = self._folder / name
        files.replace_bytes(path, data)
        self._sink.artifact(name, path, media_type=media_type)
        path.unlink()


def as_json(evaluation: Evaluation) -> bytes:
    """Return the evaluation as a JSON file's bytes."""
    return (json.dumps(evaluation.model_dump(mode="json"), indent=2) + "\n").encode()


def metrics_csv(history: list[dict[str, Any]]) -> str:
    """Return one line per epoch; spike rates in columns ``spikes.<node>``."""
    rows = []
    for row in history:
        flat = {name: value for name, value in row.items() if name != "spikes"}
        rows.append(flat | {f"spikes.{name}": rate for name, rate in row["spikes"].items()})
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]) if rows else [], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
