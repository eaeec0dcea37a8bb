"""Devices are looked for once, by a child process, and a missing one is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spikex_lab.engine import devices
from spikex_lab.engine.devices import Device
from spikex_lab.errors import InvalidError, WorkError


@pytest.fixture(autouse=True)
def fresh() -> Any:
    devices._available.cache_clear()
    yield
    devices._available.cache_clear()


def test_looked_for_by_a_child_and_kept(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    found = devices.available()
    assert found[0].name == "cpu"
    assert found[0].memory > 0
    kept = json.loads((home / "devices.json").read_text())
    assert [d["name"] for d in kept["devices"]] == [d.name for d in found]
    devices._available.cache_clear()
    monkeypatch.setattr(subprocess, "run", lambda *a, **k: pytest.fail("looked for again"))
    assert devices.available() == found
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    devices._available.cache_clear()
    with pytest.raises(pytest.fail.Exception):  # type: ignore[attr-defined]
        devices.available()


def test_a_missing_one_is_refused_with_those_present(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    present = (Device("cpu", "cpu", "x"), Device("cuda:0", "cuda", "y"))
    looked: list[int] = []
    monkeypatch.setattr(devices, "_probe", lambda: (looked.append(1), present)[1])
    devices.check("cpu")
    assert looked == []
    devices.check("cuda")
    devices.check("cuda:0")
    assert len(looked) == 1
    with pytest.raises(InvalidError, match=r'no device "cuda:1".*present: cpu, cuda:0'):
        devices.check("cuda:1")
    assert len(looked) == 2  # it might have come since


def test_a_damaged_cache_is_made_anew(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.mkdir()
    (home / "devices.json").write_text('{"mark": 1')
    monkeypatch.setattr(devices, "_probe", lambda: (Device("cpu", "cpu", "x"),))
    assert [d.name for d in devices.available()] == ["cpu"]


def test_torch_that_does_not_load_is_said_so(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise subprocess.CalledProcessError(1, "python", stderr="Traceback\nImportError: libc10.so")

    monkeypatch.setattr(subprocess, "run", broken)
    with pytest.raises(WorkError, match="torch cannot be loaded: ImportError: libc10"):
        devices.available()


def test_importing_the_engine_loads_no_torch() -> None:
    code = (
        "import sys, spikex_lab.engine, spikex_lab.engine.protocols, spikex_lab.engine.devices, "
        "spikex_lab.engine.files; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
