"""What this server runs on: versions, processor, memory, devices. Nothing here imports torch."""

from __future__ import annotations

import os
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import psutil

import spikex_lab
from spikex_lab.errors import SpikexError
from spikex_lab.server.schemas.system import Cpu, Device, Disk, Memory, System

if TYPE_CHECKING:
    from spikex_lab.store import Store

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


def describe(store: Store) -> System:
    """Return what ``GET /system`` answers; the devices are probed once, by a child process."""
    from spikex_lab.engine import devices

    found, trouble = [], None
    try:
        found = [Device(**asdict(device)) for device in devices.available()]
    except SpikexError as error:  # torch may live elsewhere than the server
        trouble = str(error)
    memory, disk = psutil.virtual_memory(), psutil.disk_usage(str(store.settings.home))
    return System(
        versions=versions(),
        platform=platform.platform(terse=True),
        cpu=Cpu(count=os.cpu_count() or 1, percent=psutil.cpu_percent(interval=0.1)),
        memory=Memory(total=memory.total, available=memory.available),
        disk=Disk(total=disk.total, free=disk.free, objects=store.objects.size()),
        devices=found,
        devices_error=trouble,
    )
