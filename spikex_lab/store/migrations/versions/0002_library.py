"""The component library: what people here write, and one index over it and what is bundled.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSON = sa.JSON(none_as_null=True)
LIVING = sa.text("deleted IS NULL")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "component",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("ident", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("updated", sa.String(length=24), nullable=False),
        sa.Column("deleted", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name="fk_component_owner_person"),
        sa.PrimaryKeyConstraint("id", name="pk_component"),
    )
    op.create_index(
        "uq_component_ident",
        "component",
        ["ident"],
        unique=True,
        sqlite_where=LIVING,
        postgresql_where=LIVING,
    )
    op.create_table(
        "component_version",
        sa.Column("component", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("spec", JSON, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("author", sa.String(length=36), nullable=False),
        sa.Column("report", JSON, nullable=True),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.Column("submitted", sa.String(length=24), nullable=True),
        sa.ForeignKeyConstraint(
            ["component"], ["component.id"], name="fk_component_version_component_component"
        ),
        sa.ForeignKeyConstraint(
            ["author"], ["person.id"], name="fk_component_version_author_person"
        ),
        sa.PrimaryKeyConstraint("component", "number", name="pk_component_version"),
    )
    op.create_index(
        "uq_component_version_version", "component_version", ["component", "version"], unique=True
    )
    op.create_table(
        "component_file",
        sa.Column("component", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["component", "number"],
            ["component_version.component", "component_version.number"],
            name="fk_component_file_component_number_component_version",
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["object.sha256"], name="fk_component_file_sha256_object"
        ),
        sa.PrimaryKeyConstraint("component", "number", "name", name="pk_component_file"),
    )
    op.create_index("ix_component_file_sha256", "component_file", ["sha256"], unique=False)
    op.create_table(
        "component_review",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("component", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reviewer", sa.String(length=36), nullable=False),
        sa.Column("verdict", sa.String(length=200), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created", sa.String(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["component", "number"],
            ["component_version.component", "component_version.number"],
            name="fk_component_review_component_number_component_version",
        ),
        sa.ForeignKeyConstraint(
            ["reviewer"], ["person.id"], name="fk_component_review_reviewer_person"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_component_review"),
    )
    op.create_index(
        "ix_component_review_component_number",
        "component_review",
        ["component", "number"],
        unique=False,
    )
    op.create_table(
        "library_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ident", sa.String(length=200), nullable=False),
        sa.Column("audience", sa.String(length=36), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("tags", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_library_entry"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_library_entry_ident", "library_entry", ["ident", "audience", "source"], unique=True
    )
    op.create_table(
        "library_tag",
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["entry"],
            ["library_entry.id"],
            name="fk_library_tag_entry_library_entry",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("entry", "tag", name="pk_library_tag"),
    )
    op.create_index("ix_library_tag_tag", "library_tag", ["tag"], unique=False)
    op.create_table(
        "library_index",
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("indexed", sa.String(length=24), nullable=False),
        sa.PrimaryKeyConstraint("source", name="pk_library_index"),
    )
    _make_search()


def _make_search() -> None:
    """Make the table of the full text: its row ids are `library_entry`'s ids."""
    columns = ("ident", "name", "tags", "summary", "body")
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"CREATE VIRTUAL TABLE library_search USING fts5({', '.join(columns)}, "
            "tokenize='unicode61')"
        )
        return
    op.create_table(
        "library_search",
        sa.Column("rowid", sa.BigInteger(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in columns),
        sa.PrimaryKeyConstraint("rowid", name="pk_library_search"),
    )


def downgrade() -> None:
    """Drop the tables."""
    op.execute("DROP TABLE library_search")
    for name in (
        "library_index",
        "library_tag",
        "library_entry",
        "component_review",
        "component_file",
        "component_version",
        "component",
    ):
        op.drop_table(name)
