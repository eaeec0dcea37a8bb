"""PostgreSQL keeps SQLite's order of text, and an index of the library's full text.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Order text by its code points; index the full text."""
    if op.get_bind().dialect.name == "sqlite":
        return
    _set_order('"C"')
    op.execute("ALTER TABLE library_search ADD COLUMN vector tsvector NOT NULL DEFAULT ''")
    op.execute(
        "UPDATE library_search SET vector="
        "setweight(to_tsvector('simple', ident || ' ' || name), 'A') || "
        "setweight(to_tsvector('simple', tags), 'B') || "
        "setweight(to_tsvector('simple', summary), 'C') || "
        "setweight(to_tsvector('simple', body), 'D')"
    )
    op.execute("CREATE INDEX ix_library_search_vector ON library_search USING gin (vector)")


def downgrade() -> None:
    """Take both back."""
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute("ALTER TABLE library_search DROP COLUMN vector")
    _set_order('"default"')


def _set_order(collation: str) -> None:
    columns = op.get_bind().exec_driver_sql(
        "SELECT table_name, column_name, character_maximum_length FROM information_schema.columns "
        "WHERE table_schema=current_schema() AND data_type='character varying' "
        "AND table_name<>'alembic_version' ORDER BY 1, 2"
    )
    tables: dict[str, list[str]] = {}
    for table, column, length in columns.fetchall():
        tables.setdefault(table, []).append(
            f'ALTER COLUMN "{column}" TYPE varchar({length}) COLLATE {collation}'
        )
    for table, changes in tables.items():
        op.execute(f'ALTER TABLE "{table}" {", ".join(changes)}')
