"""All runs as a table, and how far one is."""

from __future__ import annotations

from typing import Any

from spikex_lab.api import context
from spikex_lab.api.listing import Row, Table


def runs(
    *, state: str | None = None, model: str | None = None, page: int = 1, page_size: int = 50
) -> Table:
    """Return the runs as a table, newest first."""
    from spikex_lab import compute

    store = context.store()
    compute.reconcile(store)
    found = store.runs.list(state=state, model=model, page=page, page_size=page_size)
    rows = [
        {
            "id": row.id,
            "name": row.name,
            "model": row.model_name,
            "version": row.model_version,
            "state": row.state,
            "epoch": f"{progress_of(row).epoch}/{progress_of(row).epochs}",
            "test_accuracy": (row.summary or {}).get("test_accuracy"),
            "val_accuracy": (row.summary or {}).get("val_accuracy"),
            "dataset": row.dataset,
            "target": row.target,
            "created": row.created,
            "ended": row.ended,
        }
        for row in found.items
    ]
    columns = [
        "id",
        "model",
        "version",
        "state",
        "epoch",
        "val_accuracy",
        "test_accuracy",
        "created",
    ]
    return Table(columns, rows, found.total)


def progress_of(row: Any) -> Row:
    """Return a run row's progress with every key there."""
    epochs = int(row.spec.get("training", {}).get("epochs", 0))
    start = {"epoch": 0, "epochs": epochs, "batch": 0, "batches": 0, "fraction": 0.0, "eta": None}
    return Row(
        start
        | (row.progress or {})
        | ({"fraction": 1.0, "eta": 0.0} if row.state == "finished" else {})
    )


def summary_of(row: Any) -> dict[str, Any]:
    """Return a run row's latest figures; ``seconds`` is of the whole training once it has ended."""
    figures = {k: v for k, v in (row.summary or {}).items() if k != "final"}
    total = figures.pop("training_seconds", None)
    return figures if total is None else {**figures, "seconds": total}
