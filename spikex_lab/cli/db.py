"""``spikex db …``"""

from __future__ import annotations

from typing import Any

import typer

from spikex_lab.cli import output

app = typer.Typer(help="The database's schema.", no_args_is_help=True)


@app.command()
def upgrade(as_json: output.Json = False) -> None:
    """Bring the database to this version's schema; one of a newer program is refused."""
    from spikex_lab.api import context

    before = _schema()
    context.store()  # opening a store makes and upgrades it
    after = _schema()
    if as_json:
        output.document({**after, "before": before["version"]})
    elif before["version"] == after["version"]:
        print(f"{after['database']}: already at schema {after['version']}")
    else:
        print(f"{after['database']}: schema {before['version'] or 'none'} → {after['version']}")


@app.command()
def check(as_json: output.Json = False) -> None:
    """Say which schema the database has; exit 1 where it must be upgraded. Changes nothing."""
    found = _schema()
    if as_json:
        output.document(found)
    else:
        state = "current" if found["ok"] else "to be upgraded: spikex db upgrade"
        output.facts(
            {"database": found["database"], "schema": found["version"] or "none", "state": state}
        )
    if not found["ok"]:
        raise typer.Exit(1)


def _schema() -> dict[str, Any]:
    from spikex_lab.api import context
    from spikex_lab.errors import StorageError
    from spikex_lab.store import schema
    from spikex_lab.store.database import Database
    from spikex_lab.store.migrations import HEAD, KNOWN
    from spikex_lab.store.urls import shown

    database = Database(context.checked_settings().database)
    place = shown(database.url)
    if database.file is not None and not database.file.exists():
        return {"database": place, "version": None, "head": HEAD, "ok": False}
    try:
        version = schema.current(database)
    finally:
        database.close()
    if version is not None and version not in KNOWN:
        raise StorageError(
            f"the schema is ahead: the store has {version}, this program knows {HEAD}",
            where="database",
            hint="upgrade SPIKE-X Lab",
        )
    return {"database": place, "version": version, "head": HEAD, "ok": version == HEAD}
