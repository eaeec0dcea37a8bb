"""Start a process that outlives its starter: double spawn, own session, cleaned environment.

What it survives, measured: kernel interrupt, restart, shutdown, tree-kill; server stop and kill;
hang-up of a terminal. What no process survives: the end of its machine, container or cgroup.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil
from pydantic import SecretStr

from spikex_lab.errors import WorkError
from spikex_lab.settings import Settings

_LAUNCHER = Path(__file__).with_name("_launcher.py")
_PACKAGE_PARENT = Path(__file__).resolve().parents[2]
LOG_NAME = "coordinator.log"

# What a kernel, a server or a debugger sets for itself and would mislead a batch process.
_DROP = {
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "FORCE_COLOR",
    "GIT_PAGER",
    "JPY_API_TOKEN",
    "JPY_PARENT_PID",
    "JPY_SESSION_NAME",
    "JUPYTER_TOKEN",
    "MPLBACKEND",
    "OMP_WAIT_POLICY",
    "PAGER",
    "PYTHONINSPECT",
    "PYTHONSTARTUP",
    "TERM",
}
_DROP_PREFIXES = ("JUPYTERHUB_", "PYDEVD_", "DEBUGPY_", "VSCODE_", "PYTEST_")
LAUNCH_SECONDS = 30.0


def environment(settings: Settings) -> dict[str, str]:
    """Return the environment of a coordinator: this one without what belongs to a kernel.

    The settings are passed on as values, so that one made in code or from a relative path means
    the same store in the new process.
    """
    env = {
        key: value
        for key, value in os.environ.items()
        if key not in _DROP and not key.startswith(_DROP_PREFIXES)
    }
    env["OMP_WAIT_POLICY"] = "PASSIVE"  # spinning threads stall each other on a busy machine
    env["PYTHONUNBUFFERED"] = "1"
    env["MPLBACKEND"] = "Agg"  # no display, and never the notebook's inline one
    env["SPIKEX_HOME"] = str(settings.home.resolve())
    for name in type(settings).model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if name != "home" and value is not None:
            env[f"SPIKEX_{name.upper()}"] = str(value)
    if "site-packages" not in _PACKAGE_PARENT.parts:  # a checkout: found from any folder
        paths = [str(_PACKAGE_PARENT), *filter(None, [env.get("PYTHONPATH")])]
        env["PYTHONPATH"] = os.pathsep.join(paths)
    return env


def spawn(arguments: Sequence[str], *, folder: Path, settings: Settings) -> int:
    """Start ``python -P ARGUMENTS…`` detached, output to `folder`'s log file; return its pid.

    Raises
    ------
    WorkError
        When the process cannot be started.
    """
    if not sys.executable:
        raise WorkError("no Python interpreter to start a coordinator with", where="compute")
    log = folder / LOG_NAME
    # -P: the current folder is the store's home; nothing there may shadow a module.
    command = [sys.executable, "-I", "-S", str(_LAUNCHER), str(log), str(settings.home.resolve())]
    command += [sys.executable, "-P", *arguments]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=True,
            timeout=LAUNCH_SECONDS,
            start_new_session=True,
        )
        return int(done.stdout)
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        detail = getattr(error, "stderr", None) or str(error)
        last = str(detail).strip().splitlines()[-1:] or [""]
        raise WorkError(
            f"the coordinator could not be started: {last[0]}", where="compute"
        ) from error


def end(pid: int) -> None:
    """Kill the coordinator and the processes that it started (its own session)."""
    try:
        if sys.platform != "win32" and os.getpgid(pid) == pid:
            os.killpg(pid, signal.SIGKILL)
        else:
            psutil.Process(pid).kill()
    except (ProcessLookupError, psutil.NoSuchProcess):
        pass  # it ended by itself meanwhile
