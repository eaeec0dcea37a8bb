"""What a database on a server can do besides: be away, be cut off, refuse, wait for others."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Any

import pytest
from servers import PASSWORD, Postgres, free_ports

from spikex_lab.errors import InvalidError, StorageError
from spikex_lab.settings import Settings
from spikex_lab.store import Store, driver_errors, postgres
from spikex_lab.store import database as database_module

from .support import SPEC, a_run, batches, finish, python

pytestmark = pytest.mark.backends("servers")
psycopg = pytest.importorskip("psycopg")


def end_connections(server: Postgres, but: int = 0) -> None:
    """Cut every connection of SPIKE-X Lab, as a server's end or a lost network does."""
    server.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        f"WHERE application_name='spikex' AND pid<>{but}"
    )


# --- it cannot be reached ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"password": "wrong"}, "refused the user or the password"),
        ({"username": "nobody"}, "refused the user or the password"),
        ({"database": "nowhere"}, "no such database"),
        ({"port": 0}, "no database server answers"),
        ({"host": "nowhere.invalid"}, "name is unknown"),
    ],
)
def test_what_the_url_gets_wrong_is_said(
    store: Store, caplog: pytest.LogCaptureFixture, change: dict[str, Any], says: str
) -> None:
    if "port" in change:
        change = {"port": free_ports(1)[0]}
    url = store.database.url.set(**change).render_as_string(hide_password=False)
    with caplog.at_level(logging.DEBUG), pytest.raises(StorageError, match=says) as caught:
        Store.open(Settings(home=store.settings.home, database_url=url))
    assert caught.value.hint
    for secret in (PASSWORD, "wrong"):
        assert secret not in str(caught.value) + caplog.text


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (f"postgresql//spikex:{PASSWORD}@127.0.0.1/x", "no database URL"),
        (f"postgresql://spikex:{PASSWORD}@127.0.0.1:port/x", "no database URL"),
        (f"mysql://spikex:{PASSWORD}@127.0.0.1/x", "no store is kept in mysql"),
    ],
)
def test_what_is_no_url_is_said_without_it(store: Store, url: str, says: str) -> None:
    settings = Settings(home=store.settings.home, database_url=url)
    with pytest.raises(InvalidError, match=says) as caught:
        Store.open(settings)
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None
    assert PASSWORD not in repr(settings) + str(settings) + settings.model_dump_json()


# --- it is cut off ----------------------------------------------------------------------------


def test_a_connection_lost_between_two_calls_is_not_noticed(
    store: Store, postgres: Postgres
) -> None:
    run, lease = a_run(store)
    end_connections(postgres)
    last = store.runs.append(run, lease, batches(0, 3))
    end_connections(postgres)
    assert store.models.list().total == 0
    assert store.runs.get(run).last_seq == last


@pytest.mark.parametrize("lane", ["fast", "session"])
def test_a_connection_lost_inside_a_write_keeps_nothing(
    store: Store, postgres: Postgres, lane: str
) -> None:
    run, lease = a_run(store)
    before = store.runs.get(run)
    sql = f"UPDATE run SET heartbeat=99 WHERE id='{run}'"

    def work() -> None:
        if lane == "fast":
            with store.database.fast() as cursor:
                cursor.run(sql)
                end_connections(postgres)
                cursor.run(sql)
        else:
            with store.database.write() as connection:
                connection.exec_driver_sql(sql)
                end_connections(postgres)
                connection.exec_driver_sql(sql)

    with pytest.raises(StorageError, match="connection to the database was lost") as caught:
        work()
    assert caught.value.hint
    assert store.runs.get(run) == before
    assert store.runs.append(run, lease, batches(0, 1)) == before.last_seq + 1


