"""Indexes in the orders that models are listed in.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

COLUMNS = ("updated", "created")
LIVING = sa.text("deleted IS NULL")


def upgrade() -> None:
    """Index the living models by when they were changed, and made."""
    for column in COLUMNS:
        op.create_index(
            f"ix_model_{column}",
            "model",
            [column],
            sqlite_where=LIVING,
            postgresql_where=LIVING,
        )


def downgrade() -> None:
    """Take both back."""
    for column in COLUMNS:
        op.drop_index(f"ix_model_{column}", "model")
