"""What is kept: models, datasets, runs and their logs, files. Light: no torch, no Alembic."""

from spikex_lab.store.errors import LeaseLost
from spikex_lab.store.records import (
    ArtifactRow,
    AttemptRow,
    ComponentRow,
    DatasetRow,
    EntryRow,
    EvaluationRow,
    Found,
    ModelRow,
    Object,
    Page,
    PersonRow,
    ReviewRow,
    RunRow,
    TargetRow,
    VersionRow,
)
from spikex_lab.store.store import Store

__all__ = [
    "ArtifactRow",
    "AttemptRow",
    "ComponentRow",
    "DatasetRow",
    "EntryRow",
    "EvaluationRow",
    "Found",
    "LeaseLost",
    "ModelRow",
    "Object",
    "Page",
    "PersonRow",
    "ReviewRow",
    "RunRow",
    "Store",
    "TargetRow",
    "VersionRow",
]