@pytest.mark.parametrize("lane", ["fast", "session"])
@pytest.mark.parametrize("kept", [True, False])
def test_what_became_of_a_commit_that_was_cut_is_found_out(
    store: Store, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, kept: bool, lane: str
) -> None:
    """Its answer is lost; the server knows whether it was done, so nothing is written twice."""
    run, lease = a_run(store)
    last, real = store.runs.get(run).last_seq, store.database._commit

    def commit(work: Any, number: int | None) -> None:
        def cut() -> None:
            if kept:
                work()
            end_connections(postgres)
            raise psycopg.OperationalError("server closed the connection unexpectedly")

        real(cut, number)

    def write() -> None:
        if lane == "fast":
            store.runs.append(run, lease, batches(0, 2))
        else:
            store.models.create("m", {"name": "m"})

    monkeypatch.setattr(store.database, "_commit", commit)
    if kept:
        write()
    else:
        with pytest.raises(StorageError, match="lost"):
            write()
    monkeypatch.undo()
    found = (store.runs.get(run).last_seq - last, store.models.list().total)
    assert found == ((2, 0) if lane == "fast" else (0, 1)) if kept else found == (0, 0)
    assert store.runs.append(run, lease, batches(2, 3)) == last + found[0] + 1


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restart", "crash"])
def test_a_server_that_comes_back_is_waited_for(
    store: Store, postgres: Postgres, how: signal.Signals
) -> None:
    run, lease = a_run(store)
    last = store.runs.append(run, lease, batches(0, 5), state="paused")
    postgres.stop(how)
    start = threading.Timer(0.3, postgres.start)
    start.start()
    try:
        assert store.runs.append(run, lease, batches(5, 6), state="running") > last
        assert store.runs.get(run).state == "running"
    finally:
        start.join()
    kept = [event["seq"] for event in store.runs.events(run)]
    assert kept == list(range(1, len(kept) + 1))


def test_a_server_that_stays_away_is_said(
    store: Store, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("spikex_lab.store.postgres.RECONNECT_SECONDS", 0.2)
    run, lease = a_run(store)
    postgres.stop()
    try:
        with pytest.raises(StorageError, match="no database server answers"):
            store.runs.append(run, lease, batches(0, 1))
        points = {check.name: check for check in store.doctor()}
        assert not points["database"].ok
        assert points["database"].hint
    finally:
        postgres.start()
    assert store.runs.append(run, lease, batches(0, 1)) > 0


# --- others are there -------------------------------------------------------------------------


def test_runs_are_written_side_by_side_and_nobody_beside_a_claim(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (driver_errors, postgres, database_module):
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.2)
    (one, lease), (two, other) = a_run(store), a_run(store)
    waiting = store.runs.create(SPEC).id
    with Store.open() as mine, mine.database.fast(shared=True) as cursor:
        cursor.run("UPDATE run SET heartbeat=heartbeat WHERE id=:r", r=one)
        with Store.open() as theirs:
            theirs.runs.append(two, other, batches(0, 1))
            with pytest.raises(StorageError, match="busy"):
                theirs.runs.append(one, lease, batches(0, 1))
            with pytest.raises(StorageError, match="busy"):
                theirs.runs.claim(waiting, {"host": "here"})
    assert store.runs.get(waiting).state == "queued"
    with (
        Store.open() as mine,
        mine.database.fast(),
        Store.open() as theirs,
        pytest.raises(StorageError, match="busy"),
    ):
        theirs.runs.append(two, other, batches(0, 1))
    assert store.runs.claim(waiting, {"host": "here"}) == 1


FROZEN = """
import os, signal, sys
from spikex_lab.errors import StorageError
from spikex_lab.store import Store, postgres
postgres.IDLE_SECONDS = 0.3
with Store.open() as store:
    try:
        with store.database.fast() as cursor:
            cursor.run("UPDATE run SET state='failed'")
            print("inside", flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)
            cursor.run("UPDATE run SET state='failed'")
    except StorageError as error:
        print(error.what)
"""


def test_who_freezes_inside_a_write_is_thrown_out(store: Store) -> None:
    run, lease = a_run(store)
    process = python(FROZEN)
    assert process.stdout is not None
    assert process.stdout.readline() == "inside\n"
    assert store.runs.append(run, lease, batches(0, 1)) == 4, "after a wait, not never"
    process.send_signal(signal.SIGCONT)
    said = finish(process)
    assert "stood still" in said or "lost" in said
    assert store.runs.get(run).state == "running"


# --- text -------------------------------------------------------------------------------------


def test_a_character_that_the_server_has_no_place_for(store: Store) -> None:
    run, lease = a_run(store)
    store.runs.append(run, lease, [{"type": "error", "message": "a\0b"}], state="failed")
    assert store.runs.get(run).error == "a\ufffdb"
    assert store.runs.events(run)[-2]["message"] == "a\0b", "in JSON it is written otherwise"
    assert store.library.find("a\0b").total == 0


def test_the_doctor_knows_the_server(store: Store) -> None:
    points = {check.name: check for check in store.doctor()}
    assert all(check.ok for check in points.values()), points
    assert points["database"].detail.startswith("PostgreSQL ")
    assert PASSWORD not in repr(points)
