"""Devices of this machine: looked for by a short child process, so that nobody here loads torch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from spikex_lab.engine import files
from spikex_lab.errors import InvalidError, StorageError, WorkError
from spikex_lab.settings import Settings

PROBE_SECONDS = 120.0
_CACHE = "devices.json"
_ENV = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ZE_AFFINITY_MASK")


@dataclass(frozen=True)
class Device:
    """One device; `memory` in bytes, 0 where unknown."""

    name: str
    kind: str
    label: str
    memory: int = 0


def available(*, refresh: bool = False) -> list[Device]:
    """Return the devices present, the CPU first.

    The first call on a machine takes as long as loading torch; the answer is kept in this process
    and in the home folder until torch, the machine's boot or the visible devices change.

    Raises
    ------
    WorkError : when torch cannot be loaded.
    """
    if refresh:
        _available.cache_clear()
    return list(_available(refresh))


def check(name: str) -> None:
    """Refuse a device that is not there, naming those that are; ``cpu`` is never looked for.

    Raises
    ------
    InvalidError : with the devices present.
    """
    if name == "cpu" or _has(name, available()):
        return
    present = available(refresh=True)  # one may have been plugged in, or its driver mended
    if not _has(name, present):
        raise _missing(name, present)


def check_here(name: str) -> None:
    """Do as `check`, in a process that has loaded torch anyway."""
    if name != "cpu":
        present = look()
        if not _has(name, present):
            raise _missing(name, present)


def look() -> list[Device]:
    """Return the devices that torch finds in this process (loads torch)."""
    import platform

    import psutil
    import torch

    memory = psutil.virtual_memory().total
    label = platform.processor() or platform.machine() or "CPU"
    found = [Device("cpu", "cpu", label, memory)]
    for kind in ("cuda", "xpu"):
        module: Any = getattr(torch, kind)
        for index in range(module.device_count() if module.is_available() else 0):
            properties = module.get_device_properties(index)
            total = int(getattr(properties, "total_memory", 0))
            found.append(Device(f"{kind}:{index}", kind, str(properties.name), total))
    if torch.backends.mps.is_available():
        found.append(Device("mps", "mps", "Apple GPU", memory))
    if _has_xla():
        found.append(Device("xla", "xla", "XLA device"))
    return found


def _has_xla() -> bool:
    from importlib.util import find_spec

    return find_spec("torch_xla") is not None


def _has(name: str, present: list[Device]) -> bool:
    """Tell whether `name` is there; ``cuda`` alone means the first one."""
    return any(name in (device.name, device.kind) for device in present)


def _missing(name: str, present: list[Device]) -> InvalidError:
    names = ", ".join(device.name for device in present)
    return InvalidError(
        f'no device "{name}" on this machine', where="device", hint=f"present: {names}"
    )


@lru_cache(maxsize=2)
def _available(refresh: bool) -> tuple[Device, ...]:
    home = Settings().home
    path = home / _CACHE
    mark = _mark()
    if not refresh and path.exists():
        try:
            kept = json.loads(path.read_text())
            if kept["mark"] == mark:
                return tuple(Device(**device) for device in kept["devices"])
        except (OSError, ValueError, KeyError, TypeError):
            pass  # a damaged cache is made anew
    found = _probe()
    if home.is_dir():
        body = {"mark": mark, "devices": [asdict(device) for device in found]}
        with suppress(StorageError):  # only a cache: the next process looks again
            files.replace_bytes(path, json.dumps(body).encode())
    return found


def _probe() -> tuple[Device, ...]:
    code = (
        "import json, dataclasses; from spikex_lab.engine.devices import look; "
        "print(json.dumps([dataclasses.asdict(d) for d in look()]))"
    )
    paths = [str(Path(__file__).resolve().parents[2])]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([*paths, os.environ.get("PYTHONPATH", "")])}
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and text
            [sys.executable, "-P", "-c", code],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PROBE_SECONDS,
            check=True,
        )
        devices: list[dict[str, Any]] = json.loads(done.stdout.strip().splitlines()[-1])
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["no reason given"]
        raise WorkError(f"torch cannot be loaded: {last[0][:300]}", where="devices") from None
    except (OSError, ValueError, IndexError, subprocess.TimeoutExpired) as error:
        raise WorkError(f"the devices cannot be looked for: {error}", where="devices") from None
    return tuple(Device(**device) for device in devices)


def _mark() -> dict[str, str]:
    """Return what the answer depends on, found without torch."""
    try:
        torch = version("torch")
    except PackageNotFoundError:
        torch = ""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        boot = ""
    return {
        "python": sys.executable,
        "torch": torch,
        "boot": boot,
        **{name: os.environ.get(name, "") for name in _ENV},
    }
