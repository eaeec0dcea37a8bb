"""Peak memory of this process, as Linux counts it; elsewhere there is no figure."""

from __future__ import annotations

from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"


def mark() -> int | None:
    """Forget the peak so far; return what is resident now in bytes."""
    try:
        _CLEAR.write_text(_RESET_PEAK)
    except OSError:
        return None
    return _field("VmRSS")


def grown_since(before: int | None) -> int | None:
    """Return by how many bytes the peak since `mark` lies above what was resident then."""
    return None if before is None else max(0, _field("VmHWM") - before)


def _field(name: str) -> int:
    for line in _STATUS.read_text().splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"{_STATUS} has no {name}")
