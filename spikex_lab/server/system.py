"""What this server runs on: versions, processor, memory, devices. Nothing here imports torch."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import psutil

import spikex_lab
from spikex_lab.errors import SpikexError

_PACKAGES = ("torch", "jupyterlab", "jupyter-server", "ipywidgets", "numpy")


def versions() -> dict[str, str | None]:
    """Return the version of each package that matters; None where it is not installed."""
    own = {"spikex-lab": spikex_lab.__version__, "python": platform.python_version()}
    return own | {name: _version(name) for name in _PACKAGES}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def describe() -> dict[str, Any]:
    """Return what ``GET /system`` answers; the devices are probed once, by a child process."""
    from spikex_lab.engine import devices

    found: dict[str, Any]
    try:
        found = {"devices": [asdict(device) for device in devices.available()]}
    except SpikexError as error:  # torch may live elsewhere than the server
        found = {"devices": [], "devices_error": str(error)}
    memory = psutil.virtual_memory()
    return {
        "versions": versions(),
        "platform": platform.platform(terse=True),
        "cpu": {"count": os.cpu_count(), "percent": psutil.cpu_percent(interval=0.1)},
        "memory": {"total": memory.total, "available": memory.available},
        **found,
    }
