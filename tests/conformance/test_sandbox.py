"""The check of what somebody hands in: no network, no credentials, limits, and none of its code."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from spikex_lab.catalog import library
from spikex_lab.catalog.define import define
from spikex_lab.conformance import child, isolation, sandbox
from spikex_lab.errors import WorkError

LINUX = sys.platform == "linux"
MINE = define(
    "id: neurons/mine\nparameters: {tau: 10 ms}\nequations: [dv/dt = (I - v)/tau]\n"
    "spike: {when: v >= 1, reset: v = 0}\nlicense: MIT\n"
    "references: [{authors: A, title: T, year: 2000, doi: 10.1000/abc}]",
    author="me",
).spec.to_dict()


def confined(code: str, before: str = "") -> str:
    """Return what `code` prints in a process that has given everything up."""
    # by itself: the package around it takes a second to load
    folder = str(Path(isolation.__file__).parent)
    begin = f"import sys\nsys.path.append({folder!r})\nimport isolation\n{before}\n"
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}held = isolation.enter()\n{code}"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


@pytest.mark.skipif(not LINUX, reason="seccomp is Linux's")
def test_the_kernel_refuses_sockets_here_and_in_what_is_started() -> None:
    raw = (
        "import ctypes, errno\nc = ctypes.CDLL(None, use_errno=True)\n"
        "print(c.socket(2, 1, 0), errno.errorcode[ctypes.get_errno()])"
    )
    assert confined(raw) == "-1 EACCES"
    started = (
        "import subprocess, sys\n"
        "code = 'import socket\\ntry: socket.socket()\\nexcept OSError as e: print(e.errno)'\n"
        "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)"
    )
    assert confined(started) == "13"
    assert "seccomp" in confined("print(held)")


def test_python_refuses_the_network_where_the_kernel_does_not() -> None:
    without = "isolation._filter = lambda: False"
    for call in ("socket.socket()", "socket.getaddrinfo('localhost', 80)"):
        code = f"import socket\ntry:\n {call}\nexcept OSError as error:\n print(error)"
        assert "this process has no network" in confined(code, without)


@pytest.mark.skipif(not LINUX, reason="limits differ")
def test_memory_disk_and_time_are_limited() -> None:
    import resource

    assert "MemoryError" in confined("x = bytearray(isolation.MEMORY)")
    # the signal of a file that grows too large: Python ignores it and says so
    big = (
        "import tempfile\nwith tempfile.TemporaryFile() as f:\n f.truncate(isolation.FILE_BYTES+1)"
    )
    assert "File too large" in confined(big)
    limit = f"import resource\nprint(resource.getrlimit({resource.RLIMIT_CPU})[0])"
    assert confined(limit) == str(isolation.CPU_SECONDS)


def test_no_credential_goes_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_SECRET_ACCESS_KEY", "SPIKEX_DATABASE_URL", "JUPYTERHUB_API_TOKEN", "GH_TOKEN",
                 "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"):  # fmt: skip
        monkeypatch.setenv(name, "secret")
    env = sandbox.environment(tmp_path)
    assert "secret" not in env.values()
    assert env["HOME"] == str(tmp_path)
    assert Path(env["SPIKEX_HOME"]).is_relative_to(tmp_path)


@pytest.mark.slow
def test_a_component_is_checked_by_the_child() -> None:
    report = sandbox.check(MINE)
    assert report["ok"], report
    assert report["id"] == "neurons/mine"
    done = {check["name"] for check in report["checks"]}
    assert {"schema", "units", "references"} <= done
    assert "audit" in report["isolation"]


def test_what_fails_is_in_the_report() -> None:
    report = child.examine({**MINE, "equations": ["dv/dt = (I - v)/nothing"]}, {})
    assert report["ok"] is False
    assert 'unknown name "nothing"' in report["checks"][0]["message"]
    unsourced = child.examine({**_layer(b""), "kind": "decoder", "id": "decoders/mine"}, {})
    assert unsourced["ok"] is False


def _layer(code: bytes) -> dict[str, Any]:
    import hashlib

    return {
        **library().get("layers/flatten").spec.to_dict(),
        "id": "layers/mine",
        "code": {"python": "mine.py"},
        "files": {"mine.py": hashlib.sha256(code).hexdigest()},
    }


def test_contributed_python_is_not_run(tmp_path: Path) -> None:
    marker = tmp_path / "it-ran"
    code = f"open({str(marker)!r}, 'w')\ndef forward(x, p, w, mode): return x\n".encode()
    report = sandbox.check(_layer(code), {"mine.py": code})
    assert report["ok"], report
    assert not marker.exists()


def test_a_child_that_does_not_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; "
    stuck += "time.sleep(60)']); print('x', flush=True); time.sleep(60)"
    popen = subprocess.Popen
    started: list[Any] = []

    def sleeper(command: list[str], **options: Any) -> Any:
        started.append(popen([command[0], "-c", stuck], **options))
        return started[-1]

    monkeypatch.setattr(sandbox.subprocess, "Popen", sleeper)
    began = time.monotonic()
    with pytest.raises(WorkError, match="did not end within 1 s"):
        sandbox.check(MINE, seconds=1.0)
    assert time.monotonic() - began < 20
    assert started[0].returncode is not None
    group = started[0].pid
    left = [p for p in psutil.process_iter() if _group(p) == group]
    while [p for p in left if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]:
        assert time.monotonic() - began < 20, "what it had started goes on"
        time.sleep(0.01)


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid)
    except (ProcessLookupError, PermissionError):
        return None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("import sys; sys.exit(3)", "exit status 3"),
        ("raise MemoryError('no more')", "MemoryError: no more"),
        ("print('x' * 2_000_000)", "without a report"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
    ],
)
def test_a_child_without_a_report_is_a_failure(
    monkeypatch: pytest.MonkeyPatch, code: str, reason: str
) -> None:
    popen = subprocess.Popen
    monkeypatch.setattr(
        sandbox.subprocess,
        "Popen",
        lambda command, **options: popen([command[0], "-c", code], **options),
    )
    with pytest.raises(WorkError, match=reason):
        sandbox.check(MINE)
