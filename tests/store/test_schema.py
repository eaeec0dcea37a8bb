"""The schema's history: one migrator, no newer program's store, the tables as in the code."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import inspect

from spikex_lab.errors import InvalidError, StorageError
from spikex_lab.settings import Settings
from spikex_lab.store import Store, library_tables, migrations, schema, search, tables  # noqa: F401
from spikex_lab.store.base import Base
from spikex_lab.store.database import Database

from .support import SPEC, finish, python, table_names, tree


def test_the_scripts_make_the_tables_of_the_code(home: Path) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with Store.open() as store, store.database.read() as connection:
        options = {
            "compare_type": True,  # and but for the full text, whose tables the database makes
            "include_name": lambda name, kind, _: kind != "table" or not search.is_internal(name),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []


@pytest.mark.backends("files")
def test_a_runs_log_lies_together(store: Store) -> None:
    sql = store.database.rows("SELECT name, sql FROM sqlite_master WHERE type='table'")
    without = {name for name, text in sql if "WITHOUT ROWID" in (text or "")}
    assert {"run_event", "run_metric"} <= without


@pytest.mark.backends("servers")
def test_every_text_is_in_the_order_of_code_points(store: Store) -> None:
    """Whatever the server's own order is: SQLite's is the one that pages are cut by."""
    wrong = (
        "SELECT table_name, column_name FROM information_schema.columns WHERE data_type="
        "'character varying' AND table_schema='public' AND collation_name IS DISTINCT FROM 'C' "
        "AND table_name<>'alembic_version'"
    )
    assert store.database.rows(wrong) == []
    assert store.database.rows("SELECT 'B' < 'a'") == [(False,)], "the server's own is another"
    for name in ("b", "B", "a", "a-b", "aa"):
        store.models.create(name, {"name": name})
    found = [model.name for model in store.models.list(sort="name").items]
    assert found == ["B", "a", "a-b", "aa", "b"]


def test_known_is_the_scripts_in_order() -> None:
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory.from_config(schema.config())
    assert scripts.get_heads() == [migrations.HEAD]
    order = [script.revision for script in scripts.walk_revisions()][::-1]
    assert tuple(order) == migrations.KNOWN


def test_up_down_and_up_again(home: Path) -> None:
    from alembic import command

    with Store.open() as store:
        made = schema.config()
        with store.database.write() as connection:
            made.attributes["connection"] = connection
            command.downgrade(made, "base")
        assert table_names(store) == {"alembic_version"}
        assert schema.ensure(store.database) is True
        assert store.people.me().name == "local"


def test_of_many_openers_one_migrates(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    upgrade = schema._upgrade

    def slow(connection: object) -> None:
        done.append(threading.get_ident())
        upgrade(connection)  # type: ignore[arg-type]
        time.sleep(0.3)  # the others are at the door by now

    monkeypatch.setattr(schema, "_upgrade", slow)
    errors: list[BaseException] = []

    def open_it() -> None:
        try:
            with Store.open() as store:
                store.runs.create(SPEC)
        except BaseException as error:  # noqa: BLE001 (handed to the test)
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert len(done) == 1
    with Store.open() as store:
        assert store.runs.list().total == 6
        assert len(store.people.list()) == 1


def test_three_processes_open_a_new_home(home: Path) -> None:
    code = "from spikex_lab.store import Store; print(Store.open().people.me().id)"
    ids = {finish(process) for process in [python(code) for _ in range(3)]}
    assert len(ids) == 1


def test_a_migration_that_fails_leaves_what_was(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = schema._upgrade

    def half(connection: object) -> None:
        upgrade(connection)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(schema, "_upgrade", half)
    with pytest.raises(KeyboardInterrupt):
        Store.open()
    database = Database(Settings().database)
    assert inspect(database.engine).get_table_names() == []
    database.close()
    monkeypatch.setattr(schema, "_upgrade", upgrade)
    with Store.open() as store:
        assert store.people.me().name == "local"


def test_a_newer_schema_is_refused_and_left_alone(store: Store, home: Path) -> None:
    with store.database.fast() as cursor:
        cursor.run("UPDATE alembic_version SET version_num='9999'")
    store.close()
    before = tree(home)
    with pytest.raises(StorageError, match="the schema is ahead: the store has 9999") as caught:
        Store.open()
    assert "upgrade" in caught.value.hint
    assert tree(home) == before


@pytest.mark.backends("files")
@pytest.mark.parametrize("content", ["text", "another"])
def test_a_foreign_file_is_refused_and_left_alone(home: Path, content: str) -> None:
    import sqlite3

    home.mkdir()
    file = home / "spikex.db"
    if content == "text":
        file.write_text("dear diary " * 1000)
    else:
        other = sqlite3.connect(file)
        other.execute("CREATE TABLE diary (day)")
        other.commit()
        other.close()
    with pytest.raises(StorageError, match=r"not a SPIKE-X Lab database|another program's"):
        Store.open()
    if content == "text":
        assert file.read_text() == "dear diary " * 1000
    else:
        names = sqlite3.connect(file).execute("SELECT name FROM sqlite_master").fetchall()
        assert names == [("diary",)]


def test_the_store_is_light(store: Store) -> None:
    """Neither importing it nor opening one that is up to date loads Alembic or what is heavy."""
    code = (
        "import sys, spikex_lab.store\n"
        "heavy = {'alembic', 'torch', 'numpy', 'pandas', 'matplotlib', 'psutil'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
        "with spikex_lab.store.Store.open() as store:\n"
        "    store.models.create('m', {'name': 'm'})\n"
        "    print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout == "[]\n[]\n"


def test_a_setting_that_nothing_serves_is_refused(home: Path) -> None:
    with pytest.raises(InvalidError, match="SPIKEX_API_URL: not in this version"):
        Store.open(Settings(home=home, api_url="s3://elsewhere/x"))
    assert not home.exists(), "nothing was made"
