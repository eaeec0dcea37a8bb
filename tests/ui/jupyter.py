"""A real Jupyter application on loopback, and the Chromium to drive it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
APPLICATIONS = {"jupyterlab": "LabApp", "notebook": "JupyterNotebookApp"}
"""What can be started, and what its settings are called."""
SCREENS = ROOT / "docs" / "screens"
NO_NEWS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]


@dataclass
class Lab:
    """A running JupyterLab: its address, its token, where it keeps and shows files."""

    url: str
    token: str
    home: Path
    workdir: Path
    log: Path
    screens: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes]

    def python(self, code: str) -> str:
        """Run Python in a process of its own, on this Lab's store; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=self.environment,
            cwd=self.workdir,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def api(self, path: str, *, method: str = "GET", body: Any = None) -> Any:
        """Call the server (`path` from its base URL on) with the token; return the JSON answer."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"token {self.token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def open(self, page: Page, path: str = "") -> None:
        """Open JupyterLab, with the file at `path` (in `workdir`) where given, and wait for it."""
        tree = f"/tree/{path}" if path else ""
        page.goto(f"{self.url}lab{tree}?reset&token={self.token}")
        page.wait_for_selector("#jp-main-dock-panel", timeout=90_000)
        page.wait_for_function("() => window.jupyterapp !== undefined")
        page.evaluate("() => window.jupyterapp.restored")
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=90_000)

    def theme(self, page: Page, name: str) -> None:
        """Switch to the "light" or the "dark" theme."""
        wanted = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[name]
        self.command(page, "apputils:change-theme", {"theme": wanted})
        page.wait_for_selector(
            f'body[data-jp-theme-name="{wanted}"]', state="attached", timeout=30_000
        )
        page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=30_000)

    def command(self, page: Page, name: str, args: dict[str, Any] | None = None) -> None:
        """Execute a command of the application and wait until it is done."""
        page.evaluate(
            "async ([name, args]) => { await window.jupyterapp.commands.execute(name, args); }",
            [name, args or {}],
        )

    def screenshot(self, page: Page, name: str) -> Path:
        """Keep a picture of the page: under docs/screens/ if asked for, else with the test."""
        path = self.screens / f"{name}.png"
        page.screenshot(path=str(path))
        return path


def chromium() -> str | None:
    """Return the Chromium to drive: ``$CHROMIUM``, or the machine's own, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


def _free_of_session(environment: dict[str, str], folder: Path, home: Path) -> dict[str, str]:
    kept = {k: v for k, v in environment.items() if not k.startswith(("JUPYTER", "JPY_", "SPIKEX"))}
    config = folder / "config"
    (config / "labconfig").mkdir(parents=True)
    overrides = config / "labconfig" / "default_setting_overrides.json"
    overrides.write_text(json.dumps(NO_NEWS))
    return {
        **kept,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), kept.get("PATH", "")]),
        "SPIKEX_HOME": str(home),
        "JUPYTER_CONFIG_DIR": str(config),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"),
    }


def _labextensions(folder: Path) -> Path:
    """Return a folder that offers the checkout's built front end, installed or not."""
    built = ROOT / "spikex_lab" / "labextension"
    if not (built / "package.json").exists():
        raise AssertionError("the front end is not built: npm --prefix labextension run build:prod")
    target = folder / "labextensions" / "@spikex" / "lab"
    shutil.copytree(built, target)
    return folder / "labextensions"


def _wait_for(process: subprocess.Popen[bytes], runtime: Path, log: Path) -> tuple[str, str]:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        for info in runtime.glob("jpserver-*.json"):
            with contextlib.suppress(OSError, ValueError):
                found = json.loads(info.read_text())
                urllib.request.urlopen(found["url"] + "api", timeout=5).close()
                return found["url"], found["token"]
        time.sleep(0.2)
    raise AssertionError(f"Jupyter did not start:\n{log.read_text()[-4000:]}")


def _stop_runs(lab: Lab) -> None:
    with contextlib.suppress(OSError, urllib.error.URLError):
        for run in lab.api("spikex/api/v1/runs?state=live")["items"]:
            with contextlib.suppress(urllib.error.HTTPError):
                path = f"spikex/api/v1/runs/{run['id']}/control"
                lab.api(path, method="POST", body={"action": "stop"})
        end = time.monotonic() + 15
        while time.monotonic() < end and lab.api("spikex/api/v1/runs?state=live")["total"]:
            time.sleep(0.3)


@contextlib.contextmanager
def served(
    folder: Path,
    application: str = "jupyterlab",
    *,
    bare: bool = False,
    arguments: Sequence[str] = (),
) -> Iterator[Lab]:
    """Start one of `APPLICATIONS`; stop it at the end, and the runs before it.

    Parameters
    ----------
    folder : for all that it keeps; the store is in its ``home``.
    bare : without our extension.
    arguments : further ones of its command.
    """
    home, workdir, log = folder / "home", folder / "work", folder / "jupyter.log"
    workdir.mkdir()
    environment = _free_of_session(dict(os.environ), folder, home)
    if bare:
        off = {"disabledExtensions": {"@spikex/lab": True}}
        (folder / "config" / "labconfig" / "page_config.json").write_text(json.dumps(off))
    command = [
        *(sys.executable, "-m", application, "--no-browser", "--allow-root"),
        *("--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", f"--ServerApp.root_dir={workdir}"),
        f"--{APPLICATIONS[application]}.expose_app_in_browser=True",
        f"--LabServerApp.extra_labextensions_path={_labextensions(folder)}",
        f"--ServerApp.jpserver_extensions=spikex_lab={not bare}",
        *arguments,
    ]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, env=environment, cwd=workdir, stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        url, token = _wait_for(process, folder / "runtime", log)
        screens = SCREENS if os.environ.get("SPIKEX_SCREENS") else folder / "screens"
        screens.mkdir(parents=True, exist_ok=True)
        lab = Lab(url, token, home, workdir, log, screens, environment, process)
        yield lab
        if not bare:
            _stop_runs(lab)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
