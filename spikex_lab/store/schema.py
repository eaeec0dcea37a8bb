"""The schema's version: brings an older database up, refuses a newer one. Alembic on need."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect

from spikex_lab.errors import StorageError
from spikex_lab.store.database import Database
from spikex_lab.store.migrations import HEAD, KNOWN


def current(database: Database) -> str | None:
    """Return the database's schema version; None for an empty database."""
    with database.read() as connection:
        return _version(connection)


def ensure(database: Database) -> bool:
    """Bring the schema to `HEAD`; return whether anything was done.

    One migrator works while the others wait for the write lock and then find nothing to do.

    Raises
    ------
    StorageError : the schema is newer than this program, or the database is not ours.
    """
    if _is_current(current(database)):
        return False
    with database.write() as connection:
        if _is_current(_version(connection)):
            return False  # another migrator was first
        _upgrade(connection)
    return True


def config() -> Any:
    """Return Alembic's configuration for our scripts."""
    from alembic.config import Config

    made = Config()
    made.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    return made


def _upgrade(connection: Connection) -> None:
    from alembic import command

    made = config()
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


def _is_current(version: str | None) -> bool:
    if version is not None and version not in KNOWN:
        raise StorageError(
            f"the schema is ahead: the store has {version}, this program knows {HEAD}",
            where="database",
            hint="a newer SPIKE-X Lab wrote it; upgrade this one (pip install -U spikex-lab)",
        )
    return version == HEAD


def _version(connection: Connection) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" not in tables:
        if tables:
            raise StorageError(
                "this is another program's database",
                where="database",
                hint="set SPIKEX_HOME or SPIKEX_DATABASE_URL to another place",
            )
        return None
    row = connection.exec_driver_sql("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None
