from __future__ import annotations

import shutil
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from spikex_lab.store import Store, doctor
from spikex_lab.store.doctor import Check


def points(store: Store) -> dict[str, Check]:
    return {check.name: check for check in store.doctor()}


@pytest.mark.backends("files")
def test_a_new_store_is_well(store: Store) -> None:
    found = points(store)
    assert list(found) == [
        "database", "journal", "file system", "disk", "permissions", "schema", "integrity",
        "objects", "cache",
    ]  # fmt: skip
    bad = [check for check in found.values() if not check.ok and check.name != "database"]
    assert bad == []
    assert found["database"].detail.startswith("SQLite 3.")
    assert found["journal"].detail == "wal"
    assert str(store.settings.home) in found["file system"].detail


def test_a_full_disk_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**12, 10**12, 10**6))
    assert points(store)["disk"].ok is False


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_an_open_home_is_named(store: Store) -> None:
    store.settings.home.chmod(0o755)
    point = points(store)["permissions"]
    assert not point.ok
    assert "0755" in point.detail
    assert point.hint.startswith("chmod 700")


@pytest.mark.backends("files")
def test_a_long_log_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.models.create("m", {"name": "m"})
    monkeypatch.setattr(doctor, "WAL_ALARM", 100)
    point = points(store)["journal"]
    assert not point.ok
    assert "grown" in point.detail


def test_a_newer_schema_is_named(store: Store) -> None:
    with store.database.fast() as cursor:
        cursor.run("UPDATE alembic_version SET version_num='9999'")
    point = points(store)["schema"]
    assert not point.ok
    assert "9999" in point.detail


@pytest.mark.backends("files")
def test_a_damaged_database_is_named(store: Store) -> None:
    for number in range(200):
        store.models.create(f"m{number}", {"name": f"m{number}", "x": "y" * 200})
    store.close()
    file = Path(store.settings.home) / "spikex.db"
    data = bytearray(file.read_bytes())
    for start in range(8192, len(data) - 4096, 4096):
        data[start : start + 64] = b"\xa5" * 64
    file.write_bytes(data)
    with_damage = Store(store.settings, store.database)
    point = points(with_damage)["integrity"]
    assert not point.ok
    assert "backup" in point.hint


@pytest.mark.backends("files")
def test_a_row_without_its_parent_is_named(store: Store) -> None:
    raw = store.database.engine.raw_connection()
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("INSERT INTO evaluation VALUES ('i', 'no run', '{}', 'now')")
    raw.execute("PRAGMA foreign_keys=ON")
    raw.close()
    point = points(store)["integrity"]
    assert not point.ok
    assert "a row without its run" in point.detail
