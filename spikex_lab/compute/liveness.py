"""Is the process that holds a run still there? Exact on this host, unknown (None) on another.

A process is known by its host's identity (name, boot, pid namespace), its pid and the time it
started, so a pid that was used again is not mistaken for it. A zombie counts as dead: it still has
a pid, which is why ``os.kill(pid, 0)`` would not do. A stopped process (SIGSTOP) is alive here; its
heartbeat gives it away (`watch`).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import psutil

_PROC = Path("/proc")
START_TOLERANCE = 1.0
"""Seconds by which two readings of a start time may differ where there is no ``/proc``."""


@lru_cache(maxsize=1)
def host() -> dict[str, str]:
    """Return this host's identity: ``host``, ``boot``, ``pidns``."""
    return {"host": socket.gethostname(), "boot": _boot(), "pidns": _pid_namespace()}


def _boot() -> str:
    try:
        return (_PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        pass
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
        return answer.stdout.strip()
    return ""  # elsewhere pid and start time must do


def _pid_namespace() -> str:
    try:
        return str((_PROC / "self/ns/pid").readlink())
    except OSError:
        return ""


def describe(pid: int | None = None) -> dict[str, Any]:
    """Return who process `pid` (default: this one) is, as `alive` wants it.

    Returns
    -------
    dict with ``host``, ``boot``, ``pidns``, ``pid`` and ``start`` (clock ticks since boot on
    Linux, seconds since 1970 elsewhere; 0 when there is no such process).
    """
    number = os.getpid() if pid is None else pid
    state_start = _stat(number)
    return {**host(), "pid": number, "start": state_start[1] if state_start else 0}


def alive(who: dict[str, Any] | None) -> bool | None:
    """Tell whether the process that `who` describes runs: True, False, or None on another host."""
    if not who or any(who.get(key) != value for key, value in host().items()):
        return None
    found = _stat(int(who.get("pid") or 0))
    if found is None or found[0] in "ZXx":
        return False
    start = who.get("start") or 0
    if _PROC.joinpath("self/stat").exists():
        return int(start) == found[1]
    return abs(float(start) - found[1]) <= START_TOLERANCE


def stopped(who: dict[str, Any] | None) -> bool:
    """Tell whether the process is on this host and frozen by a signal (state ``T``)."""
    if not who or not alive(who):
        return False
    found = _stat(int(who["pid"]))
    return found is not None and found[0] in "Tt"


def _stat(pid: int) -> tuple[str, float] | None:
    """Return the process's one-letter state and start time, or None when it is not there."""
    if pid <= 0:
        return None
    if _PROC.joinpath("self/stat").exists():
        try:
            text = (_PROC / str(pid) / "stat").read_text()
        except (FileNotFoundError, ProcessLookupError):
            return None
        # The name in field 2 may hold spaces and brackets: count from the last bracket.
        fields = text[text.rindex(")") + 2 :].split()
        return fields[0], int(fields[19])
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            letters = {
                psutil.STATUS_ZOMBIE: "Z",
                psutil.STATUS_DEAD: "X",
                psutil.STATUS_STOPPED: "T",
            }
            return letters.get(process.status(), "R"), process.create_time()
    except psutil.NoSuchProcess:
        return None
