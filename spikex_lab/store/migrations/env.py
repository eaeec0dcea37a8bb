"""Alembic's entry: runs the scripts in the connection and the transaction of `store.schema`."""

from __future__ import annotations

from alembic import context

from spikex_lab.store import library_tables, tables  # noqa: F401 (they describe the tables)
from spikex_lab.store.base import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot ALTER much: copy, drop, rename
)
with context.begin_transaction():
    context.run_migrations()
