"""The first tables.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from spikex_lab.ids import new_id
from spikex_lab.store.clock import stamp

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
LIVING = sa.text("deleted IS NULL")


def upgrade() -> None:
    """Make the tables; a store begins with its one person and the machine it is on."""
    op.create_table(
        "dataset",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("info", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("deleted", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_dataset"),
    )
    op.create_index(
        "uq_dataset_name",
        "dataset",
        ["name"],
        unique=True,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_table(
        "model",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("updated", sa.String(length=24), nullable=False),
        sa.Column("deleted", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_model"),
    )
    op.create_index(
        "uq_model_name",
        "model",
        ["name"],
        unique=True,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_table(
        "object",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("touched", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_object"),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
        sa.UniqueConstraint("name", name="uq_person_name"),
    )
    op.create_table(
        "target",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("config", JSON, nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("deleted", sa.String(length=24), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_target"),
    )
    op.create_index(
        "uq_target_name",
        "target",
        ["name"],
        unique=True,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_table(
        "dataset_file",
        sa.Column("dataset_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dataset_id"], ["dataset.id"], name="fk_dataset_file_dataset_id_dataset"
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["object.sha256"], name="fk_dataset_file_sha256_object"
        ),
        sa.PrimaryKeyConstraint("dataset_id", "role", name="pk_dataset_file"),
    )
    op.create_index("ix_dataset_file_sha256", "dataset_file", ["sha256"], unique=False)
    op.create_table(
        "model_version",
        sa.Column("model_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name="fk_model_version_model_id_model"),
        sa.PrimaryKeyConstraint("model_id", "number", name="pk_model_version"),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("job", sa.String(length=200), nullable=False),
        sa.Column("model_id", sa.String(length=36), nullable=True),
        sa.Column("model_version", sa.Integer(), nullable=True),
        sa.Column("dataset_id", sa.String(length=36), nullable=True),
        sa.Column("dataset", sa.String(length=200), nullable=True),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("who", JSON, nullable=True),
        sa.Column("heartbeat", sa.Integer(), nullable=False),
        sa.Column("progress", JSON, nullable=True),
        sa.Column("summary", JSON, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("queued", sa.String(length=27), nullable=False),
        sa.Column("started", sa.String(length=24), nullable=True),
        sa.Column("ended", sa.String(length=24), nullable=True),
        sa.Column("deleted", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["dataset_id"], ["dataset.id"], name="fk_run_dataset_id_dataset"),
        sa.ForeignKeyConstraint(
            ["model_id", "model_version"],
            ["model_version.model_id", "model_version.number"],
            name="fk_run_model_id_model_version_model_version",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_run"),
    )
    op.create_index("ix_run_model_id", "run", ["model_id"], unique=False)
    op.create_index("ix_run_state_queued", "run", ["state", "queued"], unique=False)
    op.create_table(
        "run_spec",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_spec_run_run"),
        sa.PrimaryKeyConstraint("run", name="pk_run_spec"),
    )
    op.create_table(
        "artifact",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=200), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_artifact_run_run"),
        sa.ForeignKeyConstraint(["sha256"], ["object.sha256"], name="fk_artifact_sha256_object"),
        sa.PrimaryKeyConstraint("run", "name", name="pk_artifact"),
    )
    op.create_index("ix_artifact_sha256", "artifact", ["sha256"], unique=False)
    op.create_table(
        "attempt",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("who", JSON, nullable=True),
        sa.Column("started", sa.String(length=24), nullable=False),
        sa.Column("ended", sa.String(length=24), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.Column("resumed_seq", sa.Integer(), nullable=True),
        sa.Column("resumed_at", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_attempt_run_run"),
        sa.PrimaryKeyConstraint("run", "number", name="pk_attempt"),
    )
    op.create_table(
        "evaluation",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("body", JSON, nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_evaluation_run_run"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
    )
    op.create_index("ix_evaluation_run", "evaluation", ["run"], unique=False)
    op.create_table(
        "run_control",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("lease", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_control_run_run"),
        sa.PrimaryKeyConstraint("id", name="pk_run_control"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_run_control_run_lease", "run_control", ["run", "lease"], unique=False)
    op.create_table(
        "run_event",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("time", sa.String(length=24), nullable=False),
        sa.Column("type", sa.String(length=200), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("batch", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_event_run_run"),
        sa.PrimaryKeyConstraint("run", "seq", name="pk_run_event"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "run_object",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["run"], ["run.id"], name="fk_run_object_run_run"),
        sa.ForeignKeyConstraint(["sha256"], ["object.sha256"], name="fk_run_object_sha256_object"),
        sa.PrimaryKeyConstraint("run", "sha256", name="pk_run_object"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_run_object_sha256", "run_object", ["sha256"], unique=False)
    op.create_table(
        "run_metric",
        sa.Column("run", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run", "seq"],
            ["run_event.run", "run_event.seq"],
            name="fk_run_metric_run_seq_run_event",
        ),
        sa.PrimaryKeyConstraint("run", "seq", name="pk_run_metric"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "consent",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("person", sa.String(length=36), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["object.sha256"], name="fk_consent_sha256_object"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_consent_person_person"),
        sa.PrimaryKeyConstraint("sha256", name="pk_consent"),
    )
    now = stamp()
    person = sa.table("person", *_texts("id", "name", "created"))
    op.bulk_insert(person, [{"id": new_id(), "name": "local", "created": now}])
    target = sa.table("target", *_texts("id", "name", "kind", "created"), sa.column("config", JSON))
    op.bulk_insert(
        target, [{"id": new_id(), "name": "local", "kind": "local", "config": {}, "created": now}]
    )


def _texts(*names: str) -> list[sa.ColumnClause[str]]:
    return [sa.column(name, sa.String()) for name in names]


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("consent")
    op.drop_table("run_metric")
    op.drop_table("run_object")
    op.drop_table("run_event")
    op.drop_table("run_control")
    op.drop_table("evaluation")
    op.drop_table("attempt")
    op.drop_table("artifact")
    op.drop_table("run_spec")
    op.drop_table("run")
    op.drop_table("model_version")
    op.drop_table("dataset_file")
    op.drop_table("target")
    op.drop_table("person")
    op.drop_table("object")
    op.drop_table("model")
    op.drop_table("dataset")
