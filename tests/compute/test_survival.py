"""A run outlives its notebook kernel and its Jupyter server, however they end. The real ones."""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil
import pytest
from spine import Spine

pytestmark = pytest.mark.spine
jupyter_client = pytest.importorskip("jupyter_client")
HERE = Path(__file__).resolve().parent
CELL = f"""
import sys; sys.path[:0] = [{str(HERE)!r}, {str(HERE.parents[1])!r}]
from pathlib import Path
from spine import Spine
run = Spine(Path({{home!r}})).start(epochs=1, batches=100_000, pause=0.01)
print("RUN", run)
"""


def execute(client, code: str) -> str:
    """Run a cell; return what it printed."""
    printed: list[str] = []

    def hook(message):
        if message["msg_type"] == "stream":
            printed.append(message["content"]["text"])
        assert message["msg_type"] != "error", message["content"]

    client.execute_interactive(code, timeout=60, output_hook=hook)
    return "".join(printed)


def start_run(client, spine: Spine) -> str:
    printed = execute(client, CELL.format(home=str(spine.store.settings.home)))
    run = printed.split("RUN ")[1].split()[0]
    spine.begun(run, batches=3)
    return run


def assert_goes_on(spine: Spine, run: str, pid: int) -> None:
    """The same process goes on: more events come, under the same lease."""
    before = spine.store.runs.get(run).last_seq
    spine.wait(run, lambda row: row.last_seq > before + 50, timeout=10)
    row = spine.row(run)
    assert (row.state, row.lease, spine.pid(run)) == ("running", 1, pid)
    spine.events(run)


@pytest.fixture
def kernel(spine):
    manager = jupyter_client.KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(spine.store.settings.home))
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    yield manager, client
    client.stop_channels()
    if manager.is_alive():
        manager.shutdown_kernel(now=True)


def interrupt(manager):
    manager.interrupt_kernel()


def restart(manager):
    manager.restart_kernel(now=False)


def shutdown(manager):
    manager.shutdown_kernel(now=False)


def kill_group(manager):
    os.killpg(os.getpgid(manager.provisioner.pid), signal.SIGKILL)


def kill_tree(manager):
    kernel = psutil.Process(manager.provisioner.pid)
    for process in [*kernel.children(recursive=True), kernel]:
        process.kill()


@pytest.mark.parametrize("end", [interrupt, restart, shutdown, kill_group, kill_tree])
def test_a_run_outlives_its_kernel(spine, kernel, end):
    manager, client = kernel
    run = start_run(client, spine)
    pid = spine.pid(run)
    end(manager)
    assert_goes_on(spine, run, pid)


@pytest.fixture
def server(tmp_path):
    """A real Jupyter server with a kernel; yields the process and the kernel's connection file."""
    pytest.importorskip("jupyter_server")
    token = secrets.token_hex(16)
    runtime = tmp_path / "runtime"
    env = {**os.environ, "JUPYTER_RUNTIME_DIR": str(runtime), "JUPYTER_TOKEN": token}
    env["JUPYTER_CONFIG_DIR"] = str(tmp_path / "config")
    (tmp_path / "root").mkdir()
    command = [sys.executable, "-m", "jupyter_server", "--no-browser", "--ServerApp.port=0"]
    command += ["--ServerApp.ip=127.0.0.1", f"--ServerApp.root_dir={tmp_path / 'root'}"]
    command += ["--allow-root", "--ServerApp.jpserver_extensions={}"]
    log = (tmp_path / "server.log").open("w")
    process = subprocess.Popen(command, env=env, stdout=log, stderr=log, start_new_session=True)

    def ask(path: str, body: dict | None = None) -> dict:
        (info,) = runtime.glob("jpserver-*.json")
        request = urllib.request.Request(
            json.loads(info.read_text())["url"] + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    deadline = time.monotonic() + 60
    while True:
        try:
            ask("api/status")
            break
        except (OSError, ValueError):
            assert process.poll() is None, (tmp_path / "server.log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "server.log").read_text()
            time.sleep(0.1)
    kernel = ask("api/kernels", {"name": "python3"})["id"]
    children = psutil.Process(process.pid).children(recursive=True)
    yield process, runtime / f"kernel-{kernel}.json"
    for left in [process, *children]:
        if left.poll() is None if isinstance(left, subprocess.Popen) else left.is_running():
            left.kill()
    process.wait()
    log.close()


@pytest.mark.parametrize("how", ["the server alone", "the server and all under it"])
def test_a_run_outlives_a_killed_jupyter_server(spine, server, how):
    process, connection = server
    client = jupyter_client.BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    deadline = time.monotonic() + 60
    while True:
        try:
            client.wait_for_ready(timeout=60)
            break
        except RuntimeError:  # a kernel that only just starts on a loaded machine seems dead to it
            assert time.monotonic() < deadline
    run = start_run(client, spine)
    client.stop_channels()
    pid = spine.pid(run)
    family = psutil.Process(process.pid).children(recursive=True) if "all" in how else []
    process.kill()
    for child in family:
        child.kill()
    assert_goes_on(spine, run, pid)
