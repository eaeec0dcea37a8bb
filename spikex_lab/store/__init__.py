"""What is kept: models, datasets, runs and their logs, files. Light: no torch, no Alembic."""

from spikex_lab.store.errors import LeaseLost
from spikex_lab.store.records import (
    ArtifactRow,
    AttemptRow,
    DatasetRow,
    EvaluationRow,
    ModelRow,
    Object,
    Page,
    PersonRow,
    RunRow,
    TargetRow,
    VersionRow,
)
from spikex_lab.store.store import Store

__all__ = [
    "ArtifactRow",
    "AttemptRow",
    "DatasetRow",
    "EvaluationRow",
    "LeaseLost",
    "ModelRow",
    "Object",
    "Page",
    "PersonRow",
    "RunRow",
    "Store",
    "TargetRow",
    "VersionRow",
]
