from __future__ import annotations

import json
import os
import time
from pathlib import Path

import psutil
import pytest

from spikex_lab.compute import detach
from spikex_lab.errors import WorkError
from spikex_lab.settings import Settings

REPORT = """
import json, os, sys
fds = sorted(int(f) for f in os.listdir("/proc/self/fd")) if os.path.isdir("/proc") else [0, 1, 2]
told = {"pid": os.getpid(), "sid": os.getsid(0), "ppid": os.getppid(), "cwd": os.getcwd()}
told.update(env=dict(os.environ), fds=fds, path=sys.path)
open("report.part", "w").write(json.dumps(told))
os.rename("report.part", "report.json")
print("to the log"); print("and errors", file=sys.stderr)
"""


def wait_for(path: Path) -> str:
    deadline = time.monotonic() + 10
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} did not come"
        time.sleep(0.01)
    return path.read_text()


def test_the_process_is_an_orphan_in_its_own_session(tmp_path, monkeypatch):
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    monkeypatch.setenv("JPY_API_TOKEN", "secret")
    monkeypatch.setenv("JUPYTERHUB_API_TOKEN", "secret")
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    reader, writer = os.pipe()
    os.set_inheritable(writer, True)
    before = {c.pid for c in psutil.Process().children(recursive=True)}
    settings = Settings(home=tmp_path, max_coordinators=7)
    try:
        pid = detach.spawn(["-c", REPORT], folder=tmp_path, settings=settings)
    finally:
        os.close(reader)
        os.close(writer)
    told = json.loads(wait_for(tmp_path / "report.json"))
    assert told["pid"] == told["sid"] == pid
    assert told["ppid"] != os.getpid()
    assert {c.pid for c in psutil.Process().children(recursive=True)} <= before
    assert told["cwd"] == str(tmp_path)
    assert "" not in told["path"]  # nothing in the home folder shadows a module
    assert set(told["fds"]) <= {0, 1, 2, 3}  # 3 is the folder that it lists
    env = told["env"]
    assert not {"JPY_PARENT_PID", "JPY_API_TOKEN", "JUPYTERHUB_API_TOKEN", "TERM"} & env.keys()
    assert env["OMP_WAIT_POLICY"] == "PASSIVE"
    assert env["MPLBACKEND"] == "Agg"
    assert env["SPIKEX_HOME"] == str(tmp_path)
    assert env["SPIKEX_MAX_COORDINATORS"] == "7"
    log = tmp_path / "coordinator.log"
    deadline = time.monotonic() + 5
    while "and errors" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert log.read_text().split("\n")[:2] == ["to the log", "and errors"]
    assert log.stat().st_mode & 0o777 == 0o600


def test_a_relative_home_is_the_same_home_in_the_new_process(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert detach.environment(Settings(home="h"))["SPIKEX_HOME"] == str(tmp_path / "h")


def test_a_process_that_cannot_be_started_says_why(tmp_path):
    with pytest.raises(WorkError, match="could not be started"):
        detach.spawn(["-c", ""], folder=tmp_path / "missing", settings=Settings(home=tmp_path))
