"""What the API says of a record: only what a client needs, never who or where a process is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spikex_lab.store.records import ArtifactRow, DatasetRow, ModelRow, RunRow, VersionRow

_RUN_FIELDS = (
    "id", "name", "state", "job", "model_id", "model_name", "model_version", "dataset", "target",
    "device", "attempt", "last_seq", "progress", "summary", "error", "created", "started", "ended",
)  # fmt: skip


def model_item(row: ModelRow) -> dict[str, Any]:
    """Return a model as an entry of a list."""
    time = row.spec.get("time") or {}
    return {
        "id": row.id,
        "name": row.name,
        "version": row.version,
        "created": row.created,
        "updated": row.updated,
        "nodes": len(row.spec.get("nodes") or ()),
        "steps": time.get("steps", 1),
    }


def model(row: ModelRow, versions: list[VersionRow]) -> dict[str, Any]:
    """Return a model whole."""
    known = [
        {"version": v.version, "digest": v.digest, "message": v.message, "created": v.created}
        for v in versions
    ]
    return {**model_item(row), "digest": row.digest, "spec": row.spec, "versions": known}


def run_item(row: RunRow) -> dict[str, Any]:
    """Return a run as an entry of a list."""
    return {name: getattr(row, name) for name in _RUN_FIELDS}


def run(row: RunRow) -> dict[str, Any]:
    """Return a run whole."""
    return {**run_item(row), "spec": row.spec}


def dataset_item(row: DatasetRow) -> dict[str, Any]:
    """Return a dataset as an entry of a list."""
    return {
        "id": row.id,
        "name": row.name,
        "info": row.info,
        "digest": row.digest,
        "size": row.size,
        "created": row.created,
    }


def artifact(row: ArtifactRow) -> dict[str, Any]:
    """Return an artifact without its bytes."""
    return {
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
        "media_type": row.media_type,
        "created": row.created,
    }
