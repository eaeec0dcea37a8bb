"""Alembic's entry: runs the scripts in the connection and the transaction of `store.schema`."""

from __future__ import annotations

from alembic import context

from spikex_lab.store.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite cannot ALTER much: copy, drop, rename
)
with context.begin_transaction():
    context.run_migrations()
